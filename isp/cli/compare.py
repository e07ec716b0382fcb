"""`isp compare PIPELINE... INPUT... -o OUT`: pipelines beside each other on the same raw files."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isp.cli import say
from isp.cli.develop import Names, Swaps

if TYPE_CHECKING:
    from isp.report.comparison import Side


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
    from isp.bench.compare import compared
    from isp.cli import leave, places
    from isp.cli.progress import bar
    from isp.core import SpecError
    from isp.execute import prepare
    from isp.io import embedded, read, read_picture

    if output.suffix.lower() not in (".html", ".htm"):
        raise SpecError(f"-o {output}", "is no name for a page", "end it in .html")
    pipelines = [s for s in sources if s.endswith((".yaml", ".yml")) or not Path(s).exists()]
    inputs = [s for s in sources if s not in pipelines]
    sides = _sides(pipelines, changes, swaps, reference is not None)
    places.writable(output.parent)
    leave.private_temporaries()
    leave.FOLDERS.add(output.parent)
    prepare(keep_memory=True)
    wanted = None if reference is None else read_picture(reference)
    files = inputs or [str(embedded())]
    with bar(len(files) * len(sides), quiet=json) as begin:
        frames = ((Path(source).name, read(source, trusted=trust or not inputs)) for source in files)
        found = compared(sides, frames, wanted, runs, begin)
    output.parent.mkdir(parents=True, exist_ok=True)
    found.save(output, command=shlex.join(["isp", *sys.argv[1:]]), inputs=[*inputs, *([reference] if reference else [])])
    if json:
        times = [{name: None if value != value else value for name, value in row.items()} for row in found.times]
        say.document({"pipelines": [s.name for s in sides], "rows": found.rows, "times": times, "output": str(output), "exit": 0})
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
