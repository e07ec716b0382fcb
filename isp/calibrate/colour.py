"""A ColorChecker in a known light becomes matrices: four fits from camera to linear RGB, and the one from XYZ to camera that profiles hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isp.calibrate.captures import Raw, power_of
from isp.calibrate.chart import colours, found
from isp.core import DataError, Problem
from isp.evaluate.chart.checker import NAMES, NEUTRAL, Corners
from isp.evaluate.colour_fit import FITS, ColourFit, linear_rgb
from isp.evaluate.measured import Measured, least_squares
from isp.ops import spectra
from isp.ops.colour import mired

SATURATED = 1e-3
"""A patch with more than this share of its sites at white is refused."""
FAR = 12.0
"""A patch that is so many dE00 off after the plain fit is hardly what it should be."""
KELVIN = {"D65": 6504.0, "A": 2856.0}


@dataclass(frozen=True)
class Colour:
    """A chart in one `light` of `temperature` K. `fits` by name, from balanced camera to linear RGB; `matrix` (3, 3) XYZ to camera, under
    which white is exact and 1 in its strongest filter; `patches` (24, 3) and `white` (3,) DN above black; `corners` where they were found."""

    light: str
    temperature: float
    fits: dict[str, ColourFit]
    matrix: Measured
    patches: Measured
    white: Measured
    corners: tuple[tuple[float, float], ...]
    warnings: tuple[str, ...]


def colour_of(raw: Raw, planes: np.ndarray, light: str, corners: Corners | None = None) -> Colour:
    """The colour calibration of a chart. Raises DataError that names each patch which cannot be used."""
    corners = corners or found(raw, planes)
    means, errors, high = colours(raw, planes, corners)
    if (bad := np.flatnonzero(high > SATURATED)).size:
        raise DataError(
            problems=[
                Problem(what=f"{raw.name}: patch {NAMES[k]}", why=f"{high[k]:.0%} of its sites are saturated", do="expose the chart less")
                for k in bad
            ]
        )
    xyz, white = reference(light)
    target = linear_rgb(xyz, white)
    try:
        level = white_of(means, xyz, white)
        fits = {name: fit(means / level.value, target, NAMES) for name, fit in FITS.items()}
    except DataError as error:
        raise error.at(raw.name) from None
    matrix = camera_matrix(means, xyz, white)
    far = [
        f"{raw.name}: patch {n} is {d:.1f} dE00 from what it should be in {light}: a reflection, another chart, other light?"
        for n, d in zip(NAMES, fits["plain"].differences, strict=True)
        if d > FAR
    ]
    return Colour(light, temperature(light, white), fits, matrix, Measured(means, errors), level, tuple(map(tuple, corners)), tuple(far))


def reference(light: str) -> tuple[np.ndarray, np.ndarray]:
    """(24, 3) XYZ of the patches (BabelColor's averages of 30 charts) in a light, and its white (3,), with Y = 1 for white."""
    power, tables = power_of(light), spectra.tables()
    observer = tables["observer"].astype(np.float64)
    white = observer @ power
    return (tables["colour_checker"].astype(np.float64) * power) @ observer.T / white[1], white / white[1]


def temperature(light: str, white: np.ndarray) -> float:
    """Kelvin: correlated colour temperature of a light by its name and white."""
    return KELVIN.get(light) or round(1e6 / float(mired(white[:2] / white.sum())))


def white_of(camera: np.ndarray, xyz: np.ndarray, white: np.ndarray) -> Measured:
    """(3,) what the camera would make of a perfect white diffuser beside the chart: read off the neutral patches, less their slight tints as
    the best matrix without any condition sees them."""
    free = np.stack([least_squares(xyz, camera[:, c]).coefficients for c in range(3)])
    grey, seen = (xyz @ free.T / (free @ white))[list(NEUTRAL)], camera[list(NEUTRAL)]
    level = np.sum(seen * grey, 0) / np.sum(grey**2, 0)
    return Measured(level, np.sqrt(np.sum((seen - level * grey) ** 2, 0) / (len(grey) - 1) / np.sum(grey**2, 0)))


def camera_matrix(camera: np.ndarray, xyz: np.ndarray, white: np.ndarray) -> Measured:
    """The matrix (3, 3), XYZ to camera, that fits patches (24, 3) best in least squares, while white is exact and 1 in its strongest filter.

    With white exact two columns are free; what they multiply is XYZ less what a grey of the same Y would have."""
    level = white_of(camera, xyz, white)
    columns = np.stack([xyz[:, i] - white[i] * xyz[:, 1] for i in (0, 2)], 1)
    pull = white[[0, 2]]
    values, errors = np.zeros((3, 3)), np.zeros((3, 3))
    for c in range(3):
        fit = least_squares(columns, camera[:, c] - level.value[c] * xyz[:, 1])
        first, last = fit.coefficients
        values[c] = first, level.value[c] - pull @ fit.coefficients, last
        errors[c] = np.sqrt([fit.covariance[0, 0], pull @ fit.covariance @ pull + level.error[c] ** 2, fit.covariance[1, 1]])
    strongest = level.value.max()
    return Measured(values / strongest, errors / strongest)
