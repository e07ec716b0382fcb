"""Banding: steps in a picture of a ramp that has none."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import numpy as np

from isp.core.errors import DataError
from isp.ops.lab import lab


@dataclass(frozen=True)
class Banding:
    """`deviation` the r.m.s. distance in L* of the ramp's profile from its own smooth course: q / sqrt(12) for steps of q that stand alone.
    `step` the greatest jump in L* from one column to the next beyond what the course itself rises; `levels` how many values the ramp is
    drawn in; `profile` and `course` (columns,) in L*."""

    deviation: float
    step: float
    levels: int
    profile: np.ndarray
    course: np.ndarray


def banding(plane: np.ndarray, *, span: float = 1 / 16) -> Banding:
    """The steps in a plane (rows, columns) of linear luminance, white = 1, that shows light growing evenly from left to right.

    Rows are averaged, as the eye averages along a contour: what noise dithers is no band. The course is a straight line fitted about each
    column over `span` of the width, so steps longer than that are taken for it. Raises DataError for a plane that does not grow.
    """
    plane = np.asarray(plane, np.float64)
    if plane.ndim != 2 or plane.shape[1] < 32 or not np.isfinite(plane).all():
        raise DataError("banding", f"needs finite numbers in 32 columns or more, not {' x '.join(map(str, plane.shape))}")
    light = plane.mean(0)
    third = light.size // 3
    if light[-third:].mean() <= light[:third].mean():
        raise DataError("banding", "the ramp does not grow from left to right", "turn it")
    with jax.enable_x64(True):
        profile = np.asarray(lab(np.repeat(light[:, None], 3, 1) * np.array([0.95046, 1, 1.08906])))[:, 0]
    half = max(int(span * profile.size / 2), 4)
    # A straight line in least squares over an odd window is, at its middle, the mean.
    window = np.ones(2 * half + 1) / (2 * half + 1)
    course = np.convolve(profile, window, "valid")
    inside = profile[half:-half]
    rise = np.diff(inside) - np.diff(course)
    return Banding(float(np.sqrt(np.mean((inside - course) ** 2))), float(np.abs(rise).max()), int(np.unique(plane).size), inside, course)
