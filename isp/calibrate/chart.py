"""Where the patches of a ColorChecker lie in a frame: between the corners that a person names, or found by what the patches are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from isp.calibrate.captures import Raw
from isp.core import DataError
from isp.ops import spectra

DOWN, ACROSS = 4, 6
INSIDE = 0.4
"""The share of the distance between patches that is measured in, about their middles."""
NAMES = (
    "dark skin", "light skin", "blue sky", "foliage", "blue flower", "bluish green", "orange", "purplish blue", "moderate red", "purple",
    "yellow green", "orange yellow", "blue", "green", "red", "yellow", "magenta", "cyan", "white", "neutral 8", "neutral 6.5", "neutral 5",
    "neutral 3.5", "black",
)  # fmt: skip
NEUTRAL = tuple(range(18, 24))
SIMILAR = 0.97
"""How like a chart patches must be to count as found: see `_likeness`."""
SIDE = 64
"""The longer side of the small picture in which a chart is searched."""
Corners = Sequence[tuple[float, float]]


def middles(corners: Corners) -> np.ndarray:
    """(24, 2) x and y of the middles of all patches from those of the corner patches: top left, top right, bottom right, bottom left. A chart
    that is seen at an angle is a projection of a flat one."""
    flat = np.array([(0, 0), (ACROSS - 1, 0), (ACROSS - 1, DOWN - 1), (0, DOWN - 1)], float)
    rows, wanted = [], []
    for (x, y), (u, v) in zip(flat, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    projection = np.append(np.linalg.solve(np.array(rows), np.array(wanted)), 1).reshape(3, 3)
    places = np.array([(x, y, 1) for y in range(DOWN) for x in range(ACROSS)]) @ projection.T
    return places[:, :2] / places[:, 2:]


def check(raw: Raw) -> None:
    """Raise DataError unless the sensor has red, green and blue filters."""
    if raw.cfa.filters != "rgb":
        raise DataError(raw.name, f"the sensor has filters {', '.join(raw.cfa.filters)}", "colour is calibrated for red, green and blue")


def colours(raw: Raw, planes: np.ndarray, corners: Corners) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(means, errors, high): for each patch and each of r, g, b, the mean and its standard error in `planes`, and the share of sites at white.

    `planes` (phases, rows, columns) are linear above black. Raises DataError for a sensor of other filters, or corners outside the frame."""
    check(raw)
    tile, (rows, columns) = raw.cfa.tile, raw.pixels.shape
    places = middles(corners)
    grid = places.reshape(DOWN, ACROSS, 2)
    half = INSIDE / 2 * min(np.linalg.norm(np.diff(grid, axis=a), axis=-1).min() for a in (0, 1))
    white = None if raw.frame.white is None else 0.995 * np.asarray(raw.frame.white)
    means, errors, high = np.zeros((24, 3)), np.zeros((24, 3)), np.zeros(24)
    for k, (x, y) in enumerate(places):
        if not (half <= x <= columns - half and half <= y <= rows - half):
            raise DataError(
                f"{raw.name}: patch {NAMES[k]}", f"lies at {x:.0f}, {y:.0f}, not within {columns} x {rows}", "are the corners right?"
            )
        for c in range(3):
            values = []
            for phase in np.flatnonzero(np.array(raw.cfa.channels) == c):
                down, across = divmod(int(phase), tile[1])
                r = [int(np.ceil((y - half - down) / tile[0])), int((y + half - down) / tile[0]) + 1]
                q = [int(np.ceil((x - half - across) / tile[1])), int((x + half - across) / tile[1]) + 1]
                values.append(planes[phase, r[0] : r[1], q[0] : q[1]].ravel())
                if white is not None:
                    stored = raw.pixels[down :: tile[0], across :: tile[1]][r[0] : r[1], q[0] : q[1]]
                    high[k] = max(high[k], float(np.mean(stored >= white[phase]))) if stored.size else high[k]
            flat = np.concatenate(values)
            if flat.size < 4:
                raise DataError(f"{raw.name}: patch {NAMES[k]}", f"has {flat.size} sites of a colour", "photograph the chart larger")
            means[k, c], errors[k, c] = flat.mean(), flat.std(ddof=1) / np.sqrt(flat.size)
    return means, errors, high


