"""`isp ablate RECIPE -o DIR`: what parameters bring, what weights bring, and what both bring together."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from isp.cli import say
from isp.cli.goal import Goal, Source, asked


@asked(goal=Goal)
def ablate(
    recipe: Source,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="A folder for the table, the page and what was found.")],
    goal: Goal,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each way, by seeds from the recipe's on.")] = 3,
    steps: Annotated[int | None, typer.Option(help="Steps of each way.")] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.01, help="Seconds of steps for each way, instead of as many steps; compiling does not count.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Tune a pipeline by its parameters alone, by its weights alone, one after the other, and together, at equal cost; and compare."""
    from isp.cli import leave, places
    from isp.cli.progress import bar
    from isp.execute import prepare
    from isp.io.place import put
    from isp.report.ablation import as_json, cells, page, table
    from isp.tune.ablate import ablate as ablated

    places.writable(output)
    leave.FOLDERS.add(output)
    made = goal.recipe(recipe, **({} if steps is None else {"steps": steps}))
    prepare(keep_memory=True)
    first = made.settings.seed
    with bar(1, quiet=json) as begin:
        found = ablated(made, seeds=range(first, first + seeds), seconds=seconds, out=output, progress=begin("ablate"))
    data = {"recipe": recipe, **as_json(found)}
    command = shlex.join(["isp", *sys.argv[1:]])
    files = {
        "ablation.csv": table(found).encode(),
        "ablation.json": say.json_of(data).encode(),
        "report.html": page(found, command=command).encode(),
    }
    files |= {f"{name}.png": picture for name, picture in found.pictures.items()}
    written = [str(put(output / name, content)) for name, content in files.items()]
    if json:
        say.document({**data, "written": written, "exit": 0})
        return 0
    say.table([tuple(cells(row)) for row in found.rows()], ["what moves", "steps", "seconds", "loss", "PSNR, dB", "joint gains, dB"])
    for name in written[:3]:
        print(say.printable(name))
    return 0
