"""What a picture of a ColorChecker says: colour, white balance, exposure, and what a better matrix could mend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.chart.checker import INSIDE, NAMES, NEUTRAL, Checker, Corners, placed
from isp.evaluate.chart.find_checker import find
from isp.evaluate.colour_fit import difference, linear_rgb, plain
from isp.ops import spectra
from isp.ops.colour import luminance_weights

PAPERS = ("mccamy1976", "ciede2000")
GREYS = NEUTRAL[1:5]
"""Neutral 8 to 3.5: white may clip, and black is flare."""


@dataclass(frozen=True)
class CheckerColours:
    """A chart in a picture of linear sRGB light; 24 patches in the order of `NAMES`.

    `patches` and `wanted` (24, 3) are the light found and that of the chart in D65. `delta_e` (24,) dE00 after exposure has been brought to
    that of the chart, so that it judges colour; `delta_e_as_is` (24,) without. `white_balance` (6,) degrees between each neutral and grey,
    white first; `exposure` EV, how much lighter the greys are than the chart's; `saturation` the mean chroma over the chart's, by distance
    from grey at equal luminance. `residual` (24,) dE00 that the best 3x3 `matrix` would leave: the rest of `delta_e` a matrix could mend.
    `chart` says where it was.
    """

    patches: np.ndarray
    wanted: np.ndarray
    delta_e: np.ndarray
    delta_e_as_is: np.ndarray
    white_balance: np.ndarray
    exposure: float
    saturation: float
    residual: np.ndarray
    matrix: np.ndarray
    chart: Checker

    @property
    def worst(self) -> tuple[str, float]:
        """The patch that is farthest off, and its dE00."""
        k = int(np.argmax(self.delta_e))
        return NAMES[k], float(self.delta_e[k])


def colour_checker(picture: np.ndarray, *, corners: Corners | None = None, name: str = "chart") -> CheckerColours:
    """The analysis of a picture (rows, columns, 3) of linear sRGB light, 1 = diffuse white, that shows a chart somewhere, or between the middles
    of its corner patches: dark skin, bluish green, black, white.

    The reference is BabelColor's average of 30 charts in D65, as a picture should show it, whatever light the chart stood in. Raises DataError
    where no chart is found, a patch lies outside, or one has no light.
    """
    picture = np.asarray(picture, np.float64)
    chart = placed(corners) if corners is not None else find(picture, name)
    patches = means(picture, chart, name)
    wanted = reference()
    greys = list(GREYS)
    weights = np.array(luminance_weights("srgb"))
    light, wanted_light = patches @ weights, wanted @ weights
    if light[greys].min() <= 0:
        raise DataError(name, f"patch {NAMES[greys[int(np.argmin(light[greys]))]]} has no light", "are black and white right?")
    exposure = float(np.mean(np.log2(light[greys] / wanted_light[greys])))
    level = patches / 2**exposure
    fit = plain(level, wanted, NAMES)
    return CheckerColours(
        patches=patches,
        wanted=wanted,
        delta_e=difference(level, wanted),
        delta_e_as_is=difference(patches, wanted),
        white_balance=angle(patches[list(NEUTRAL)]),
        exposure=exposure,
        saturation=float(np.sum(_chroma(patches, weights)) / np.sum(_chroma(wanted, weights))),
        residual=fit.differences,
        matrix=fit.matrix.value,
        chart=chart,
    )


def means(picture: np.ndarray, chart: Checker, name: str = "chart") -> np.ndarray:
    """The mean colours (24, channels) of the patches of a chart in a picture (rows, columns, channels), each about its middle. Raises
    DataError that names a patch which lies outside."""
    rows, columns = picture.shape[:2]
    half = max(INSIDE / 2 * chart.pitch, 0.5)
    found = []
    for k, (x, y) in enumerate(chart.middles):
        if not (half - 0.5 <= x <= columns - half - 0.5 and half - 0.5 <= y <= rows - half - 0.5):
            raise DataError(
                f"{name}: patch {NAMES[k]}", f"lies at {x:.0f}, {y:.0f}, not within {columns} x {rows}", "are the corners right?"
            )
        box = [slice(max(round(v - half + 0.5), 0), max(round(v + half + 0.5), round(v - half + 0.5) + 1)) for v in (y, x)]
        found.append(picture[box[0], box[1]].mean((0, 1)))
    return np.stack(found)


def reference() -> np.ndarray:
    """(24, 3) linear sRGB of the patches in D65, 1 = a perfect diffuser."""
    tables = spectra.tables()
    observer = tables["observer"].astype(np.float64) * tables["D65"]
    white = observer.sum(1)
    return linear_rgb(tables["colour_checker"].astype(np.float64) @ observer.T / white[1], white / white[1])


def angle(colours: np.ndarray) -> np.ndarray:
    """Degrees (...) between colours (..., 3) and grey: the error of the white balance that made them of greys."""
    colours = np.asarray(colours, np.float64)
    # By the sine: near grey the cosine has lost its digits.
    off = np.linalg.norm(colours - colours.mean(-1, keepdims=True), axis=-1)
    return np.degrees(np.arctan2(off, np.abs(colours.sum(-1)) / np.sqrt(3)))


def _chroma(colours: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """How far the coloured patches lie from grey, over their luminance."""
    light = np.maximum(colours @ weights, 1e-6)[: NEUTRAL[0], None]
    return np.linalg.norm(colours[: NEUTRAL[0]] / light - 1, axis=1)
