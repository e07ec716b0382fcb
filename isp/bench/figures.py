"""What is read off frames of the sheet (`isp.bench.sheet`), in whatever domain they are.

Values mean something else after each stage, so sharpness and colour are measured in the light that would give them: the grey steps on the sheet say which
value of each phase or channel stands for which reflectance, and the inverse of that curve is applied first. What a tone curve does to an edge is then no
loss of sharpness, and the numbers before and after it compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from isp.bench.noise import LEVELS, SIDE, STEPS, laid, pooled
from isp.bench.sheet import CHECKER_AT, COLUMNS, EDGE_AT, LEAVES_AT, RAMP_AT, RIM, ROWS, STEPS_AT, size
from isp.capture.scene.colour_checker import ACROSS, DOWN, ColourChecker
from isp.core import DataError, Domain, Frame
from isp.core.compile import compiled
from isp.evaluate.chart.checker import placed
from isp.evaluate.chart.colour_checker import CheckerColours, colour_checker, means, reference
from isp.evaluate.chart.noise import cut, visual_noise
from isp.evaluate.chart.slanted_edge import slanted_edge
from isp.evaluate.colour_fit import difference
from isp.evaluate.measured import Measured
from isp.evaluate.picture.psnr import psnr
from isp.evaluate.view import seen, view
from isp.ops.charts import grid, patches
from isp.ops.colour import luminance_weights

TOP = 0.005
"""How far below white a value still counts as clipped, as a share of white: filters leave that much."""
_visual_noise = compiled(visual_noise)
UNKNOWN = Measured(np.array(np.nan), np.array(np.nan))


@dataclass(frozen=True)
class Seen:
    """What captures of the sheet say after a stage. `mtf50` in cycles a pixel, of the mean of the captures, with its error by noise: of all sites of a mosaic,
    which see grey alike, or of luminance; NaN where there is no edge. `delta_e` the mean dE00 of the ColorChecker, exposure aside, NaN before colours
    have names; `delta_e_fitted` what the best matrix would leave of it in the light, for three filters or more. `clipped` the share of a ramp from
    black to four times white of which any channel is at white."""

    mtf50: Measured
    delta_e: float
    delta_e_fitted: float
    clipped: float


@dataclass(frozen=True)
class Figures:
    """What finished pictures of the sheet come to. `psnr_db` of coloured leaves beside the scene itself, both encoded for a display and at one exposure, so
    that a tone curve costs; `delta_e` the mean dE00 of the ColorChecker at that exposure; `mtf50` in cycles a pixel; `visual_noise` the mean
    of the grey steps by ISO 15739, in L* u* v*."""

    psnr_db: float
    delta_e: float
    mtf50: float
    visual_noise: float

    def less(self, other: Figures) -> Figures:
        """The differences, figure by figure."""
        return Figures(*(getattr(self, name) - getattr(other, name) for name in self.__dataclass_fields__))


def looked_at(frames: Sequence[Frame]) -> Seen:
    """What frames of the sheet say after any stage. Raises DataError where they have another size."""
    all_pixels = [np.asarray(frame.array, np.float64) for frame in frames]
    if (found := all_pixels[0].shape[:2]) != (ROWS, COLUMNS):
        raise DataError("sheet", f"has {found[0]} x {found[1]} pixels, not {ROWS} x {COLUMNS}", "leave out what moves pixels")
    mean = frames[0].but(pixels=np.mean(all_pixels, 0))
    light = reflectance(mean)
    named = mean.domain in (Domain.WORKING, Domain.DISPLAY)
    return Seen(
        mtf50=_mtf50(light),
        delta_e=_delta_e(_linear(mean)) if named else float("nan"),
        delta_e_fitted=_fitted(mean, light),
        clipped=float(np.mean([_clipped(frame, pixels) for frame, pixels in zip(frames, all_pixels, strict=True)])),
    )


def figures(frames: Sequence[Frame], leaves: np.ndarray) -> Figures:
    """What finished pictures of the sheet come to, `leaves` being what its leaves should be. NaN where they have no greys to tell the exposure."""
    pictures = np.stack([_linear(frame) for frame in frames])
    try:
        colours = _colours(pictures.mean(0))
    except DataError:
        return Figures(*[float("nan")] * 4)
    pictures = pictures / 2**colours.exposure
    inner = np.s_[RIM:-RIM, RIM:-RIM]
    boxes = [(slice(RIM, SIDE - RIM), slice(i * SIDE + RIM, (i + 1) * SIDE - RIM)) for i in range(STEPS)]
    should = np.asarray(seen(leaves[inner], "display"))
    ratios, greys = [], []
    for picture in pictures.astype(np.float32):
        shown = np.asarray(seen(picture[LEAVES_AT][inner], "display"))
        ratios.append(psnr(np.clip(shown, 0, 1), np.clip(should, 0, 1)))
        greys.append(cut(picture[STEPS_AT], boxes))
    mean = frames[0].but(pixels=np.mean([np.asarray(frame.array, np.float64) for frame in frames], 0))
    return Figures(
        psnr_db=float(np.mean(ratios)),
        delta_e=float(colours.delta_e.mean()),
        mtf50=float(_mtf50(reflectance(mean)).value),
        visual_noise=float(np.mean(_visual_noise(np.concatenate(greys)))),
    )


def _linear(frame: Frame) -> np.ndarray:
    return np.asarray(view(frame.but(pixels=np.asarray(frame.array, np.float32)), "linear"), np.float64)


# ---------------------------------------------------------------------- light
def reflectance(frame: Frame) -> np.ndarray:
    """The grey (of the shape of the pixels) that would have given each value: each phase of a mosaic, and each channel of a picture, by its own curve
    through the grey steps. Beyond the steps the curve goes on straight, and encoded values are decoded before: six greys would not tell how far they bend.
    NaN where values do not grow with light."""
    pixels = _linear(frame) if frame.domain is Domain.DISPLAY else np.asarray(frame.array)
    tile = frame.cfa.tile if frame.domain.is_mosaic and frame.cfa is not None else (1, 1)
    greys = pooled(pixels[STEPS_AT], tile)
    planes = pixels if pixels.ndim == 3 else pixels[..., None]
    made = np.empty(planes.shape)
    for phase in range(greys.shape[1]):
        y, x = divmod(phase, tile[1])
        for channel in range(greys.shape[2]):
            part = np.s_[y :: tile[0], x :: tile[1], channel]
            made[part] = _inverse(greys[:, phase, channel], planes[part])
    return made.reshape(pixels.shape)


def _inverse(values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The reflectances at which a curve that has `values` at LEVELS, bright to dark, is as asked."""
    values, levels = values[::-1], np.array(LEVELS)[::-1]
    # In the dark noise may turn two steps round: what does not rise towards the bright end is left out.
    rises = np.append(values[:-1] < np.minimum.accumulate(values[::-1])[::-1][1:], True)
    values, levels = values[rises], levels[rises]
    if len(values) < 3:
        return np.full(asked.shape, np.nan)
    slopes = np.diff(levels) / np.diff(values)
    inside = PchipInterpolator(values, levels)(np.clip(asked, values[0], values[-1]))
    made: np.ndarray = inside + slopes[0] * np.minimum(asked - values[0], 0) + slopes[-1] * np.maximum(asked - values[-1], 0)
    return made


