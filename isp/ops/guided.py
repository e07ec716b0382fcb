"""The guided filter of a plane by itself."""

from typing import Any

import jax.numpy as jnp

from isp.ops.box import box
from isp.ops.fuse import cut

Array = Any

LEAST = 1e-12
"""Added to a variance (a millionth of white, squared) that may be 0."""


def self_guided(plane: Array, slope: Array, floor: Array, strength: Array, reach: tuple[int, int]) -> Array:
    """`plane` (..., rows, columns) pulled towards its local means where its local variance is no more than that of noise.

    `slope` and `floor` are those of the variance of the noise, which is taken at the local mean, and broadcast; `reach` rows and columns of a window on either side of a
    value; what comes out is smaller by twice that. `strength` 0 gives the plane back as it is.
    """
    down, right = reach
    mean, square = box(plane, down, right), box(plane * plane, down, right)
    variance = jnp.maximum(square - mean * mean, 0)
    allowed = strength * strength * jnp.maximum(slope * mean + floor, 0)
    pull = cut(allowed / (variance + allowed + LEAST))
    inner = plane[..., 2 * down : plane.shape[-2] - 2 * down, 2 * right : plane.shape[-1] - 2 * right]
    return inner + box(pull * mean, down, right) - box(pull, down, right) * inner


def remaining(strength: Array, reach: tuple[int, int]) -> Array:
    """About what share of the variance of white noise is left in a flat area."""
    sides = [2 * r + 1 for r in reach]
    kept = 1 / (1 + strength * strength)
    # Two boxes make a tent: its middle weight, and the sum of its squared weights.
    middle = 1.0 / (sides[0] * sides[1])
    squares = 1.0
    for side in sides:
        squares *= (2 * side * side + 1) / (3 * side**3)
    return kept**2 + 2 * kept * (1 - kept) * middle + (1 - kept) ** 2 * squares
