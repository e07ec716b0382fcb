"""`isp capture SENSOR SCENE -o x.dng`: a simulated sensor looks at a scene."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isp.cli import complete, say

if TYPE_CHECKING:
    from isp.core import Frame

FRACTION = re.compile(r"(\d+(?:\.\d*)?)\s*/\s*(\d+(?:\.\d*)?)")
SIZE = re.compile(r"(\d{1,6})x(\d{1,6})")


def capture(
    sensor: Annotated[
        str, typer.Argument(metavar="SENSOR", help="A profile: YAML, or the name of a shipped sensor.", autocompletion=complete.sensors)
    ],
    scene: Annotated[
        str, typer.Argument(metavar="SCENE", help="A picture, a scene (YAML), or a chart such as colour_checker or slanted_edge.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="A name that ends in .dng, or in .npz to keep every fact.")],
    iso: Annotated[float | None, typer.Option(help="ISO; else the profile's.")] = None,
    exposure: Annotated[str, typer.Option(help="Seconds (0.01 or 1/100), or auto: metered for middle grey.")] = "auto",
    aperture: Annotated[float | None, typer.Option(help="f-number; else the profile's.")] = None,
    compensation: Annotated[float, typer.Option(help="Stops more or less than metered.")] = 0.0,
    illuminant: Annotated[str | None, typer.Option(help="D65, A, FL2, LED-B1 ..., or a temperature: 5000K.")] = None,
    luminance: Annotated[float | None, typer.Option(help="Luminance of white in the scene, in cd/m2.")] = None,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="Pixels of a chart; else the sensor's own.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The occasion: another seed, other noise, and other values of ranges.")] = 0,
    unit: Annotated[int, typer.Option(min=0, help="The die: another unit, another fixed pattern.")] = 0,
    frames: Annotated[int, typer.Option(min=1, help="Exposures, one after another.")] = 1,
    interval: Annotated[float, typer.Option(min=0, help="Seconds from exposure to exposure.")] = 1 / 30,
    noise: Annotated[bool, typer.Option("--noise/--no-noise", help="Leave every stage at its expected value.")] = True,
    compress: Annotated[bool, typer.Option("--compress/--no-compress", help="Lossless JPEG in the DNG.")] = True,
    changes: Annotated[list[str], typer.Option("--set", metavar="STAGE.PARAMETER=VALUE", help="Another value. May be repeated.")] = [],  # noqa: B006
    swaps: Annotated[list[str], typer.Option("--swap", metavar="STAGE=STAGE", help="Another stage in its place.")] = [],  # noqa: B006
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Capture a scene with a simulated sensor: raw files that any raw developer opens."""
    import numpy as np

    from isp.cli import leave, places
    from isp.cli.progress import bar
    from isp.core import SpecError
    from isp.execute import Shot, prepare
    from isp.execute import capture as run
    from isp.execute.capture import readings
    from isp.execute.pose import posed

    if output.suffix.lower() not in (".dng", ".npz"):
        raise SpecError(f"-o {output}", "is no name for a capture", "end it in .dng or .npz")
    pose = posed(sensor, scene, size=width_by_height(size), illuminant=illuminant, luminance=luminance, seed=seed, set=changes, swap=swaps)
    drawn = {path: np.asarray(value).tolist() if np.ndim(value) else value for path, value in pose.drawn.items()}
    shot = Shot(iso, _seconds(exposure), aperture, compensation, seed, unit, frames, interval, noise)
    targets = _targets(output, frames, readings(pose.chain))
    places.writable(output.parent)
    leave.FOLDERS.add(output.parent)
    prepare(keep_memory=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    if not json:
        for path, value in drawn.items():
            print(f"drew {path} = {say.printable(value)} of {say.printable(pose.ranges[path])}", file=sys.stderr)
    written: list[dict[str, Any]] = []
    with bar(1, quiet=json) as begin:
        step = begin(output.name)
        for target, frame in zip(targets, run(pose.chain, None, pose.start, shot, progress=step), strict=True):
            _write(frame, target, compress, [scene])
            written.append({"output": str(target), "seed": seed, "unit": unit, **_told(frame)})
            if not json:
                print(target)
    if json:
        say.document({"sensor": sensor, "scene": scene, "drawn": drawn, "written": written, "exit": 0})
    return 0


def _write(frame: Frame, target: Path, compress: bool, inputs: list[str]) -> None:
    from isp.io import save_frame, write_dng

    kept = [name for name in inputs if Path(name).is_file()]
    if target.suffix.lower() == ".npz":
        save_frame(frame, target, kept)
    else:
        write_dng(frame, target, compress=compress, inputs=kept)


def _told(frame: Frame) -> dict[str, Any]:
    """What a machine wants to know of a frame."""
    facts = {name: getattr(frame, name) for name in ("iso", "exposure_time", "aperture", "readout")}
    return {name: float(value) for name, value in facts.items() if value is not None}


def _seconds(text: str) -> float | str:
    """Seconds of `0.01` or `1/100`; `auto` stays."""
    from isp.core import SpecError

    if text == "auto":
        return text
    try:
        parts = FRACTION.fullmatch(text)
        value = float(parts[1]) / float(parts[2]) if parts else float(text)
    except (ValueError, ZeroDivisionError):
        value = 0.0
    if not 0 < value < 1e5:
        raise SpecError(f"--exposure {text}", "is no exposure time", "write seconds: 0.01 or 1/100, or auto")
    return value


def width_by_height(text: str | None) -> tuple[int, int] | None:
    """Rows and columns, where they are said."""
    from isp.core import SpecError

    if text is None:
        return None
    found = SIZE.fullmatch(text)
    if not found or min(int(found[1]), int(found[2])) < 1:
        raise SpecError(f"--size {text}", "is no size", "write width x height: 640x480")
    return int(found[2]), int(found[1])


def _targets(output: Path, frames: int, readings: int) -> list[Path]:
    """A name for each frame: `x.dng`, or `x_003.dng`, and for each reading of it `x_003_1.dng`."""
    made = []
    for i in range(frames):
        for j in range(readings):
            part = (f"_{i:03d}" if frames > 1 else "") + (f"_{j}" if readings > 1 else "")
            made.append(output.with_name(f"{output.stem}{part}{output.suffix}"))
    return made