def _mtf50(light: np.ndarray) -> Measured:
    plane = light[EDGE_AT][RIM:-RIM, RIM:-RIM]
    if plane.ndim == 3:
        plane = plane @ (np.array(luminance_weights("srgb")) if plane.shape[2] == 3 else np.full(plane.shape[2], 1 / plane.shape[2]))
    try:
        return slanted_edge(plane).mtf50
    except DataError:
        return UNKNOWN


def _clipped(frame: Frame, pixels: np.ndarray) -> float:
    ramp = pixels[RAMP_AT][RIM:-RIM]
    if frame.domain.is_mosaic and frame.cfa is not None:
        white = np.broadcast_to(np.asarray(1.0 if frame.white is None else frame.white, np.float64), len(frame.cfa.sites))
        return float(np.mean(ramp >= (1 - TOP) * laid(white, frame.cfa.tile, pixels.shape)[RAMP_AT][RIM:-RIM]))
    white = np.asarray(1.0 if frame.white is None or frame.domain is Domain.DISPLAY else frame.white, np.float64)
    return float(np.mean(np.any(ramp >= (1 - TOP) * white, axis=-1)))


# ---------------------------------------------------------------------- colours
def _corners() -> list[tuple[float, float]]:
    """x and y of the middles of the corner patches, as the scene draws them by default."""
    declared = ColourChecker.declared()
    down, across = grid(*size(CHECKER_AT), DOWN, ACROSS, declared["border"].default, declared["share"].default)
    y, x = (np.asarray(ends, float).mean(1) for ends in (down, across))
    return [(x[0], y[0]), (x[-1], y[0]), (x[-1], y[-1]), (x[0], y[-1])]


def _colours(picture: np.ndarray) -> CheckerColours:
    """The chart of a picture in linear sRGB. Raises DataError where greys have no light."""
    return colour_checker(picture[CHECKER_AT], corners=_corners())


def _delta_e(picture: np.ndarray) -> float:
    try:
        return float(_colours(picture).delta_e.mean())
    except DataError:
        return float("nan")


def _fitted(frame: Frame, light: np.ndarray) -> float:
    part = light[CHECKER_AT]
    if part.ndim == 3:
        colours = means(part, placed(_corners()))
    elif frame.cfa is not None:
        where = laid(np.array(frame.cfa.channels), frame.cfa.tile, light.shape)[CHECKER_AT]
        declared = ColourChecker.declared()
        boxes = patches(*part.shape, DOWN, ACROSS, declared["border"].default, declared["share"].default)
        kinds = range(len(frame.cfa.filters))
        colours = np.array([[part[box][where[box] == kind].mean() for kind in kinds] for box in boxes])
    else:
        return float("nan")
    if colours.shape[1] < 3 or not np.isfinite(colours).all():
        return float("nan")
    target = reference()
    return float(difference(colours @ np.linalg.lstsq(colours, target, rcond=None)[0], target).mean())
