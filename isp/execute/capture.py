"""A simulated sensor looks at a scene: one frame for each exposure, and for each reading of it.

scene = load("scene.light: {illuminant: A}", "scene.colour_checker")     # a chain of `scene` stages
for frame in capture(sensor, scene, light(2464, 3280), seed=7): ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from isp.core import Chain, ChainError, Domain, Frame, Random, Stage
from isp.core.run import run
from isp.execute.strips import develop
from isp.ops import spectra
from isp.ops.colour import luminance_weights

MIDDLE_GREY, MIDDLE_EXPOSURE = 0.18, 10.0
"""Reflectance of middle grey, and the lux seconds that it should bring at ISO 1: 10 / ISO, by the standard output sensitivity of ISO 12232."""
METERED = (64, 64)
"""Rows and columns of the small frame that is metered."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Shot:
    """What a photographer chooses. `exposure_time` in s, `aperture` as f-number, None: as the profile says; `exposure_time` "auto": so that middle
    grey under the light of the scene is exposed as its ISO asks, plus `compensation` stops. `frames` follow each other by `interval` seconds.
    `noise` off leaves every stage at its expected value. The same `seed` and `unit` give the same frames, to the bit."""

    iso: float | None = None
    exposure_time: float | str | None = "auto"
    aperture: float | None = None
    compensation: float = 0.0
    seed: int = 0
    unit: int = 0
    frames: int = 1
    interval: float = 1 / 30
    noise: bool = True


DEFAULT = Shot()


def light(rows: int, columns: int, channels: int = 3) -> Frame:
    """A frame of ones, for a scene chain to light and to draw on. Costs no memory."""
    return Frame(pixels=np.broadcast_to(np.float32(1), (rows, columns, channels)), domain=Domain.SCENE)


def readings(sensor: Chain) -> int:
    """How many readings one capture of this sensor has."""
    return max((stage.readings for stage in sensor if hasattr(stage, "readings")), default=1)


def joined(scene: Chain | None, sensor: Chain) -> Chain:
    """One chain from the light to the numbers. Raises ChainError where the two do not fit."""
    if scene is None:
        return sensor
    names = [*scene.names, *sensor.names]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise ChainError(twice[0], "is in the scene and in the sensor", "give one of them a name of its own: `as: another_name`")
    chain = Chain(
        (*scene.stages, *sensor.stages), tuple(names), scene.input, f"{scene.title or 'a scene'} through {sensor.title or 'a sensor'}"
    )
    if misfits := chain.misfits():
        raise ChainError("; ".join(f"{chain.names[i]} {why}" for i, why in misfits))
    return chain


def capture(
    sensor: Chain, scene: Chain | None, start: Frame, shot: Shot = DEFAULT, *, progress: Progress | None = None, **how: Any
) -> Iterator[Frame]:
    """The frames of a shot in the order of time, exposure by exposure, reading by reading, as whole numbers (`mosaic_dn`).

    `start` is what the scene begins with: `light(rows, columns)`, or a picture for `scene.photograph`. `progress(done, total)` counts parts of
    the whole shot; `how` goes to the runner. Raises ChainError where scene and sensor do not fit or cannot take `start`.
    """
    chain = joined(scene, sensor)
    asked = {"iso": shot.iso, "aperture": shot.aperture}
    asked |= {"exposure_time": metered(chain, start, shot) if shot.exposure_time == "auto" else shot.exposure_time}
    start = start.but(**{name: np.float32(value) for name, value in asked.items() if value is not None})
    each = readings(sensor)
    for i in range(shot.frames * each):
        exposure, reading = divmod(i, each)
        frame = start.but(
            moment=np.float32(exposure * shot.interval),
            readout=reading if each > 1 else None,
            random=Random.of(shot.seed, unit=shot.unit, exposure=exposure, readout=reading) if shot.noise else None,
        )
        told = None if progress is None else lambda done, total, i=i: progress(i * total + done, shot.frames * each * total)
        yield develop(chain, frame, progress=told, **how).but(random=None, scene_white=None)


def metered(chain: Chain, start: Frame, shot: Shot) -> float | None:
    """Seconds at which middle grey under the light of the scene is exposed as ISO 12232 asks: H = 10 / ISO, with H = pi L t / (4 N^2).

    Metered like a hand meter, by the light that falls on the scene: what the scene shows does not matter, nor what the lens loses. None
    for a chain that no exposure time would change. Raises ChainError when no stage gives the scene's white, or says its settings.
    """
    needed = next((i for i, stage in enumerate(chain.stages) if "exposure_time" in stage.needs), None)
    if needed is None:
        return None
    known = {name: np.float32(value) for name, value in (("iso", shot.iso), ("aperture", shot.aperture)) if value is not None}
    part = start.but(pixels=np.asarray(start.pixels)[: METERED[0], : METERED[1]], **known)
    white, wavelengths, iso, aperture = _metered(chain.stages[:needed], part)
    if white is None or iso is None or aperture is None:
        why = "cannot be metered: the scene does not say its white, or the sensor not its ISO and aperture"
        raise ChainError("exposure", why, "give the exposure time")
    per_channel = luminance_weights("srgb") if wavelengths is None else spectra.EFFICACY * spectra.observer(wavelengths)[1]
    luminance = MIDDLE_GREY * float(np.dot(np.asarray(per_channel), np.asarray(white)))
    return float(MIDDLE_EXPOSURE / iso * 4 * aperture**2 / (np.pi * luminance) * 2**shot.compensation)


@jax.jit
def _metered(stages: tuple[Stage, ...], frame: Frame) -> tuple[Any, ...]:
    """The facts that a meter asks for; the pixels are not read, so the compiler drops all work on them."""
    frame = run(stages, frame)
    return frame.scene_white, frame.wavelengths, frame.iso, frame.aperture
