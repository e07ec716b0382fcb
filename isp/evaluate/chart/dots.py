"""The dots of a grid in a picture: where each lies, to a hundredth of a pixel, and which it is."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from isp.core.errors import DataError

FEWEST = 25
"""Dots that a grid must show."""
ALIKE = (0.4, 2.5)
"""Area of a dot over that of the usual one."""
NEAR = 0.3
"""How far from where its neighbour foretells it a dot may lie, in distances between dots."""


@dataclass(frozen=True)
class Dots:
    """`places` (n, 2) x and y of the middles in pixels, `cells` (n, 2) their whole coordinates in the grid, (0, 0) being the dot next to the middle of
    the picture; `diameter` of a dot and `pitch`, the distance to its neighbours, both in pixels."""

    places: np.ndarray
    cells: np.ndarray
    diameter: float
    pitch: float


def dots(plane: np.ndarray) -> Dots:
    """The dots in a plane (rows, columns) of linear light that are dark on a light ground and wholly in the picture. The ground may fall off towards the
    corners, and the grid may be bent, turned up to 40 degrees, or seen at an angle. Raises DataError where no grid of 25 dots is found."""
    plane = np.asarray(plane, np.float64)
    if plane.ndim != 2 or min(plane.shape) < 32 or not np.isfinite(plane).all():
        raise DataError("dot grid", f"needs 32 x 32 finite numbers or more, not {' x '.join(map(str, plane.shape))}")
    low, high = np.percentile(plane, (2, 98))
    label, count = ndimage.label(plane < (low + high) / 2)
    if high - low <= 1e-6 * abs(high) or count < FEWEST:
        raise DataError("dot grid", f"{count} dark dots are seen, {FEWEST} are the least", "show dark dots on a light ground")
    diameter = 2 * float(np.sqrt(np.median(np.bincount(label.ravel())[1:]) / np.pi))
    darkness = dark_share(plane, diameter)
    label, count = ndimage.label(darkness > 0.5 * np.percentile(darkness[label > 0], 75))
    area = np.bincount(label.ravel(), minlength=count + 1)[1:]
    found = np.array(ndimage.center_of_mass(darkness, label, range(1, count + 1))).reshape(-1, 2)[:, ::-1]
    usual = np.median(area) if count else 0
    diameter = 2 * float(np.sqrt(usual / np.pi))
    room = 0.75 * diameter + 1
    inside = np.all((found > room) & (found < np.array(plane.shape[::-1]) - 1 - room), 1)
    found = found[inside & (area > ALIKE[0] * usual) & (area < ALIKE[1] * usual)]
    if len(found) < FEWEST:
        raise DataError("dot grid", f"{len(found)} dots are seen whole, {FEWEST} are the least", "show more of the grid, or larger dots")
    found = middles(darkness, found, room)
    cells, pitch = _cells(found, np.array(plane.shape[::-1]) / 2 - 0.5)
    known = np.flatnonzero(cells[:, 0] > -(2**30))
    if len(known) < FEWEST:
        raise DataError(
            "dot grid", f"of {len(found)} dots {len(known)} stand in one grid, {FEWEST} are the least", "show a square grid alone"
        )
    return Dots(found[known], cells[known], diameter, pitch)


def dark_share(plane: np.ndarray, diameter: float) -> np.ndarray:
    """1 less the light over that of the ground, which is what is left of the plane when dots of a diameter are filled."""
    side = int(2 * diameter) | 1
    ground = ndimage.uniform_filter(ndimage.grey_closing(ndimage.uniform_filter(plane, 3), (side, side)), side)
    share: np.ndarray = 1 - plane / np.maximum(ground, 1e-12)
    return share


def middles(darkness: np.ndarray, starts: np.ndarray, radius: float) -> np.ndarray:
    """The centroids (n, 2) of darkness within a radius of `starts` (n, 2), x and y. The window moves with what it finds, so that it cuts off no side of a
    dot more than another; what the ground is off by on the mean is taken off."""
    reach = int(np.ceil(radius)) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    found = np.array(starts, float)
    for _ in range(4):
        corner = np.rint(found).astype(int)
        rows = np.clip(corner[:, 1, None, None] + y, 0, darkness.shape[0] - 1)
        columns = np.clip(corner[:, 0, None, None] + x, 0, darkness.shape[1] - 1)
        right, down = (at - found[:, i, None, None] for i, at in enumerate((columns, rows)))
        # The rim of the window is soft: a pixel that comes in comes in by parts.
        window = np.clip(radius + 0.5 - np.hypot(right, down), 0, 1)
        dark = darkness[rows, columns]
        rim = window * (np.hypot(right, down) > radius - 1)
        dark = window * (dark - (np.sum(rim * dark, (1, 2)) / np.maximum(rim.sum((1, 2)), 1e-9))[:, None, None])
        total = np.maximum(dark.sum((1, 2)), 1e-9)
        found = found + np.stack([np.sum(dark * right, (1, 2)), np.sum(dark * down, (1, 2))], 1) / total[:, None]
    return found


def _cells(found: np.ndarray, middle: np.ndarray) -> tuple[np.ndarray, float]:
    """Whole coordinates of dots, found from neighbour to neighbour out of the middle, and the distance of neighbours there; far below zero for those that do
    not belong."""
    tree = cKDTree(found)
    first = int(tree.query(middle)[1])
    distance, near = tree.query(found[first], 5)
    steps = found[near[1:]] - found[first]
    pitch = float(np.median(distance[1:]))
    right = steps[np.argmax(steps[:, 0])]
    down = steps[np.argmax(steps[:, 1])]
    cells = np.full((len(found), 2), -(2**31), np.int64)
    cells[first] = 0
    waiting = deque([(first, right, down)])
    while waiting:
        at, right, down = waiting.popleft()
        for step, (i, j) in ((right, (1, 0)), (-right, (-1, 0)), (down, (0, 1)), (-down, (0, -1))):
            off, other = tree.query(found[at] + step)
            if off > NEAR * np.hypot(*step) or cells[other, 0] > -(2**30):
                continue
            cells[other] = cells[at] + (i, j)
            moved = (found[other] - found[at]) * (i + j)
            waiting.append((int(other), moved if i else right, moved if j else down))
    return cells, pitch
