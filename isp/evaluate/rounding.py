"""What rounding to whole numbers does to the variance of normal noise.

Where the noise is stronger than a step, rounding adds the variance of a step, 1/12 (Bennett 1948). Where it is weaker it may add more or take all away, as
the mean lies between two numbers or on one: at a deviation of 0.2 it leaves 0.012 on a number and 0.25 between two.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

PAPERS = ("bennett1948",)
STRONG = 1.0
"""The deviation, in steps, from which on the variance is more by 1/12 wherever the mean lies, to a millionth."""
REACH = 7
"""Whole numbers on either side of the mean that weaker noise may come to."""


def rounded_variance(mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """The variance of normal numbers of this `mean` and `variance`, in steps, once they are rounded to whole ones; arrays that broadcast."""
    mean, deviation = np.broadcast_arrays(np.asarray(mean, np.float64), np.sqrt(np.maximum(variance, 0)))
    made = np.asarray(deviation**2 + 1 / 12)
    weak = deviation < STRONG
    place, width = mean[weak] - np.rint(mean[weak]), np.maximum(deviation[weak], 1e-9)
    first, second = np.zeros(place.shape), np.zeros(place.shape)
    for k in range(-REACH, REACH + 1):
        share = ndtr((k + 0.5 - place) / width) - ndtr((k - 0.5 - place) / width)
        first, second = first + k * share, second + k * k * share
    made[weak] = second - first**2
    return made
