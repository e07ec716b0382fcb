"""Even quadrangles in a picture, and the grids that they stand in: what a chart of patches is before its colours are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from isp.evaluate.chart.checker import homography, projected

STEPS = (0.015, 0.03, 0.06, 0.1)
"""Slopes, in roots of light a pixel, below which a picture is even: fine ones part patches of like colour, coarse ones bear noise."""
SQUARE = (0.85, 1.13)
"""Area squared over 144 det(covariance): 1 for any parallelogram, 1.10 for an ellipse, 0.75 for a triangle."""
LONG = 2.0
"""The longest side of a patch over the shortest, however it is seen."""
LEAST = 12
"""Pixels of the smallest patch."""
NEAR = 0.25
"""How far from its place in a grid a patch may lie, in distances between neighbours."""


@dataclass(frozen=True)
class Grid:
    """`cells` (n, 2) whole coordinates of the squares that were found, `places` (n, 2) their middles in pixels, and the `projection` (3, 3)
    from the first to the second."""

    cells: np.ndarray
    places: np.ndarray
    projection: np.ndarray


def squares(picture: np.ndarray) -> Iterator[np.ndarray]:
    """For each of `STEPS` the even parallelograms in a linear picture (rows, columns, 3), (n, 3): x, y of the middle and the root of the area."""
    white = np.maximum(np.percentile(picture, 99.5, axis=(0, 1)), 1e-9)
    # The root evens out the noise of light, and what is added keeps that of the dark down.
    root = np.sqrt(np.clip(picture / white, 0, 1.5) + 0.003)
    slope = np.max([np.hypot(ndimage.sobel(root[..., c], 0), ndimage.sobel(root[..., c], 1)) / 8 for c in range(3)], axis=0)
    y, x = np.indices(slope.shape)
    for step in STEPS:
        label, count = ndimage.label(slope < step)
        area = np.bincount(label.ravel(), minlength=count + 1)[1:]

        def mean(values: np.ndarray, label: np.ndarray = label, count: int = count, area: np.ndarray = area) -> np.ndarray:
            return np.bincount(label.ravel(), values.ravel(), count + 1)[1:] / area

        mx, my = mean(x), mean(y)
        # A pixel is a square itself, of variance 1/12.
        xx, yy, xy = mean(x * x) - mx**2 + 1 / 12, mean(y * y) - my**2 + 1 / 12, mean(x * y) - mx * my
        product, half = xx * yy - xy**2, (xx + yy) / 2
        root_of = np.sqrt(np.maximum(half**2 - product, 0))
        shape = area**2 / (144 * product)
        good = (area >= LEAST) & (area < label.size / 12) & (shape > SQUARE[0]) & (shape < SQUARE[1])
        good &= half + root_of < LONG**2 * (half - root_of)
        yield np.stack([mx, my, np.sqrt(area)], 1)[good]


def grids(found: np.ndarray, least: int = 6) -> Iterator[Grid]:
    """Grids in which squares (n, 3) stand, each begun at one square and two neighbours and grown as far as a projection carries it."""
    known: set[tuple[int, ...]] = set()
    for i, (x, y, side) in enumerate(found):
        if any(i in group for group in known):
            continue
        step = found[:, :2] - (x, y)
        far = np.hypot(*step.T)
        near = (far > 0.7 * side) & (far < 2.6 * side) & (found[:, 2] > 0.55 * side) & (found[:, 2] < 1.8 * side)
        ring = np.flatnonzero(near)[np.argsort(far[near])][:8]
        grown = [g for j in ring for k in ring if _square(step[j], step[k]) and (g := _grown(found, i, step[j], step[k]))]
        if not grown or len(max(grown, key=lambda g: len(g[0]))[0]) < least:
            continue
        members, cells, projection = max(grown, key=lambda g: len(g[0]))
        if (group := tuple(members)) not in known:
            known.add(group)
            yield Grid(cells, found[members, :2], projection)


def _square(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two steps may be the sides of a cell, the second clockwise from the first."""
    a, b = np.hypot(*one), np.hypot(*other)
    cross = one[0] * other[1] - one[1] * other[0]
    return cross > 0.8 * a * b and max(a, b) < 1.6 * min(a, b)


def _grown(found: np.ndarray, first: int, right: np.ndarray, down: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """(members, cells, projection) of the squares that lie where whole steps from the first lead."""
    projection = np.array([[right[0], down[0], found[first, 0]], [right[1], down[1], found[first, 1]], [0, 0, 1]])
    members, cells = np.array([first]), np.zeros((1, 2))
    for reach in (1.5, 2.5, 4.5, 6.5, 6.5):
        place = projected(np.linalg.inv(projection), found[:, :2])
        whole = np.rint(place)
        off = np.hypot(*(place - whole).T)
        good = (off < NEAR) & (np.abs(whole).max(1) < reach) & (np.abs(np.log(found[:, 2] / found[first, 2])) < 0.7)
        # Of two squares in one place the better one stays.
        order = np.flatnonzero(good)[np.argsort(off[good])]
        _, once = np.unique(whole[order], axis=0, return_index=True)
        members = order[np.sort(once)]
        cells = whole[members]
        if len(members) < 4 or np.linalg.matrix_rank(cells - cells.mean(0)) < 2:
            return None
        projection = _fitted(cells, found[members, :2])
        if not np.all(np.isfinite(projection)) or abs(np.linalg.det(projection)) < 1e-9:
            return None
    return members, cells, projection


def _fitted(cells: np.ndarray, places: np.ndarray) -> np.ndarray:
    """A projection where enough is known for one, else an affine map."""
    if len(cells) >= 8 and all(len(np.unique(cells[:, axis])) >= 3 for axis in (0, 1)):
        return homography(cells, places)
    affine = np.linalg.lstsq(np.column_stack([cells, np.ones(len(cells))]), places, rcond=None)[0]
    return np.vstack([affine.T, [0, 0, 1]])
