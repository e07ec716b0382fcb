"""Colour maths: primaries, adaptation of white, colour temperature, and 3x3 matrices on planes.

Matrices between named primaries are computed once, in double precision, from published chromaticities. What depends on a frame (its
white, its temperature) is written with jax, so that gradients pass.
"""

from functools import lru_cache
from typing import Any

import jax.numpy as jnp
import numpy as np

Array = Any

D65 = (0.3127, 0.3290)
D50 = (0.3457, 0.3585)
PRIMARIES = {
    "srgb": ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    "display_p3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    "rec2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
}
"""Chromaticities (x, y) of red, green and blue; all are of white D65 (IEC 61966-2-1, SMPTE EG 432-1, ITU-R BT.2020)."""

BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
"""XYZ to the sharpened cone responses of Bradford."""

ROBERTSON = np.array(
    [
        [0, 0.18006, 0.26352, -0.24341], [10, 0.18066, 0.26589, -0.25479], [20, 0.18133, 0.26846, -0.26876],
        [30, 0.18208, 0.27119, -0.28539], [40, 0.18293, 0.27407, -0.30470], [50, 0.18388, 0.27709, -0.32675],
        [60, 0.18494, 0.28021, -0.35156], [70, 0.18611, 0.28342, -0.37915], [80, 0.18740, 0.28668, -0.40955],
        [90, 0.18880, 0.28997, -0.44278], [100, 0.19032, 0.29326, -0.47888], [125, 0.19462, 0.30141, -0.58204],
        [150, 0.19962, 0.30921, -0.70471], [175, 0.20525, 0.31647, -0.84901], [200, 0.21142, 0.32312, -1.0182],
        [225, 0.21807, 0.32909, -1.2168], [250, 0.22511, 0.33439, -1.4512], [275, 0.23247, 0.33904, -1.7298],
        [300, 0.24010, 0.34308, -2.0637], [325, 0.24792, 0.34655, -2.4681], [350, 0.25591, 0.34951, -2.9641],
        [375, 0.26400, 0.35200, -3.5814], [400, 0.27218, 0.35407, -4.3633], [425, 0.28039, 0.35577, -5.3762],
        [450, 0.28863, 0.35714, -6.7262], [475, 0.29685, 0.35823, -8.5955], [500, 0.30505, 0.35907, -11.324],
        [525, 0.31320, 0.35968, -15.628], [550, 0.32129, 0.36011, -23.325], [575, 0.32931, 0.36038, -40.770],
        [600, 0.33724, 0.36051, -116.45],
    ]
)  # fmt: skip
"""Robertson's isotemperature lines: mired, u and v (1960) on the Planckian locus, slope."""


def white_xyz(xy: Any) -> Array:
    """XYZ with Y = 1 of a chromaticity (x, y)."""
    xp = np if isinstance(xy, tuple) else jnp
    x, y = xy[0], xy[1]
    return xp.stack([x / y, 1.0 + 0.0 * y, (1.0 - x - y) / y])


@lru_cache
def rgb_to_xyz(primaries: str) -> np.ndarray:
    """Linear RGB of named primaries to XYZ; (1, 1, 1) becomes D65 with Y = 1."""
    columns = np.stack([white_xyz(xy) for xy in PRIMARIES[primaries]], -1)
    return columns * np.linalg.solve(columns, white_xyz(D65))


@lru_cache
def xyz_to_rgb(primaries: str) -> np.ndarray:
    """XYZ to linear RGB of named primaries."""
    return np.linalg.inv(rgb_to_xyz(primaries))


@lru_cache
def rgb_to_rgb(source: str, target: str) -> np.ndarray:
    """Linear RGB of one set of primaries to another; rows sum to one."""
    return xyz_to_rgb(target) @ rgb_to_xyz(source)


def luminance_weights(primaries: str | None) -> tuple[float, float, float]:
    """What red, green and blue bring to the luminance; those of sRGB where the primaries are not known."""
    red, green, blue = rgb_to_xyz(primaries or "srgb")[1]
    return float(red), float(green), float(blue)


def adaptation(source: Array, target: Array) -> Array:
    """The Bradford matrix (3, 3) that takes XYZ seen under the white `source` (XYZ) to the white `target`."""
    source, target = jnp.asarray(source), jnp.asarray(target)
    cones = jnp.asarray(BRADFORD, jnp.result_type(source, target))
    gains = (cones @ target) / (cones @ source)
    return jnp.asarray(np.linalg.inv(BRADFORD), cones.dtype) @ (gains[:, None] * cones)


def inverse(matrix: Array) -> Array:
    """The inverse of a 3x3 matrix by cofactors: a few products, no linear algebra library in the middle of a picture."""
    rows = jnp.concatenate([matrix, matrix], 0)
    m = jnp.concatenate([rows, rows], 1)
    cofactors = m[1:4, 1:4] * m[2:5, 2:5] - m[1:4, 2:5] * m[2:5, 1:4]
    return cofactors.T / jnp.sum(matrix[0] * cofactors[0])


def left_inverse(matrix: Array) -> Array:
    """The matrix (3, n) that undoes one of shape (n, 3), n from 3 up: the inverse, or where n is larger that of least squares. What one
    row alone sees (n = 1) is taken for grey: every row of the result is 1, over the sum of the row."""
    if matrix.shape[0] == 3:
        return inverse(matrix)
    if matrix.shape[0] == 1:
        return jnp.ones((3, 1), matrix.dtype) / jnp.sum(matrix)
    return inverse(matrix.T @ matrix) @ matrix.T


def mired(xy: Array) -> Array:
    """Reciprocal megakelvin of the correlated colour temperature of a chromaticity (2,), by Robertson's isotemperature lines (1968).

    Between two lines the distances to them are interpolated; beyond the first and the last line the answer stays there (0 and 600).
    """
    lines = jnp.asarray(ROBERTSON, jnp.result_type(xy))
    down = -2 * xy[0] + 12 * xy[1] + 3
    u, v = 4 * xy[0] / down, 6 * xy[1] / down
    slope = lines[:, 3]
    distance = ((v - lines[:, 2]) - slope * (u - lines[:, 1])) / jnp.sqrt(1 + slope**2)
    # Before the crossing a step counts wholly, after it not at all, and where the sign changes by the share of the distances.
    above, below = jnp.maximum(distance[:-1], 0), jnp.maximum(-distance[1:], 0)
    return jnp.sum((lines[1:, 0] - lines[:-1, 0]) * above / jnp.maximum(above + below, 1e-12))


def mixed(matrix: Array, first: Array, *others: Array) -> tuple[Array, Array, Array]:
    """A matrix (3, n) times the n channels of each site."""
    made = [row[0] * first for row in matrix]
    for i, channel in enumerate(others, 1):
        made = [m + row[i] * channel for m, row in zip(made, matrix, strict=True)]
    return tuple(made)  # type: ignore[return-value]


def mixed_noise(matrix: Array, noise: Array | None) -> Array | None:
    """The noise model (n, 2) after a matrix (3, n), right for neutral colours: variances add, weighted by the squares."""
    return None if noise is None else jnp.square(jnp.asarray(matrix)) @ jnp.asarray(noise)
