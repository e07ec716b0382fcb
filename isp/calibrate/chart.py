"""The colours of a ColorChecker's patches in a raw frame: between the corners that a person names, or where the chart is found."""

from __future__ import annotations

import numpy as np

from isp.calibrate.captures import Raw
from isp.core import DataError
from isp.evaluate.chart.checker import INSIDE, NAMES, Corners, placed
from isp.evaluate.chart.find_checker import find_in_mosaic


def check(raw: Raw) -> None:
    """Raise DataError unless the sensor has red, green and blue filters."""
    if raw.cfa.filters != "rgb":
        raise DataError(raw.name, f"the sensor has filters {', '.join(raw.cfa.filters)}", "colour is calibrated for red, green and blue")


def colours(raw: Raw, planes: np.ndarray, corners: Corners) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(means, errors, high): for each patch and each of r, g, b, the mean and its standard error in `planes`, and the share of sites at white.

    `planes` (phases, rows, columns) are linear above black. Raises DataError for a sensor of other filters, or corners outside the frame."""
    check(raw)
    tile, (rows, columns) = raw.cfa.tile, raw.pixels.shape
    chart = placed(corners)
    half = INSIDE / 2 * chart.pitch
    white = None if raw.frame.white is None else 0.995 * np.asarray(raw.frame.white)
    means, errors, high = np.zeros((24, 3)), np.zeros((24, 3)), np.zeros(24)
    for k, (x, y) in enumerate(chart.middles):
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
    """The corners (x, y) of the chart in a frame, however it is turned. Raises DataError where there is none, with what to do."""
    check(raw)
    corners = find_in_mosaic(planes, tuple(raw.cfa.sites), raw.cfa.tile, raw.name).corners
    return [(float(x), float(y)) for x, y in corners]
