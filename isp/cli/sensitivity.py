"""`isp sensitivity RECIPE`: which parameters matter, which cannot be told apart, and which do nothing."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from isp.cli import say
from isp.cli.goal import Goal, Source, asked


@asked(goal=Goal)
def sensitivity(
    pipeline: Source,
    goal: Goal,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Keep report.html and sensitivity.json here.")
    ] = None,
    seen: Annotated[float, typer.Option(min=1e-9, help="Rms change of a picture (encoded, white is 1) that counts as seen.")] = 1 / 255,
    top: Annotated[int, typer.Option(min=0, help="Numbers whose wishes are shown pixel by pixel.")] = 4,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Say which free parameters matter on these examples, which fight, and which are dead: slopes, not trials."""
    from isp.cli import leave, places
    from isp.cli.progress import bar
    from isp.execute import prepare
    from isp.io.place import put
    from isp.report.sensitivity import page, told
    from isp.tune.sensitivity import sensitivity as measured

    if output is not None:
        places.writable(output)
        leave.FOLDERS.add(output)
    recipe = goal.recipe(pipeline)
    prepare(keep_memory=True)
    with bar(1, quiet=json) as begin:
        found = measured(recipe, noise=seen, top=top, progress=begin("slopes"))
    data = {"pipeline": pipeline, **found.as_json()}
    written: list[str] = []
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        command = shlex.join(["isp", *sys.argv[1:]])
        for name, text in (("sensitivity.json", say.json_of(data)), ("report.html", page(found, command=command))):
            written.append(str(put(output / name, text.encode())))
    if json:
        say.document({**data, "written": written, "exit": 0})
        return 0
    header = ["number", "value", "unit", "slope of the loss", "change", "alone", "together", "verdict"]
    say.table(
        [
            (
                r["name"], f"{r['value']:.5g}", r["unit"], f"{r['gradient']:+.3g}", f"{r['change']:.3g}", f"±{r['alone']:.2g}", f"±{r['together']:.2g}",
                r["verdict"],
            )
            for r in data["parameters"]
        ],
        header,
    )  # fmt: skip
    for text in told(found):
        print(say.printable(text))
    for name in written:
        print(say.printable(name))
    return 0
