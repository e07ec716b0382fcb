"""Lateral chromatic aberration from a grid of dots: how far red and blue lie from green, and how that grows towards the corners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.chart.dots import dark_share, dots, middles
from isp.evaluate.measured import Measured, least_squares

PAPERS = ("ieee1858",)


@dataclass(frozen=True)
class LateralColour:
    """`places` (n, 2) x and y of the dots in green; `shifts` of red and blue (n, 2) against it, in pixels. `corner` is how far each lies outwards in the corners of
    the frame, in pixels, by a straight line through the radial parts, with its error; `percent` the same of the distance from the middle to the
    corners; `worst` the longest shift of a dot; `off` the r.m.s. distance of the shifts from the line."""

    places: np.ndarray
    shifts: dict[str, np.ndarray]
    corner: dict[str, Measured]
    percent: dict[str, float]
    worst: dict[str, float]
    off: dict[str, float]


def lateral_colour(picture: np.ndarray) -> LateralColour:
    """The shifts in a picture (rows, columns, 3) of linear light that shows a grid of dark dots. Raises DataError as `dots` does."""
    picture = np.asarray(picture, np.float64)
    if picture.ndim != 3 or picture.shape[2] != 3:
        raise DataError("lateral colour", f"needs three colours, not {' x '.join(map(str, picture.shape))}")
    found = dots(picture[..., 1])
    # Half of the gap between dots is free for colours to move in.
    radius = min(0.75 * found.diameter + 1, 0.5 * found.pitch)
    red, green, blue = (middles(dark_share(picture[..., c], found.diameter), found.places, radius) for c in range(3))
    size = np.array(picture.shape[1::-1], float)
    half = float(np.linalg.norm(size) / 2)
    away = green - (size / 2 - 0.5)
    shifts = {"red": red - green, "blue": blue - green}
    fits = {name: least_squares(away.reshape(-1, 1) / half, shift.ravel()) for name, shift in shifts.items()}
    corner = {name: fit[0] for name, fit in fits.items()}
    return LateralColour(
        places=green,
        shifts=shifts,
        corner=corner,
        percent={name: 100 * float(fit.value) / half for name, fit in corner.items()},
        worst={name: float(np.linalg.norm(shift, axis=1).max()) for name, shift in shifts.items()},
        off={name: float(np.sqrt(np.mean(np.sum((s - away / half * corner[name].value) ** 2, 1)))) for name, s in shifts.items()},
    )
