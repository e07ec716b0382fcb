"""The ColorChecker: its patches, where they lie between its corners, and how like one a grid of colours is.

Places are x (columns) and y (rows) in pixels; pixel i covers i - 1/2 to i + 1/2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from isp.core.errors import DataError
from isp.ops import spectra

PAPERS = ("mccamy1976",)
DOWN, ACROSS = 4, 6
NAMES = (
    "dark skin", "light skin", "blue sky", "foliage", "blue flower", "bluish green", "orange", "purplish blue", "moderate red", "purple",
    "yellow green", "orange yellow", "blue", "green", "red", "yellow", "magenta", "cyan", "white", "neutral 8", "neutral 6.5", "neutral 5",
    "neutral 3.5", "black",
)  # fmt: skip
NEUTRAL = tuple(range(18, 24))
CORNER_NAMES = "dark skin; bluish green; black; white"
"""The order of corners: from the top left of the chart as it is read, clockwise."""
INSIDE = 0.4
"""The share of the distance between patches that is measured in, about their middles."""
Corners = Sequence[tuple[float, float]]

_FLAT = np.array([(x, y) for y in range(DOWN) for x in range(ACROSS)], float)
_ENDS = np.array([(0, 0), (ACROSS - 1, 0), (ACROSS - 1, DOWN - 1), (0, DOWN - 1)], float)


@dataclass(frozen=True)
class Checker:
    """A chart in a picture: `corners` (4, 2) and `middles` (24, 2), x and y of the middles of the corner patches and of all patches, row by row
    from dark skin to black; `pitch` the least distance in pixels between neighbours; `likeness` 0 to 1, see `likeness`, 1 where a person
    named the corners."""

    corners: np.ndarray
    middles: np.ndarray
    pitch: float
    likeness: float

    def scaled(self, tile: tuple[int, int]) -> Checker:
        """The chart in the mosaic, each tile (rows, columns) of which was a pixel of the picture in which it was found."""
        down, across = tile
        scale, shift = np.array([across, down], float), (np.array([across, down]) - 1) / 2
        return placed(self.corners * scale + shift, self.likeness)


def placed(corners: Corners, likeness: float = 1.0) -> Checker:
    """The chart whose corner patches have their middles at `corners`: dark skin, bluish green, black, white. Raises DataError for corners that
    do not go round a convex quadrangle."""
    corners = np.asarray(corners, float)
    sides = np.roll(corners, -1, 0) - corners
    turns = (
        sides[:, 0] * np.roll(sides, -1, 0)[:, 1] - sides[:, 1] * np.roll(sides, -1, 0)[:, 0] if corners.shape == (4, 2) else np.zeros(4)
    )
    if not (np.all(turns > 0) or np.all(turns < 0)):
        raise DataError(
            "corners of the chart", "they do not go round it", f"give four middles of patches, as x and y, in this order: {CORNER_NAMES}"
        )
    places = middles(corners)
    grid = places.reshape(DOWN, ACROSS, 2)
    pitch = min(np.linalg.norm(np.diff(grid, axis=axis), axis=-1).min() for axis in (0, 1))
    return Checker(corners, places, float(pitch), likeness)


def middles(corners: Corners) -> np.ndarray:
    """(24, 2) x and y of the middles of all patches from those of the corner patches: top left, top right, bottom right, bottom left. A chart
    that is seen at an angle is a projection of a flat one."""
    return projected(homography(_ENDS, np.asarray(corners, float)), _FLAT)


def homography(flat: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The projection (3, 3) that takes places (n, 2), four or more, nearest to others (n, 2) in least squares of its linear equations."""
    centre, size = seen.mean(0), max(float(np.abs(seen - seen.mean(0)).max()), 1e-9)
    u, v = ((seen - centre) / size).T
    x, y = flat.T
    one, none = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate(
        [np.stack([x, y, one, none, none, none, -u * x, -u * y], 1), np.stack([none, none, none, x, y, one, -v * x, -v * y], 1)]
    )
    solved = np.append(np.linalg.lstsq(rows, np.concatenate([u, v]), rcond=None)[0], 1).reshape(3, 3)
    return np.array([[size, 0, centre[0]], [0, size, centre[1]], [0, 0, 1]]) @ solved


def projected(projection: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Places (n, 2) under a projection (3, 3)."""
    made = np.concatenate([places, np.ones((len(places), 1))], 1) @ projection.T
    return made[:, :2] / made[:, 2:]


def likeness(colours: np.ndarray) -> float:
    """How far linear camera colours (24, 3) are the chart's patches, as some 3x3 matrix and an even haze make of their XYZ, under light that falls
    off as a plane and a bowl: the share that this explains of what patches of one colour under such light leave. 1 is wholly; 24 colours
    by chance hardly reach 0.75.

    No camera is a matrix wholly, but all are nearly one. Patches that do not vary explain nothing: 0.
    """
    colours = np.asarray(colours, float)
    if not np.isfinite(colours).all():
        return 0.0
    xyz, falls = _model()
    spread = np.sum((colours - falls @ np.linalg.lstsq(falls, colours, rcond=None)[0]) ** 2)
    if spread <= 1e-6 * np.sum(colours**2):
        return 0.0
    light = np.ones(24)
    for _ in range(4):  # by turns the matrix, given the light, and the light, given the matrix
        terms = xyz * light[:, None]
        even = xyz @ np.linalg.lstsq(terms, colours, rcond=None)[0]
        seen = (falls[:, None, :] * even[..., None]).reshape(-1, falls.shape[1])
        light = falls @ np.linalg.lstsq(seen, colours.ravel(), rcond=None)[0]
        light = light / light.mean()
    if light.min() < 0.2:  # no lens falls off so far between the patches of a chart
        return 0.0
    terms = xyz * light[:, None]
    left = colours - terms @ np.linalg.lstsq(terms, colours, rcond=None)[0]
    return float(1 - np.sum(left**2) / spread)


@cache
def _model() -> tuple[np.ndarray, np.ndarray]:
    """(24, 4) X, Y, Z of the patches in D65 and a constant; (24, 4) how light may fall off: 1, x, y, x^2 + y^2."""
    tables = spectra.tables()
    xyz = (tables["colour_checker"] * tables["D65"]).astype(np.float64) @ tables["observer"].T
    x, y = (2 * _FLAT / (ACROSS - 1, DOWN - 1) - 1).T
    return np.column_stack([xyz / xyz.max(), np.ones(24)]), np.column_stack([np.ones(24), x, y, x**2 + y**2])
