"""Distortion from a grid of dots: how far a lens bends straight lines.

A point of the undistorted picture at q, counted from the lens axis in units of the distance from there to the farthest corner of the frame (the outer corner of
its last pixel), is seen at q (1 + k1 |q|^2 + k2 |q|^4): the law of the DNG specification's WarpRectilinear, and of `optics.distortion`. The
undistorted grid is seen from anywhere, by a projection that is found along with the lens; so magnification in the middle is 1 by
definition, and a `scale` s of the lens makes k1 / s^3 and k2 / s^5 of its coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from isp.core.errors import DataError
from isp.evaluate.chart.checker import homography, projected
from isp.evaluate.chart.dots import Dots, dots
from isp.evaluate.measured import Measured

PAPERS = ("dng2021", "iso17850", "smia2004")


@dataclass(frozen=True)
class Distortion:
    """`k1` and `k2` with their errors. `axis` x and y in pixels. `corner` the share by which the farthest corner lies farther out than it should (less than 0: a
    barrel); `smia_tv` the share by which the frame is higher at its sides than in its middle, of the latter (SMIA), and `tv` half of that: the bend
    of its upper edge over its height. `off` is the r.m.s. distance in pixels of the dots from the model, `bent` that from the best
    undistorted grid. `found` are the dots."""

    k1: Measured
    k2: Measured
    axis: tuple[float, float]
    corner: float
    smia_tv: float
    tv: float
    off: float
    bent: float
    found: Dots


def distortion(plane: np.ndarray, *, free_axis: bool = False) -> Distortion:
    """The distortion of a plane (rows, columns) of linear light that shows a grid of dark dots. The axis is the middle of the frame, or found along where it is
    `free_axis`. Raises DataError as `dots` does, and where the dots leave the corners of the frame unknown."""
    found = dots(plane)
    size = np.array(np.shape(plane)[::-1], float)
    middle = size / 2 - 0.5
    reached = np.max(np.linalg.norm(found.places - middle, axis=1)) / np.linalg.norm(size / 2)
    if reached < 0.6:
        raise DataError("distortion", f"dots reach {reached:.0%} of the way to the corners", "fill the frame with the grid")
    cells = found.cells / np.abs(found.cells).max()
    flat = homography(cells, found.places)
    straight = projected(flat, cells) - found.places

    half = np.linalg.norm(size / 2)
    # In halves of the diagonal from the middle of the frame.
    places = (found.places - middle) / half

    def axis_of(values: np.ndarray) -> np.ndarray:
        return values[10:] if free_axis else np.zeros(2)

    def away(values: np.ndarray) -> np.ndarray:
        axis = axis_of(values)
        unit = np.linalg.norm(size / (2 * half) + np.abs(axis))
        ideal = (projected(np.append(values[:8], 1).reshape(3, 3), cells) - axis) / unit
        square = np.sum(ideal**2, 1, keepdims=True)
        seen = axis + unit * ideal * (1 + square * (values[8] + square * values[9]))
        return ((seen - places) * half).ravel()

    start = np.diag([1 / half, 1 / half, 1]) @ np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]]) @ flat
    fit = least_squares(away, [*(start / start[2, 2]).ravel()[:8], 0.0, 0.0, *([0.0, 0.0] if free_axis else [])], x_scale="jac", xtol=1e-12)
    spread = np.linalg.pinv(fit.jac.T @ fit.jac) * (2 * fit.cost / max(fit.fun.size - fit.x.size, 1))
    axis = axis_of(fit.x)
    k1, k2 = (Measured(fit.x[i], np.sqrt(spread[i, i])) for i in (8, 9))

    def grown(q: float) -> float:
        return float(1 + k1.value * q**2 + k2.value * q**4)

    smia = grown(1.0) / grown(size[1] / (2 * half)) - 1
    return Distortion(
        k1=k1,
        k2=k2,
        axis=(float(middle[0] + half * axis[0]), float(middle[1] + half * axis[1])),
        corner=grown(1.0) - 1,
        smia_tv=smia,
        tv=smia / 2,
        off=float(np.sqrt(2 * fit.cost / len(places))),
        bent=float(np.sqrt(np.mean(np.sum(straight**2, 1)))),
        found=found,
    )
