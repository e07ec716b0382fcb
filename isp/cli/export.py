"""`isp export PIPELINE -o FILE`: a pipeline leaves for other people's software."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isp.cli import complete, say

if TYPE_CHECKING:
    from isp.core import Frame

SIZE = (64, 96)
"""Rows and columns of the capture that tells what is known of a sensor."""


def export(
    pipeline: Annotated[
        str, typer.Argument(metavar="PIPELINE", help="A YAML file, or the name of a shipped pipeline.", autocompletion=complete.pipelines)
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The suffix is the format: .json (libcamera), .cube, .h (C), .dcp (DNG camera profile).")
    ],
    sensor: Annotated[
        str | None, typer.Option(help="A sensor's YAML or name: its levels, colours and shading go with the pipeline.")
    ] = None,
    raw: Annotated[str | None, typer.Option(metavar="FILE", help="A raw file of the camera, in the place of a sensor.")] = None,
    iso: Annotated[float | None, typer.Option(help="ISO for which tables are read and noise is told; else the profile's.")] = None,
    form: Annotated[str | None, typer.Option("--format", help="pisp (.json), vc4, cube, cube1d, c or dcp.")] = None,
    base: Annotated[Path | None, typer.Option(metavar="JSON", help="A tuning of libcamera whose other blocks are kept.")] = None,
    size: Annotated[int | None, typer.Option(min=2, max=65536, help="Points of a table, or of each side of a cube.")] = None,
    name: Annotated[str, typer.Option(help="What it is called inside; else the pipeline's title.")] = "",
    changes: Annotated[list[str], typer.Option("--set", metavar="STAGE.PARAMETER=VALUE", help="Another value. May be repeated.")] = [],  # noqa: B006
    swaps: Annotated[list[str], typer.Option("--swap", metavar="STAGE=STAGE", help="Another stage in its place. May be repeated.")] = [],  # noqa: B006
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Write a pipeline as a libcamera tuning, a look-up table, a C header or a camera profile.

    What the format cannot say is named on stderr.
    """
    from isp.cli import places
    from isp.core import SpecError
    from isp.execute import prepare
    from isp.exporting import export as write
    from isp.exporting import format_of
    from isp.spec import load

    if sensor and raw:
        raise SpecError("--raw", "a sensor was named too", "give one of them")
    kind = format_of(output, form)
    chain = load(pipeline, set=changes, swap=swaps)
    places.writable(output.parent)
    prepare()
    inputs = [path for path in (pipeline, sensor, raw, base) if path and Path(path).is_file()]
    left_out = write(chain, _frame(sensor, raw, iso), output, kind, inputs=inputs, size=size, base=base, name=name)
    for one in left_out:
        say.warning(f"{output}: {one}")
    if json:
        say.document({"written": [str(output)], "format": kind, "warnings": list(left_out)})
    else:
        print(say.printable(output))


def _frame(sensor: str | None, raw: str | None, iso: float | None) -> Frame | None:
    """A frame that tells what is known of the sensor: one that was taken, or one that it would take of even daylight."""
    import numpy as np

    if raw is not None:
        from isp.io import read

        frame = read(raw)
        return frame if iso is None else frame.but(iso=np.float32(iso))
    if sensor is None:
        return None
    from isp.execute import Shot, capture, light
    from isp.spec import load_spec

    spec = load_spec(sensor, kind="sensors")
    start = light(*SIZE).but(scene_white=np.ones(3, np.float32), make=spec.camera.make, model=spec.camera.model)
    return next(capture(spec.one(), None, start, Shot(iso=iso)))
