"""Noise that leans to one side, as a curve over normal noise.

Of few photons the noise leans towards bright: the skewness of a count is one over its deviation. A gamma distribution, which leans alike, is the cube of a
normal one all but exactly (Wilson and Hilferty 1931), and a cube is a curve: whatever is known of functions of normal noise holds for functions of the cube.

With H1 = n, H2 = n^2 - 1, H3 = n^3 - 3 n of a normal n, the cube less its mean is

    (1 + d n)^3 - (1 + 3 d^2) = 3 d (1 + d^2) H1 + 3 d^2 H2 + d^3 H3,

whose variance and third moment are closed forms of d. So both the deviation and the skewness that are asked for are met exactly.
"""

from __future__ import annotations

import numpy as np

PAPERS = ("wilson1931",)

MOST = 2.0
"""The skewness beyond which none is made: that of a single photon, or of a gamma distribution that starts with a step."""
_TABLE = np.linspace(0, 0.38, 381)


def bend(skewness: np.ndarray) -> np.ndarray:
    """The d of the cube (1 + d n)^3 that has a skewness of 0 to `MOST`; what lies outside is held to that."""
    return np.interp(np.clip(skewness, 0, MOST), _skewness(_TABLE), _TABLE)


def curve(bend: np.ndarray, normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What normal noise becomes, of mean 0 and variance 1, and its slope in the normal noise; arrays that broadcast, of one type."""
    first, second, third = _parts(bend)
    unit = np.sqrt(_variance(first, second, third))
    squared = normal * normal
    made = first * normal + second * (squared - 1) + third * normal * (squared - 3)
    slope = first + 2 * second * normal + 3 * third * (squared - 1)
    return made / unit, slope / unit


def _parts(d: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How much of H1, H2 and H3 is in the cube, over 3 d."""
    return 1 + d * d, d, d * d / 3


def _variance(first: np.ndarray, second: np.ndarray, third: np.ndarray) -> np.ndarray:
    return first**2 + 2 * second**2 + 6 * third**2


def _skewness(d: np.ndarray) -> np.ndarray:
    first, second, third = _parts(d)
    return (6 * first**2 * second + 8 * second**3 + 36 * first * second * third + 108 * second * third**2) / _variance(
        first, second, third
    ) ** 1.5
