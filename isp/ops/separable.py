"""Filters that are one pass down and one across, and weights for them: Gaussians of light gathered by areas, and shifts by parts of a pixel."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.ops.fuse import cut

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


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def gaussian(plane: Array, radius: Array, reach: int) -> Array:
    """A plane (rows, columns) blurred by a Gaussian of deviation `radius` > 0 (pixels), sampled from -reach to reach and of sum 1; what
    comes out is smaller by `reach` on each side. One pass down, one across.

    The pullback is written by hand: of an even filter it is the filter itself on a wider plane, and the slope in the radius is a filter
    too, with the slopes of the weights. Differentiated as usual, each tap would be kept as a plane.
    """
    weights = _even(radius, reach)
    return _passed(cut(_passed(plane, weights, 0)), weights, 1)


def _gaussian_forward(plane: Array, radius: Array, reach: int) -> tuple[Array, tuple[Array, Array, Array]]:
    weights = _even(radius, reach)
    down = cut(_passed(plane, weights, 0))
    return _passed(down, weights, 1), (plane, down, radius)


def _gaussian_backward(reach: int, kept: tuple[Array, Array, Array], up: Array) -> tuple[Array, Array]:
    plane, down, radius = kept
    weights, bent = jax.jvp(lambda r: _even(r, reach), (radius,), (jnp.ones_like(radius),))
    up = cut(up)
    to_down = cut(_passed(cut(jnp.pad(up, ((0, 0), (2 * reach, 2 * reach)))), weights, 1))
    to_plane = cut(_passed(cut(jnp.pad(to_down, ((2 * reach, 2 * reach), (0, 0)))), weights, 0))
    # Down the columns first, then along what is left: a sum to one number is taken step by step.
    turned = cut(up * _passed(down, bent, 1)).sum(0), cut(to_down * _passed(plane, bent, 0)).sum(0)
    return to_plane, sum(cut(t).sum() for t in turned).astype(radius.dtype)


gaussian.defvjp(_gaussian_forward, _gaussian_backward)


def _even(radius: Array, reach: int) -> Array:
    """Weights (reach + 1,) of the middle and of what lies on either side."""
    weights = jnp.exp(-0.5 * jnp.square(np.arange(reach + 1) / radius))
    return weights / (weights[0] + 2 * weights[1:].sum())


def _passed(plane: Array, weights: Array, axis: int) -> Array:
    """`plane` under an even filter along one axis, shorter by its reach at both ends."""
    reach = weights.shape[0] - 1
    size = plane.shape[axis] - 2 * reach

    def tap(i: int) -> Array:
        return jax.lax.slice_in_dim(plane, reach + i, reach + i + size, axis=axis)

    return weighted(weights, [tap(0), *(tap(i) + tap(-i) for i in range(1, reach + 1))])
