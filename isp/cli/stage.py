"""`isp stage NAME`: all that one stage says of itself."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from isp.cli import complete, say


def stage(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: demosaic.malvar2004", autocompletion=complete.stage_names)],
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Say all that one stage declares."""
    import inspect
    from math import isfinite

    from isp.report import words
    from isp.spec import paper, row, stage_class

    cls = stage_class(name)
    told, doc = row(cls), inspect.cleandoc(cls.__doc__ or "")
    reference = str(paper(cls.paper)) if cls.paper else ""
    if json:
        parameters: list[dict[str, Any]] = []
        for d in cls.declared().values():
            ends = {"low": d.within.low, "high": d.within.high}
            said = {
                "name": d.name,
                "kind": d.kind,
                "default": d.default,
                "unit": d.unit,
                "doc": d.doc,
                "shape": d.shape,
                "choices": d.choices,
            }
            parameters.append(said | {end: value if isfinite(value) else None for end, value in ends.items()})
        say.document({**vars(told), "doc": doc, "parameters": parameters, "reference": reference})
        return
    print(f"{told.name}   {told.domains}\n\n{told.summary}.\n\n{doc}\n")
    if told.facts:
        print(f"facts: {told.facts}\n")
    if values := words.parameters(cls()):
        say.table([(v.name, v.value, v.unit, v.limits, v.doc) for v in values], ("parameter", "default", "unit", "may be", "what it is"))
    if reference:
        print(f"\n{reference}")
