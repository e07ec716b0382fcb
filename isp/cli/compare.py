"""`isp compare PIPELINE... INPUT... -o OUT`: pipelines beside each other on the same raw files."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isp.cli import say
from isp.cli.develop import Names, Swaps

if TYPE_CHECKING:
    from isp.core import Frame
    from isp.report.comparison import Scene, Side


def compare(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="PIPELINE... [INPUT...]", help="Pipelines by name or file, then raw files; without any the embedded one."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page: a name that ends in .html.")],
    reference: Annotated[Path | None, typer.Option(help="A picture of what it should be, to compare with.")] = None,
    changes: Names = [],  # noqa: B006 - typer reads the default
    swaps: Swaps = [],  # noqa: B006
    runs: Annotated[int, typer.Option(min=0, help="Runs that are timed after the first.")] = 2,
    trust: Annotated[bool, typer.Option("--trust", help="Decode in this process: faster, for files you made.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Develop raw files with several pipelines, and show them on one page: line, zoom, maps of the differences, numbers, times."""
    from isp.cli import leave, places
    from isp.cli.progress import bar
    from isp.core import DataError, SpecError
    from isp.execute import prepare
    from isp.io import embedded, read, read_picture
    from isp.io.place import put
    from isp.report.comparison import Scene, encoded, page, rows

    if output.suffix.lower() not in (".html", ".htm"):
        raise SpecError(f"-o {output}", "is no name for a page", "end it in .html")
    pipelines = [s for s in sources if s.endswith((".yaml", ".yml")) or not Path(s).exists()]
    inputs = [s for s in sources if s not in pipelines]
    sides = _sides(pipelines, changes, swaps, reference is not None)
    places.writable(output.parent)
    leave.private_temporaries()
    leave.FOLDERS.add(output.parent)
    prepare(keep_memory=True)
    wanted = None if reference is None else encoded(read_picture(reference))
    scenes: list[Scene] = []
    files = inputs or [str(embedded())]
    with bar(len(files) * len(sides), quiet=json) as begin:
        for source in files:
            frame = read(source, trusted=trust or not inputs)
            scene = Scene(Path(source).name, {})
            for side in sides:
                begin(f"{scene.name}: {side.name}")
                _develop(side, frame, runs, scene)
            if wanted is not None:
                scene.pictures["reference"] = wanted
            if len({p.shape for p in scene.pictures.values()}) > 1:
                told = ", ".join(f"{name} {p.shape[1]} x {p.shape[0]}" for name, p in scene.pictures.items())
                raise DataError("the pictures have unlike sizes", told, "compare pictures of one size", file=source)
            scenes.append(scene)
    against = "reference" if wanted is not None else sides[0].name
    measured = rows(scenes, against)
    output.parent.mkdir(parents=True, exist_ok=True)
    text = page(sides, scenes, against, wanted is not None, measured, shlex.join(["isp", *sys.argv[1:]]))
    put(output, text.encode(), [*inputs, *([reference] if reference else [])])
    if json:
        times = [{"input": s.name, "pipeline": name, **t._asdict()} for s in scenes for name, t in s.times.items()]
        say.document({"pipelines": [s.name for s in sides], "rows": measured, "times": times, "output": str(output), "exit": 0})
    else:
        print(say.printable(output))
    return 0


def _sides(pipelines: list[str], changes: list[str], swaps: list[str], alone: bool) -> list[Side]:
    """The pipelines under names that differ; changes make one more of the first. Raises SpecError."""
    from isp.core import SpecError
    from isp.report.comparison import Side
    from isp.spec import load

    stems = [Path(p).stem for p in pipelines]
    made = [Side(stem if stems.count(stem) == 1 else p, load(p)) for stem, p in zip(stems, pipelines, strict=True)]
    if pipelines and (changes or swaps):
        made.append(Side(f"{made[0].name}, changed", load(pipelines[0], set=changes, swap=swaps)))
    if len(made) < 2 and not (made and alone):
        raise SpecError("isp compare", "needs two pipelines", "name another, or say --set, --swap or --reference")
    if twice := sorted({s.name for s in made if [m.name for m in made].count(s.name) > 1}):
        raise SpecError(twice[0], "is named twice", "name it once")
    return made


def _develop(side: Side, frame: Frame, runs: int, scene: Scene) -> None:
    """The picture of one pipeline, and how long it took."""
    from isp.execute import develop
    from isp.report.comparison import Time, encoded

    seconds = []
    for _ in range(runs + 1):
        begun = time.perf_counter()
        made = develop(side.chain, frame)
        seconds.append(time.perf_counter() - begun)
    warm = min(seconds[1:], default=0.0)
    scene.times[side.name] = Time(warm, runs, seconds[0] - warm)
    scene.pictures[side.name] = encoded(made)
