"""`isp sweep RECIPE --vary PATH=VALUES`: losses over values, sensors and conditions, as a table, plots and pictures."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from isp.cli import say
from isp.cli.goal import Goal, Source, asked

COMMA = re.compile(r",(?![^\[]*\])")
"""A comma that stands in no brackets."""


@asked(goal=Goal)
def sweep(
    pipeline: Source,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Where the table, the plots and the pictures go. What is finished there is not done twice.",
        ),
    ],
    goal: Goal,
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary", metavar="STAGE.PARAMETER[=VALUE,...]", help="Values to go through; none means the usual range. May be repeated."
        ),
    ],
    sample: Annotated[
        int | None, typer.Option(min=1, help="So many points between the least and greatest values, instead of all combinations.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Judge a pipeline over a grid of values, on every sensor and in every condition. Begins where an earlier call left off."""
    from isp.cli import leave, places
    from isp.cli.progress import bar
    from isp.execute import prepare
    from isp.io.place import put
    from isp.report.sweep import as_json, number, page, table
    from isp.tune.sweep import sweep as swept

    places.writable(output)
    leave.FOLDERS.update((output, output / "pictures"))
    recipe = goal.recipe(pipeline)
    axes = dict(map(_axis, vary))
    prepare(keep_memory=True)
    with bar(1, quiet=json) as begin:
        found = swept(recipe, axes, sample=sample, out=output, progress=begin("sweep"))
    data = {"pipeline": pipeline, **as_json(found)}
    command = shlex.join(["isp", *sys.argv[1:]])
    files = {"sweep.csv": table(found), "sweep.json": say.json_of(data), "report.html": page(found, command=command)}
    written = [str(put(output / name, text.encode())) for name, text in files.items()]
    if json:
        say.document({**data, "written": written, "exit": 0})
        return 0
    header = ["sensor", "ISO", "light", "EV", *found.vary, "loss"]
    rows = [(which, found.best(which)) for which in found.cells]
    say.table([(*map(number, which), *(number(row[path]) for path in found.vary), number(row["loss"])) for which, row in rows], header)
    if len(rows) > 1:
        whole = found.best()
        print(f"best of all: {', '.join(f'{path} {number(whole[path])}' for path in found.vary)}, mean loss {number(whole['loss'])}")
    for name in written:
        print(say.printable(name))
    return 0


def _axis(text: str) -> tuple[str, list[Any]]:
    """A path and its values: numbers where they are some."""
    from isp.core import SpecError

    path, equals, values = text.partition("=")
    if equals and not values.strip():
        raise SpecError(f"--vary {text}", "has no values", f"write {path}=0.5,1,2, or {path} for its usual range")
    return path, [_value(part.strip()) for part in COMMA.split(values)] if equals else []


def _value(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text
