"""A ColorChecker found in a picture or a mosaic: at any angle, tilted, small or large.

First shapes: even quadrangles that stand in a grid, sought at several sizes. Then colours: of all ways to lay four rows of six patches on the
grid, the one whose colours are most like the chart's. Last the projection through all its patches that were seen. A chart seen in a mirror is
not found, nor one of which a patch's middle lies outside the frame.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.chart.checker import ACROSS, CORNER_NAMES, DOWN, Checker, homography, likeness, placed, projected
from isp.evaluate.chart.squares import Grid, grids, squares

LIKE = 0.85
"""How like a chart colours must be to count as one: see `checker.likeness`."""
SMALLEST = 40
"""Rows and columns of the smallest picture that is searched; a larger one is halved until it comes to that."""
SAMPLED = 0.2
"""Half of the side, in distances between patches, of the box in which a patch's colour is read."""

_CELLS = np.array([(x, y) for y in range(DOWN) for x in range(ACROSS)], float)


def find(picture: np.ndarray, name: str = "chart") -> Checker:
    """The chart in a linear picture (rows, columns, 3) of any camera, not balanced. Raises DataError, said of `name`, with what was seen."""
    picture = np.asarray(picture, np.float64)
    if picture.ndim != 3 or picture.shape[2] != 3 or min(picture.shape[:2]) < 16 or not np.isfinite(picture).all():
        raise DataError(name, f"a chart is sought in 16 x 16 finite colours or more, not in {' x '.join(map(str, picture.shape))}")
    sums = np.pad(picture, ((1, 0), (1, 0), (0, 0))).cumsum(0).cumsum(1)
    everything, best, like, most = [np.zeros((0, 3))], None, 0.0, 0
    for found in _at_all_sizes(picture):
        everything.append(found)
        for grid in grids(found):
            most = max(most, len(grid.cells))
            for cells in _layings(grid):
                places = projected(grid.projection, cells)
                if (now := likeness(_colours(sums, places))) > like:
                    best, like = places, now
    if best is None or like < LIKE:
        seen = f"the likest of its grids is {like:.0%} like one, not {LIKE:.0%}" if most else "no even squares stand in a grid"
        raise DataError(
            name, f"no ColorChecker found in it: {seen}",
            f"photograph it larger and evenly lit, or give --corners: x,y of {CORNER_NAMES}",
        )  # fmt: skip
    return placed(_settled(best, np.concatenate(everything)), like)


def find_in_mosaic(phases: np.ndarray, sites: tuple[str, ...], tile: tuple[int, int], name: str = "chart") -> Checker:
    """The chart in the phase planes (phases, rows, columns) of a mosaic above black whose sites are filtered r, g, b; places are those of the
    mosaic's pixels. Raises DataError as `find` does, and for other filters."""
    if set(sites) != set("rgb"):
        raise DataError(name, f"the sensor has filters {', '.join(dict.fromkeys(sites))}", "colour is read off red, green and blue")
    picture = np.stack([np.mean([phases[k] for k, s in enumerate(sites) if s == c], 0) for c in "rgb"], -1)
    return find(picture, name).scaled(tile)


def _at_all_sizes(picture: np.ndarray) -> Iterator[np.ndarray]:
    """Squares (n, 3) in the picture and in its halves, quarters .., in pixels of the picture."""
    size = 1
    while min(picture.shape[:2]) >= SMALLEST or size == 1:
        for found in squares(picture):
            yield found * size + [(size - 1) / 2, (size - 1) / 2, 0]
        rows, columns = (n // 2 * 2 for n in picture.shape[:2])
        picture, size = picture[:rows, :columns].reshape(rows // 2, 2, columns // 2, 2, 3).mean((1, 3)), 2 * size


def _layings(grid: Grid) -> Iterator[np.ndarray]:
    """Every way (24, 2) of laying the chart on a grid that covers most of what was found: four turns, and as many shifts as there are."""
    x, y = _CELLS.T
    (low_x, low_y), (high_x, high_y) = grid.cells.min(0), grid.cells.max(0)
    for cells in ([x, y], [ACROSS - 1 - x, DOWN - 1 - y], [DOWN - 1 - y, x], [y, ACROSS - 1 - x]):
        turned = np.stack(cells, 1)
        wide, tall = turned.max(0)
        for left in np.arange(low_x - wide, high_x + 1):
            for top in np.arange(low_y - tall, high_y + 1):
                inside = np.all((grid.cells >= (left, top)) & (grid.cells <= (left + wide, top + tall)), 1)
                if inside.mean() >= 0.75:
                    yield turned + np.array([left, top])


def _colours(sums: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The mean colours (24, 3) about places (24, 2), by the sums of all that lies above and to the left; NaN where one lies outside."""
    rows, columns = (n - 1 for n in sums.shape[:2])
    x, y = places.T
    if x.min() < 0 or y.min() < 0 or x.max() > columns - 1 or y.max() > rows - 1:
        return np.full((24, 3), np.nan)
    grid = places.reshape(DOWN, ACROSS, 2)
    half = SAMPLED * min(np.linalg.norm(np.diff(grid, axis=axis), axis=-1).min() for axis in (0, 1))
    left, right = (np.clip(np.rint(x + side + 0.5), 0, columns).astype(int) for side in (-half, half))
    top, bottom = (np.clip(np.rint(y + side + 0.5), 0, rows).astype(int) for side in (-half, half))
    right, bottom = np.maximum(right, left + 1), np.maximum(bottom, top + 1)
    area = (right - left) * (bottom - top)
    return (sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]) / area[:, None]


def _settled(places: np.ndarray, found: np.ndarray) -> np.ndarray:
    """The corners (4, 2), after a projection through all squares that lie where a patch was expected, the nearest for each."""
    for _ in range(3):
        grid = places.reshape(DOWN, ACROSS, 2)
        pitch = min(np.linalg.norm(np.diff(grid, axis=axis), axis=-1).min() for axis in (0, 1))
        fits = found[(found[:, 2] > 0.45 * pitch) & (found[:, 2] < 1.05 * pitch)]
        away = np.hypot(*(fits[None, :, :2] - places[:, None]).transpose(2, 0, 1)) if len(fits) else np.full((24, 1), np.inf)
        seen = away.min(1) < 0.3 * pitch
        if seen.sum() < 8:
            break
        middle = np.where(
            seen[:, None], [np.median(fits[a < 0.3 * pitch, :2], axis=0) if s else (0, 0) for a, s in zip(away, seen, strict=True)], places
        )
        places = projected(homography(_CELLS[seen], middle[seen]), _CELLS)
    return places[[0, ACROSS - 1, DOWN * ACROSS - 1, (DOWN - 1) * ACROSS]]
