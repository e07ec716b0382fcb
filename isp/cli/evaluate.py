"""`isp evaluate PIPELINE --sensor S --iso 100 -o DIR`: a pipeline on charts, before simulated sensors or from photographs."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from isp.cli import complete, say
from isp.cli.develop import Names, Swaps


def evaluate(
    pipeline: Annotated[
        str, typer.Argument(metavar="PIPELINE", help="A YAML file, or the name of a shipped pipeline.", autocompletion=complete.pipelines)
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="A folder for the page, the table and the data.")],
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="[CHART=FILE...]",
            help="Raw files and what they show: colour_checker=IMG_1.dng, slanted_edge=IMG_2.dng, flat=IMG_3.dng.",
        ),
    ] = [],  # noqa: B006 - typer reads the default
    sensors: Annotated[
        list[str],
        typer.Option("--sensor", metavar="NAME", help="A shipped sensor or a profile. May be repeated.", autocompletion=complete.sensors),
    ] = [],  # noqa: B006
    iso: Annotated[list[float], typer.Option("--iso", help="ISO of the captures; else the profile's. May be repeated.")] = [],  # noqa: B006
    illuminant: Annotated[list[str], typer.Option(help="Light of the charts: D65, A, LED-B1, 5000K. May be repeated.")] = [],  # noqa: B006
    charts: Annotated[list[str], typer.Option("--chart", metavar="NAME", help="A chart, instead of all. May be repeated.")] = [],  # noqa: B006
    size: Annotated[str | None, typer.Option(metavar="WxH", help="Pixels of a generated chart.")] = None,
    captures: Annotated[int | None, typer.Option(min=2, help="Captures where noise is measured.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the noise, and of ranges in a profile.")] = 0,
    corners: Annotated[
        str | None,
        typer.Option(metavar="X,Y;...", help="In the picture, the middles of a checker's dark skin, bluish green, black, white."),
    ] = None,
    region: Annotated[
        str | None, typer.Option(metavar="ROW,COLUMN,ROWS,COLUMNS", help="The part of the picture that shows the chart.")
    ] = None,
    stages: Annotated[
        bool, typer.Option("--stages", help="Also what each stage adds and costs, and the picture without it: takes minutes.")
    ] = False,
    changes: Names = [],  # noqa: B006
    swaps: Swaps = [],  # noqa: B006
    trust: Annotated[bool, typer.Option("--trust", help="Decode in this process: faster, for files you made.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Judge a pipeline on charts: colour, sharpness, texture, noise, dynamic range, evenness, banding; one page, a table and data."""
    from isp.bench.evaluation import CAPTURES, SIZE
    from isp.bench.evaluation import evaluate as judged
    from isp.cli import leave, places
    from isp.cli.calibrate import four_corners, four_numbers
    from isp.cli.capture import width_by_height
    from isp.cli.progress import bar
    from isp.execute import prepare
    from isp.io.place import put
    from isp.report.evaluation import page
    from isp.spec import load_spec

    if any(not value > 0 for value in iso):
        from isp.core import SpecError

        raise SpecError("--iso", "is above zero")
    chain = load_spec(pipeline).changed(set=changes, swap=swaps).one()
    part = four_numbers(region, "--region")
    places.writable(output)
    leave.private_temporaries()
    leave.FOLDERS.add(output)
    prepare(keep_memory=True)
    with bar(1, quiet=json) as begin:
        found = judged(
            chain,
            inputs,
            name=pipeline,
            sensors=sensors,
            iso=iso or [None],
            illuminants=illuminant or ["D65"],
            charts=charts,
            size=width_by_height(size) or SIZE,
            captures=captures or CAPTURES,
            seed=seed,
            corners=four_corners(corners),
            region=(slice(part[0], part[0] + part[2]), slice(part[1], part[1] + part[3])) if part else None,
            stages=stages,
            trusted=trust,
            progress=begin(Path(pipeline).name),
        )
    code = 1 if found.problems else 0
    data = found.as_json()
    command = shlex.join(["isp", *sys.argv[1:]])
    files = {"evaluation.csv": found.table(), "evaluation.json": say.json_of(data), "report.html": page(found, command)}
    files |= {"stages.csv": found.stage_table()} if stages else {}
    output.mkdir(parents=True, exist_ok=True)
    own = [Path(name.partition("=")[2] or name) for name in inputs]
    written = [str(put(output / name, text.encode(), own)) for name, text in files.items()]
    say.errors(found.problems)
    if json:
        say.document({**data, "written": written, "exit": code})
        return code
    lines = [
        (chart.name, f"{measure}{f', {part}' if part else ''}", *(_text(found.value(chart.name, measure, part, place=p)) for p in found.places),
         chart.measures[measure].unit)
        for chart, measure, part in found.headlines()
    ]  # fmt: skip
    say.table(lines, ["chart", "measure", *found.places, "unit"], numbers=found.places)
    for name in written:
        print(say.printable(name))
    return code


def _text(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:.3g}"
