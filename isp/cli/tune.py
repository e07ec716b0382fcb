"""`isp tune RECIPE -o DIR`: parameters are found, and the folder says how."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isp.cli import say
from isp.cli.goal import Goal, Source, asked

if TYPE_CHECKING:
    from isp.tune.result import Run

Told = Callable[[int, int, dict[str, float]], None]


@asked(goal=Goal)
def tune(
    recipe: Source,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="A new folder, in which everything about the run is kept.")],
    goal: Goal,
    steps: Annotated[int | None, typer.Option(help="Steps of the optimiser.")] = None,
    optimiser: Annotated[
        str | None, typer.Option(metavar="NAME", help="optax, lbfgs, cma_es, tpe ...; its values stand in the recipe.")
    ] = None,
    every: Annotated[int | None, typer.Option(help="Steps from judgement to judgement.")] = None,
    patience: Annotated[int | None, typer.Option(help="Judgements without a better one after which to stop.")] = None,
    on_nan: Annotated[str | None, typer.Option("--on-nan", metavar="WORD", help="stop, or skip such steps.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in DIR, to the same end; begin where there is none.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Go on even if the recipe, versions or devices have changed.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Tune a pipeline: find the parameters with which it makes the best of simulated or recorded raw frames.

    Ctrl-C keeps the state, and --resume goes on from there.
    """
    from isp.cli import leave, places
    from isp.execute import prepare
    from isp.tune.folder import Words
    from isp.tune.result import Interrupted
    from isp.tune.run import tuned

    places.writable(output)
    more = {"steps": steps, "optimiser": optimiser, "every": every, "patience": patience, "on_nan": on_nan}
    made = goal.recipe(recipe, **{name: value for name, value in more.items() if value is not None})
    prepare(keep_memory=True)
    leave.FOLDERS.update((output, output / "checkpoints", output / "pictures", output / "weights"))
    stop, ended = threading.Event(), list[Any]()

    def work() -> None:
        try:
            ended.append(tuned(made, output, resume=resume, force=force, progress=told, stop=stop, words=Words("--resume", "--force")))
        except BaseException as error:  # is raised again where the main thread can tell it
            ended.append(error)

    with leave.asked(stop) as heard:
        with _bar(quiet=json) as told:
            worker = threading.Thread(target=work, daemon=True)
            worker.start()
            while worker.is_alive():
                worker.join(0.1)
        (end,) = ended
        if isinstance(end, Interrupted):
            code = 128 + (heard[0] if heard else 2)
            if json:
                say.document({"out": str(output), "interrupted": str(end), "step": end.step, "exit": code})
            print(f"{end}: add --resume to go on", file=sys.stderr)
            return code
    if isinstance(end, BaseException):
        raise end
    _tell(end, output, json)
    return 0


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Told]:
    """A bar of the steps with the time that is left, the loss, and the best that was judged; on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda step, steps, losses: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(TextColumn("{task.description}"), *columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task("compiling", total=None)

        def told(step: int, steps: int, losses: dict[str, float]) -> None:
            words = " ".join(f"{name} {value:.4g}" for name, value in losses.items())
            drawn.update(task, description=words, completed=step, total=steps)

        yield told


def _tell(run: Run, out: Path, json: bool) -> None:
    """What changed, and where the rest is."""
    from isp.tune.learned import is_weights

    before, after = run.start, run.values
    plain = [f.path for f in run.problem.free.freed if not is_weights(f)]
    if json:
        values = {path: {"before": before[path].tolist(), "after": after[path].tolist()} for path in plain}
        weights = {one.path: {key: value for key, value in vars(one).items() if key != "path"} for one in run.learned}
        losses = {"before": run.before, "after": run.after}
        facts = {"steps": int(run.state.step), "why": run.why, "seconds": round(run.seconds, 3), "notes": run.notes}
        say.document(
            {
                "out": str(out),
                **facts,
                **losses,
                "values": values,
                "weights": weights,
                "written": [str(f) for f in _written(out)],
                "exit": 0,
            }
        )
        return
    if plain:
        say.table([(path, _numbers(before[path]), "->", _numbers(after[path])) for path in plain], ["parameter", "before", "", "after"])
    for one in run.learned:
        print(f"{one.path}: {one}")
    for name in run.after:
        print(f"{'held out' if name == 'loss' else name}: {run.before[name]:.6g} -> {run.after[name]:.6g}")
    for note in run.notes:
        say.warning(note)
    print(f"{int(run.state.step)} steps in {run.seconds:.0f} s: {run.why}")
    for path in _written(out):
        print(say.printable(path))


def _written(out: Path) -> list[Path]:
    """What one wants to open of a run."""
    return [path for name in ("tuned.yaml", "report.html") if (path := out / name).is_file()]


def _numbers(value: Any) -> str:
    """A value as one reads it: all of a short one, the ends of a long one."""
    flat = [f"{v:.4g}" for v in value.ravel()]
    text = ", ".join(flat if len(flat) <= 9 else [*flat[:3], f"... {len(flat)} numbers ...", *flat[-3:]])
    return text if value.ndim == 0 else f"[{text}]"