def found(raw: Raw, planes: np.ndarray) -> list[tuple[float, float]]:
    """The corners (x, y) of a chart that stands upright or upside down and fills much of the frame: the grid whose patches are most like those
    of a ColorChecker in their lightness, first coarsely, then closely. Raises DataError where none is like it."""
    check(raw)
    step = max(1, int(np.ceil(max(planes.shape[1:]) / SIDE)))
    rows, columns = (n // step for n in planes.shape[1:])
    small = planes[:, : rows * step, : columns * step].reshape(-1, rows, step, columns, step).mean((2, 4))
    sums = (
        np.pad([small[[i for i, f in enumerate(raw.cfa.sites) if f == c]].mean(0) for c in "rgb"], ((0, 0), (1, 0), (1, 0)))
        .cumsum(1)
        .cumsum(2)
    )
    best, place = _search(sums, *_coarse(rows, columns))
    for size in (0.5, 0.25, 0.12, 0.06):
        best, place = _search(sums, *(v + size * o for v, o in zip(place, _steps(), strict=True)))
    if best < SIMILAR:
        raise DataError(raw.name, f"no ColorChecker found in it: the likest patches are {best:.0%} like one", "give --corners")
    top, left, tall, wide = place
    scale = np.array([step * raw.cfa.tile[1], step * raw.cfa.tile[0]])
    ends = [
        (left, top),
        (left + wide * (ACROSS - 1), top),
        (left + wide * (ACROSS - 1), top + tall * (DOWN - 1)),
        (left, top + tall * (DOWN - 1)),
    ]
    corners = [tuple(float(v) for v in np.array(e) * scale - 0.5) for e in ends]
    return corners[2:] + corners[:2] if _turned(sums, place) else corners


def _coarse(rows: int, columns: int) -> tuple[np.ndarray, ...]:
    """Grids to try: middles of the first patch, and distances, upright cells that are square to a third."""
    tops, lefts = np.arange(1, rows * 0.45), np.arange(1, columns * 0.45)
    talls, wides = np.arange(rows * 0.1, rows / 3.4, 0.7), np.arange(columns * 0.07, columns / 5.2, 0.7)
    made = [m.ravel() for m in np.meshgrid(tops, lefts, talls, wides, indexing="ij")]
    top, left, tall, wide = made
    fits = (top + (DOWN - 1) * tall + 0.4 * tall <= rows) & (left + (ACROSS - 1) * wide + 0.4 * wide <= columns)
    fits &= (np.maximum(tall, wide) < 1.34 * np.minimum(tall, wide)) & (top >= 0.4 * tall) & (left >= 0.4 * wide)
    return tuple(m[fits] for m in made)


def _steps() -> tuple[np.ndarray, ...]:
    return tuple(m.ravel() for m in np.meshgrid(*[np.arange(-2.0, 3)] * 2, *[np.arange(-1.0, 1.1, 0.5)] * 2, indexing="ij"))


def _search(sums: np.ndarray, *grids: np.ndarray) -> tuple[float, tuple[float, ...]]:
    """(likeness, grid) of the best of grids (top, left, tall, wide), upright or upside down."""
    if not grids[0].size:
        return 0.0, (0.0, 0.0, 1.0, 1.0)
    like = _likeness(sums, *grids).max(0)
    k = int(np.argmax(like))
    return float(like[k]), tuple(float(g[k]) for g in grids)


def _turned(sums: np.ndarray, place: tuple[float, ...]) -> bool:
    upright, turned = _likeness(sums, *(np.array([v]) for v in place))
    return bool(turned[0] > upright[0])


def _likeness(sums: np.ndarray, top: np.ndarray, left: np.ndarray, tall: np.ndarray, wide: np.ndarray) -> np.ndarray:
    """(2, grids): the share of what sets patches apart that a matrix from XYZ explains, upright and upside down, less what they vary within
    themselves. No camera is a matrix wholly, but all are nearly one."""
    made, uneven = np.zeros((3, 24, top.size)), np.zeros(top.size)
    for k in range(24):
        row, column = divmod(k, ACROSS)
        y, x = top + row * tall, left + column * wide
        for c in range(3):
            whole = _mean(sums[c], y - 0.36 * tall, y + 0.36 * tall, x - 0.36 * wide, x + 0.36 * wide)
            made[c, k] = _mean(sums[c], y - 0.15 * tall, y + 0.15 * tall, x - 0.15 * wide, x + 0.15 * wide)
            uneven += (whole - made[c, k]) ** 2
    made = made - made.mean(1, keepdims=True)
    size = np.sum(made**2, (0, 1)) + 1e-12
    basis = _basis()
    upright, turned = (np.einsum("kb,ckg->cbg", b, made) for b in (basis, basis[::-1]))
    return np.stack([np.sum(p**2, (0, 1)) / size for p in (upright, turned)]) - uneven / size


def _basis() -> np.ndarray:
    """(24, 3) orthonormal: X, Y, Z of the patches in D65, less their means."""
    tables = spectra.tables()
    xyz = (tables["colour_checker"] * tables["D65"]).astype(np.float64) @ tables["observer"].T
    return np.linalg.qr(xyz - xyz.mean(0))[0]


def _mean(sums: np.ndarray, top: np.ndarray, bottom: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Means over boxes by the sums of all that lies above and to the left; ends of boxes may lie within sites."""
    whole = _at(sums, bottom, right) - _at(sums, top, right) - _at(sums, bottom, left) + _at(sums, top, left)
    return whole / np.maximum((bottom - top) * (right - left), 1e-9)


def _at(sums: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Sums at places between sites: linear both ways, which is exact."""
    y, x = (np.clip(v, 0, n - 1.001) for v, n in zip((y, x), sums.shape, strict=True))
    r, c = y.astype(int), x.astype(int)
    dy, dx = y - r, x - c
    upper, lower = (sums[k, c] * (1 - dx) + sums[k, c + 1] * dx for k in (r, r + 1))
    return upper * (1 - dy) + lower * dy
