"""`isp stages`: what there is, and what it costs."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isp.cli import complete, say

if TYPE_CHECKING:
    from isp.execute.timing import Timing

NUMBERS = ("numbers", "work/px", "reach")
WIDE = 120
"""Columns of a terminal that also has room for domains."""


def stages(
    family: Annotated[
        str | None, typer.Argument(metavar="FAMILY", help="Only this family: demosaic, tone, ...", autocompletion=complete.family_names)
    ] = None,
    time: Annotated[bool, typer.Option("--time", help="Measure milliseconds for each megapixel on this machine: minutes for all.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """List the stages, in the order of a frame's way, with what they cost: numbers that can be found, operations for each pixel
    (a multiplication with its addition counts once), and how many pixels away they look."""
    from isp.spec import cost, rows, stage_class
    from isp.spec.cost import words

    found = rows(family)
    costs = {row.name: cost(stage_class(row.name)) for row in found}
    times = timings([row.name for row in found], quiet=json) if time else {}
    if json:
        said = [{**vars(row), **cost_of(costs[row.name]), **_time_of(times.get(row.name))} for row in found]
        say.document(said)
        return
    columns = {
        "stage": [row.name for row in found],
        "what it does": [row.summary for row in found],
        "domain": [row.domains for row in found],
    }
    columns |= dict(zip(NUMBERS, zip(*(words(costs[row.name]) for row in found), strict=True), strict=True))
    if time:
        columns["ms/Mpx"] = [_milliseconds(times[row.name]) for row in found]
    if sys.stdout.isatty() and shutil.get_terminal_size().columns < WIDE:
        del columns["domain"]
    say.table(list(zip(*columns.values(), strict=True)), list(columns), numbers=(*NUMBERS, "ms/Mpx"), cut="what it does")


def timings(names: list[str], *, quiet: bool) -> dict[str, Timing | None]:
    """Stages timed one after another, under a bar; None for one that cannot be run by itself."""
    from isp.cli.progress import bar
    from isp.core import ChainError
    from isp.execute import prepare
    from isp.execute.timing import timed
    from isp.spec import stage_class

    prepare(compile_cache=False, keep_memory=True)
    made: dict[str, Timing | None] = {}
    with bar(len(names), quiet=quiet) as begin:
        for name in names:
            step = begin(name)
            try:
                made[name] = timed(stage_class(name)())
            except ChainError:
                made[name] = None
            step(1, 1)
    return made


def cost_of(cost: Any) -> dict[str, Any]:
    """What a machine wants to know of a cost."""
    return {"cost": {**vars(cost), "work": cost.work} if cost else None}


def _time_of(timing: Timing | None) -> dict[str, Any]:
    return {"time": vars(timing)} if timing else {}


def _milliseconds(timing: Timing | None) -> str:
    return "-" if timing is None else f"{timing.milliseconds:.3g}"
