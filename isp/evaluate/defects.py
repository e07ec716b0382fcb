"""Sites that do not answer as their neighbours of the same filter do: hot in the dark, dim or bright in the light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter
from scipy.stats import norm

from isp.core.errors import DataError
from isp.evaluate.frames import split

SIGMAS = 6.0
"""How many robust standard deviations are too far. Of normally spread pixels 1 in 10^9 lies above six, 2 in 10^9 outside."""
WINDOW = 7
"""Side of the neighbourhood in a phase plane whose median a site is held against."""
KINDS = ("hot", "dim", "bright")


@dataclass(frozen=True)
class Defects:
    """`sites` (n, 2) row and column; `kinds` (n,) one of hot, dim, bright; `deviation` (n,) in robust standard deviations.

    `expected_false` is how many sound sites of a normal spread would have been listed by chance.
    """

    sites: np.ndarray
    kinds: np.ndarray
    deviation: np.ndarray
    expected_false: float

    def count(self, kind: str) -> int:
        """How many sites of a kind."""
        return int(np.sum(self.kinds == kind))


def defects(dark: np.ndarray, flat: np.ndarray | None = None, tile: tuple[int, int] = (2, 2), *, sigmas: float = SIGMAS) -> Defects:
    """The list of bad sites, from averages of darks and of flats at about half of saturation, both (rows, columns) in DN.

    Hot sites stand above the darks around them; dim and bright ones give less or more light than those around them (a dead site gives
    none, a stuck one too much or none). A site that is both is listed as hot. Raises DataError where the sizes differ.
    """
    dark = np.asarray(dark, np.float64)
    found = _far(dark, tile)
    listed = [(found > sigmas, "hot", found)]
    tails = 1
    if flat is not None:
        if np.shape(flat) != dark.shape:
            raise DataError("flat", f"is {np.shape(flat)[::-1]}, the dark {dark.shape[::-1]}")
        found = _far(np.asarray(flat, np.float64) - dark, tile, relative=True)
        listed += [(found < -sigmas, "dim", found), (found > sigmas, "bright", found)]
        tails = 3
    taken = np.zeros(dark.shape, bool)
    sites, kinds, deviation = [], [], []
    for far, kind, by in listed:
        where = np.argwhere(far & ~taken)
        taken |= far
        sites.append(where)
        kinds.append(np.full(len(where), kind, dtype="<U6"))
        deviation.append(by[tuple(where.T)])
    return Defects(np.concatenate(sites), np.concatenate(kinds), np.concatenate(deviation), float(tails * dark.size * norm.sf(sigmas)))


def _far(frame: np.ndarray, tile: tuple[int, int], relative: bool = False) -> np.ndarray:
    """How far each site lies from the median of its neighbours, in robust deviations of its phase; 0 in a last part of a tile."""
    away = np.zeros(frame.shape)
    for phase, plane in enumerate(split(frame, tile)):
        margin = WINDOW // 2
        # Beyond the border a falloff goes on as steeply, without its defects: border sites are held against their own level.
        around = np.pad(median_filter(plane, 3, mode="nearest"), margin, mode="reflect", reflect_type="odd")
        inside = slice(margin, -margin), slice(margin, -margin)
        around[inside] = plane
        around = median_filter(around, WINDOW)[inside]
        off, least = plane - around, 1 / np.sqrt(12)
        if relative:
            around = np.maximum(around, 1e-9)
            off, least = off / around, least / np.median(around)
        row, column = divmod(phase, tile[1])
        rows, columns = plane.shape
        away[row : rows * tile[0] : tile[0], column : columns * tile[1] : tile[1]] = off / max(_deviation(off), least)
    return away


def _deviation(off: np.ndarray) -> float:
    """The deviation of the middle 95 % of the values, over 0.8711, which is what that is of a normal distribution.

    Unlike the median absolute deviation it is not thrown by rounding, when most values of a quiet dark are equal.
    """
    low, high = np.percentile(off, [2.5, 97.5])
    inside = off[(off >= low) & (off <= high)]
    return float(inside.std() / 0.8711)
