"""`isp stage NAME`: all that one stage says of itself."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from isp.cli import complete, say


def stage(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: demosaic.malvar2004", autocompletion=complete.stage_names)],
    time: Annotated[bool, typer.Option("--time", help="Measure milliseconds for each megapixel on this machine.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Say all that one stage declares."""
    import inspect
    from math import isfinite

    from isp.cli.stages import cost_of, timings
    from isp.report import words
    from isp.spec import cost, paper, row, stage_class

    cls = stage_class(name)
    told, doc, costs = row(cls), inspect.cleandoc(cls.__doc__ or ""), cost(cls)
    timing = timings([name], quiet=True)[name] if time else None
    reference = str(paper(cls.paper)) if cls.paper else ""
    if json:
        parameters: list[dict[str, Any]] = []
        for d in cls.declared().values():
            ends = {"low": d.within.low, "high": d.within.high}
            said = {
                "name": d.name,
                "kind": d.kind,
                "default": None if d.kind == "weights" else d.default,
                "unit": d.unit,
                "doc": d.doc,
                "shape": d.shape,
                "choices": d.choices,
            }
            parameters.append(said | {end: value if isfinite(value) else None for end, value in ends.items()})
        found = {**cost_of(costs), **({"time": vars(timing)} if timing else {})}
        say.document({**vars(told), "doc": doc, "parameters": parameters, "reference": reference, **found})
        return
    print(f"{told.name}   {told.domains}\n\n{told.summary}.\n\n{doc}\n")
    if told.facts:
        print(f"facts: {told.facts}\n")
    if costs:
        print(f"cost: {costs}")
    if timing:
        spread = f"median of {timing.runs}, {timing.fastest:.3g} to {timing.slowest:.3g}"
        print(f"time: {timing.milliseconds:.3g} ms for each megapixel ({spread}), {timing.compiling:.1f} s to compile")
    if costs or timing:
        print()
    if values := words.parameters(cls()):
        say.table([(v.name, v.value, v.unit, v.limits, v.doc) for v in values], ("parameter", "default", "unit", "may be", "what it is"))
    if reference:
        print(f"\n{reference}")
