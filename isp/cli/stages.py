"""`isp stages`: what there is."""

from __future__ import annotations

from typing import Annotated

import typer

from isp.cli import complete, say


def stages(
    family: Annotated[
        str | None, typer.Argument(metavar="FAMILY", help="Only this family: demosaic, tone, ...", autocompletion=complete.family_names)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """List the stages, in the order of a frame's way."""
    from isp.spec import rows

    found = rows(family)
    if json:
        say.document([vars(row) for row in found])
    else:
        say.table(
            [(row.name, row.summary, row.domains, row.parameters) for row in found], ("stage", "what it does", "domain", "parameters")
        )
