"""A sensor before a scene, each as one says it: the chain from the light to the numbers, and what it begins with.

raw = isp.capture("imx219", "colour_checker", size=(400, 600), iso=400, illuminant="A")      # this folder of stages is a verb as well
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from isp.core import Chain, Domain, Frame
from isp.execute.capture import Shot, capture, joined
from isp.execute.scenes import ranges_of, scene_of
from isp.spec import Camera, Ranges, drawn, load_spec
from isp.spec.overlay import varied

SIZE = 1024, 1536
"""Rows and columns where nobody says them, nor does the profile."""


@dataclass(frozen=True)
class Pose:
    """`chain` and the frame that it begins with; of `ranges`, what was `drawn`, by `stage.parameter`."""

    chain: Chain
    start: Frame
    ranges: Ranges
    drawn: dict[str, Any]


def posed(
    sensor: str | Chain,
    scene: Any,
    *,
    size: tuple[int, int] | None = None,
    illuminant: str | None = None,
    luminance: float | None = None,
    seed: int = 0,
    set: Iterable[str] = (),
    swap: Iterable[str] = (),
) -> Pose:
    """A sensor (a profile by its name, file or text, or a chain) before a scene (a chart's name, a picture's file, a scene in YAML, a frame, or an array of
    encoded sRGB (rows, columns, 3)). A chart fills `size` rows and columns, by default the sensor's own; `set` and `swap` change sensor and scene,
    and `seed` draws where values are ranges. Raises SpecError for what is not known, DataError for a picture that cannot be read, ChainError where the two do not fit."""
    spec = None if isinstance(sensor, Chain) else load_spec(sensor, kind="sensors")
    profile, camera, own = (sensor, Camera(), {}) if spec is None else (spec.chain, spec.camera, spec.ranges)
    seen = _encoded(scene) if isinstance(scene, (np.ndarray, jax.Array)) else scene if isinstance(scene, Frame) else str(scene)
    size = size or ((camera.rows, camera.columns) if camera.rows and camera.columns else SIZE)
    chart, start = scene_of(seen, profile, illuminant, luminance, size, seed)
    ranged = {path: one for path, one in ranges_of(seen).items() if path.rpartition(".")[0] in chart.names}
    chain, ranges = varied(joined(chart, profile), {**ranged, **own}, set=set, swap=swap)
    chain, values = drawn(chain, ranges, seed)
    start = start.but(make=camera.make or "isp", model=camera.model or profile.title or "simulated")
    return Pose(chain, start, ranges, values)


def shot(sensor: str | Chain, scene: Any, *, seed: int = 0, noise: bool = True, **said: Any) -> Frame | list[Frame]:
    """What a simulated sensor writes down of a scene, as raw frames: `isp.capture("imx219", "slanted_edge", size=(400, 600), iso=800)`.

    `said` are keywords of `posed` (`size`, `illuminant`, `luminance`, `set`, `swap`) and of `isp.execute.Shot` (`iso`, `exposure_time`, `aperture`,
    `compensation`, `unit`, `frames`, `interval`); `seed` is of both. A frame; where there are more, for `frames` or for a sensor that reads an exposure
    more than once, the list of them. Raises as `posed` does, and TypeError for other keywords.
    """
    how = {name: said.pop(name) for name in list(said) if name in Shot.__dataclass_fields__}
    pose = posed(sensor, scene, seed=seed, **said)
    made = list(capture(pose.chain, None, pose.start, Shot(seed=seed, noise=noise, **how)))
    return made if len(made) > 1 else made[0]


def _encoded(pixels: Any) -> Frame:
    return Frame(pixels=np.asarray(pixels, np.float32), domain=Domain.DISPLAY, primaries="srgb", transfer="srgb")
