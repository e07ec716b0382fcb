"""Filters that are one pass down and one across, and weights for them: Gaussians of light gathered by areas, and shifts by parts of a pixel."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

Array = Any


def cubic(x: Array) -> Array:
    """Keys' interpolation kernel with slope -1/2, over 2 pixels on each side: smooth to its first derivative, 1 at 0 and 0 at other whole x."""
    x = jnp.abs(x)
    return jnp.where(x < 1, (1.5 * x - 2.5) * x * x + 1, jnp.where(x < 2, ((-0.5 * x + 2.5) * x - 4) * x + 2, 0.0))


def shift_weights(displacement: Array, reach: int) -> list[Array]:
    """Weights of the pixels from -reach to reach that read a row or column `displacement` pixels further on. They are whole where
    |displacement| <= reach - 1."""
    return [cubic(k - displacement) for k in range(-reach, reach + 1)]


def gaussian_weights(sigma: Array, reach: int) -> list[Array]:
    """What pixels from -reach to reach give to a Gaussian of `sigma` pixels about the middle one, each being even over its area; sum 1.
    They tend to 0, .., 1, .., 0 as sigma does. `sigma` > 0 may be an array: a Gaussian for each site."""
    edges = [jax.lax.erf((k + 0.5) * 0.5**0.5 / sigma) for k in range(reach + 1)]
    half = [edges[0], *(0.5 * (edges[k] - edges[k - 1]) for k in range(1, reach + 1))]
    half = [w / edges[-1] for w in half]
    return [half[abs(k)] for k in range(-reach, reach + 1)]


def weighted(weights: Sequence[Array], taken: Sequence[Array]) -> Array:
    """The sum of what was taken, each by its weight."""
    total = weights[0] * taken[0]
    for weight, value in zip(weights[1:], taken[1:], strict=True):
        total = total + weight * value
    return total
