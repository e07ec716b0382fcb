"""From the calibration matrices of a camera to one matrix for the light of a frame, as the DNG specification says (chapter 6)."""

from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.colour import D50, D65, adaptation, left_inverse, mired, white_xyz

Array = Any

ROUNDS = 12
"""Steps of the search for the white point. Each shrinks the error by an order of magnitude; the specification stops when it stands."""


def share_of_first(xy: Array, illuminants: Array) -> Array:
    """Weight () of the first of two calibrations (2,) in kelvin for light of a chromaticity: linear in 1/T, held to 0..1."""
    first, second = 1e6 / illuminants[0], 1e6 / illuminants[1]
    return jnp.clip((mired(xy) - second) / (first - second), 0.0, 1.0)


def between(matrices: Array, illuminants: Array | None, xy: Array) -> Array:
    """The matrix (3, 3) of light of a chromaticity, from one, or two (n, 3, 3). Without illuminants, the last: makers put daylight there."""
    if len(matrices) < 2 or illuminants is None:
        return matrices[-1]
    share = share_of_first(xy, illuminants)
    return share * matrices[0] + (1 - share) * matrices[1]


def white_xy(colour_matrices: Array, illuminants: Array | None, neutral: Array) -> Array:
    """Chromaticity (2,) of the light under which the unbalanced camera colour `neutral` (n,) is grey.

    The matrix depends on the light and the light on the matrix, so the two are found in turn, from D50 on; a fixed number of rounds
    keeps the search differentiable.
    """

    def closer(xy: Array, _: None) -> tuple[Array, None]:
        xyz = left_inverse(between(colour_matrices, illuminants, xy) / neutral[:, None]) @ jnp.ones_like(neutral)
        return xyz[:2] / jnp.sum(xyz), None

    start = jnp.asarray(D50, neutral.dtype)
    return jax.lax.scan(closer, start, None, length=ROUNDS if len(colour_matrices) > 1 else 1)[0]


def camera_to_xyz(
    colour_matrices: Array | None, forward_matrices: Array | None, illuminants: Array | None, balanced: Array, by_gains: bool = False
) -> Array:
    """The matrix (3, n) from camera colours that received the gains `balanced` (n,) to XYZ under D65. Cameras of more than three filters
    know their colours by least squares, each filter weighing as it does when balanced.

    Forward matrices, where there are any, speak of D50 and are adapted from there; else the inverse of the colour matrix is adapted from
    the white point of the light. Both adaptations are Bradford's; `by_gains` leaves the second one to the gains, as if they had turned
    the light into D65. Camera (1, 1, 1) becomes the white of D65.
    """
    d65 = jnp.asarray(white_xyz(D65), balanced.dtype)
    xy = jnp.asarray(D50, balanced.dtype) if colour_matrices is None else white_xy(colour_matrices, illuminants, 1 / balanced)
    if forward_matrices is not None:
        known = illuminants if colour_matrices is not None else None
        forward = between(forward_matrices, known, xy)
        return adaptation(jnp.sum(forward, axis=1), d65) @ forward
    colour = between(colour_matrices, illuminants, xy)
    if by_gains:
        return left_inverse(colour / (colour @ d65)[:, None])
    to_xyz = left_inverse(colour * balanced[:, None])
    white = jnp.sum(to_xyz, axis=1)
    return adaptation(white, d65) @ to_xyz
