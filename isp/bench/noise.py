"""What each stage of a pipeline does to noise, on even grey patches of several levels: predicted, and measured on captures.

The input is what the frame says of itself: at a site with value x above black its noise model has the variance a x + b, independent from site to site. The
part a x is that of counting, so a is the value of one electron, and noise leans towards bright with the third moment a^2 x that counts have. That is pushed
through the chain (`isp.evaluate.propagation`), and the variance after each stage read off, by phase of the mosaic and by colour. What is measured are
captures of the same patches by the simulated sensor, each with its own noise, rounded to whole numbers: nothing in them knows the noise model. What they share, the light and the fixed pattern of the sensor, is their mean.

Values mean something else after each stage, so noise is compared as the light that would look like it: `snr_db` is the slope of a value over the
logarithm of light, over the deviation.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from isp.bench.laboratory import CHARTS, Laboratory, Setting
from isp.core import Chain, Domain, Frame
from isp.core.planes import Array
from isp.core.run import run
from isp.evaluate.measured import Measured
from isp.evaluate.propagation import Propagation
from isp.evaluate.rounding import rounded_variance

STEPS = CHARTS["noise_steps"]["scene.grey_steps"]["steps"]
LEVELS = tuple(
    round(float(10**-density), 4)
    for density in np.linspace(*(CHARTS["noise_steps"]["scene.grey_steps"][end] for end in ("lightest", "darkest")), STEPS)
)
"""Reflectances of the patches: 90 %, 40 %, 18 % and so on to 1.6 %."""
GREY = 2
"""The patch that is a grey card."""
SIDE = 64
"""Rows and columns of a patch, of which the middle half is looked at."""


@dataclass(frozen=True)
class StageNoise:
    """Noise after a stage, on each of `LEVELS` and in each of `colours` (one letter each): `signal` (levels, colours) is the mean, `slope` how far it moves for
    a factor e of light; deviations `first_order`, `predicted` and `measured` of values, with their errors. `phases` (levels, phases, colours) is what is predicted
    for each phase of the mosaic by itself, NaN where a phase has no such colour."""

    stage: str
    domain: Domain
    colours: str
    signal: np.ndarray
    slope: np.ndarray
    first_order: Measured
    predicted: Measured
    measured: Measured
    phases: np.ndarray

    @property
    def snr_db(self) -> np.ndarray:
        """Light over the noise that was measured, in dB (levels, colours)."""
        return decibels(self.slope / np.maximum(self.measured.value, 1e-30))

    @property
    def predicted_snr_db(self) -> np.ndarray:
        """The same as predicted."""
        return decibels(self.slope / np.maximum(self.predicted.value, 1e-30))

    @property
    def off(self) -> float:
        """How far prediction and measurement lie apart: the r.m.s. over levels and colours of the ratio of deviations, less 1."""
        return float(np.sqrt(np.mean((self.predicted.value / np.maximum(self.measured.value, 1e-30) - 1) ** 2)))

    @property
    def bends(self) -> bool:
        """Whether slopes at the mean alone miss a twentieth of the noise or more somewhere."""
        return bool(np.any(np.abs(self.first_order.value / np.maximum(self.predicted.value, 1e-30) - 1) > 0.05))


def decibels(ratio: Array) -> np.ndarray:
    """Twenty times the logarithm of a ratio above zero."""
    return 20 * np.log10(np.maximum(np.abs(ratio), 1e-6))


def stage_noise(
    pipeline: Chain, setting: Setting, laboratory: Laboratory, *, draws: int = 64, probes: int = 48, progress: Any = None
) -> list[StageNoise]:
    """Noise after each stage but those of the family `geometry`, which only move pixels, up to the first that needs the whole frame as one array."""
    room = Laboratory((SIDE, SIDE * STEPS), laboratory.seed)
    told = progress or (lambda done, total: None)
    frames = []
    for i in range(draws):
        frames.append(room.raw("noise_steps", setting, seed=laboratory.seed + 1 + i))
        told(i + 1, 2 * draws)
    made = propagated(pipeline, frames[0], [np.asarray(frame.pixels, np.float32) for frame in frames], probes)
    told(2 * draws, 2 * draws)
    return made


def propagated(pipeline: Chain, frame: Frame, draws: list[np.ndarray], probes: int = 48) -> list[StageNoise]:
    """Noise after each stage of a frame of `STEPS` patches side by side, whose noise model is known, and of `draws` of it. They vary about their mean, in which
    the fixed pattern of the sensor stands: a filter that looks for what is alike sees it."""
    named = [pair for pair in zip(pipeline.names, pipeline.stages, strict=True) if not pair[1].name.startswith("geometry.")]
    local = list(itertools.takewhile(lambda pair: not pair[1].whole, named))
    stages = tuple(stage for _, stage in local)
    tile = frame.cfa.tile if frame.cfa is not None else (1, 1)
    sites = frame.cfa.sites if frame.cfa is not None else "w"
    seen: list[Frame] = []

    def function(given: tuple[Any, Frame], x: Array) -> list[Array]:
        seen.clear()
        run(given[0], given[1].but(pixels=x), lambda _, after: seen.append(after))
        return [after.pixels for after in seen]

    propagation = Propagation(function, lambda arrays: [pooled(a, tile) for a in arrays])
    given = (stages, frame.but(pixels=None))
    pixels = np.mean(draws, 0, dtype=np.float64).astype(np.float32)
    light = pixels - laid(
        np.broadcast_to(np.asarray(0.0 if frame.black is None else frame.black, np.float32), len(sites)), tile, pixels.shape
    )
    deviation = deviations(frame, pixels)
    skewness = leaning(frame, light, deviation)
    values = propagation.unrounded(given, pixels)
    kinds = [(after.domain, after.channels or "rgb", after.bits) for after in seen]
    slope = propagation.slope(given, pixels, light)
    variances = (
        propagation.first_order(given, pixels, deviation, probes=probes),
        propagation.averaged(given, pixels, deviation, skewness, probes=probes),
        propagation.drawn(given, draws),
    )
    made = []
    for i, (name, _) in enumerate(local):
        domain, channels, bits = kinds[i]
        colours = "".join(dict.fromkeys(sites)) if domain.is_mosaic else channels
        first, predicted, drawn = (v[i] for v in variances)
        if domain is Domain.DISPLAY and bits:
            first, predicted = (_rounded(v, values[i], 2**bits - 1, tile) for v in (first, predicted))
        means = [_by_colour(Measured(v, np.zeros(v.shape)), domain, sites, colours).value for v in (pooled(values[i], tile), slope[i])]
        deviant = [_by_colour(v, domain, sites, colours).root for v in (first, predicted, drawn)]
        made.append(StageNoise(name, domain, colours, *means, *deviant, predicted.root.value))
    return made


def _rounded(variance: Measured, values: np.ndarray, levels: int, tile: tuple[int, int]) -> Measured:
    """Variances (levels of grey, phases, channels) of what is then rounded to multiples of 1/`levels`; before, its means were `values`."""
    wide = values.shape[1] // STEPS
    laid_out = [np.stack([laid(of, tile, values.shape) for of in level.T], -1) for level in variance.value]
    spread = np.concatenate([plane[:, i * wide : (i + 1) * wide] for i, plane in enumerate(laid_out)], 1)
    return Measured(pooled(rounded_variance(values * levels, spread * levels**2), tile) / levels**2, variance.error)


def deviations(frame: Frame, pixels: np.ndarray) -> np.ndarray:
    """The deviation at each site of a mosaic that its noise model states."""
    assert frame.cfa is not None and frame.noise is not None
    slope, floor = (laid(np.asarray(frame.noise, np.float32)[:, i], frame.cfa.tile, pixels.shape) for i in (0, 1))
    return np.sqrt(np.maximum(slope * pixels + floor, 0)).astype(np.float32)


def leaning(frame: Frame, light: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """The skewness of the noise at each site of a mosaic whose values are `light` above black: that of counts, in steps of the slope of the noise model,
    under whatever of the deviation is not theirs and leans to no side."""
    assert frame.cfa is not None and frame.noise is not None
    electron = laid(np.asarray(frame.noise, np.float32)[:, 0], frame.cfa.tile, light.shape)
    return np.maximum(electron**2 * light, 0) / np.maximum(deviation, 1e-30) ** 3


def laid(values: np.ndarray, tile: tuple[int, int], size: tuple[int, ...]) -> np.ndarray:
    """Numbers of each phase, laid over a frame."""
    rows, columns = (-(-side // t) for side, t in zip(size, tile, strict=False))
    return np.tile(np.reshape(values, tile), (rows, columns))[: size[0], : size[1]]


def pooled(plane: np.ndarray, tile: tuple[int, int]) -> np.ndarray:
    """Means over the middle of each patch, by phase: (levels, phases, channels)."""
    plane = plane if plane.ndim == 3 else plane[..., None]
    rows, columns = plane.shape[0], plane.shape[1] // STEPS
    top, left = (-(-(side // 4) // t) * t for side, t in zip((rows, columns), tile, strict=True))
    tall, wide = (side // 2 // t for side, t in zip((rows, columns), tile, strict=True))
    made = []
    for i in range(STEPS):
        first = -(-(i * columns + left) // tile[1]) * tile[1]
        patch = plane[top : top + tall * tile[0], first : first + wide * tile[1]]
        patch = patch.reshape(tall, tile[0], wide, tile[1], -1).mean((0, 2), dtype=np.float64)
        made.append(patch.reshape(tile[0] * tile[1], -1))
    return np.stack(made)


def _by_colour(measured: Measured, domain: Domain, sites: str, colours: str) -> Measured:
    """Means over the phases that have a colour: of (levels, phases, channels) or, in a mosaic, (levels, phases, 1) to (levels, colours)."""
    if not domain.is_mosaic:
        count = measured.value.shape[1]
        return Measured(measured.value.mean(1), np.sqrt((measured.error**2).sum(1)) / count)
    phases = [[i for i, site in enumerate(sites) if site == c] for c in colours]
    values = [measured.value[:, p, 0].mean(1) for p in phases]
    errors = [np.sqrt((measured.error[:, p, 0] ** 2).sum(1)) / len(p) for p in phases]
    return Measured(np.stack(values, 1), np.stack(errors, 1))
