"""Weighted means over a window, one pass down and one across, whose gradient is two passes as well; and sizes with a slope."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.fuse import cut
from isp.ops.separable import weighted

Array = Any


def size(off: Array) -> Array:
    """|x|, whose slope at 0 is taken as 0 (that of jnp.abs is not)."""
    return off * jnp.sign(off)


def weighted_along(plane: Array, weights: Sequence[float], axis: int) -> Array:
    """The sum along `axis` about each value, by any `weights` (n,), as correlation has them, where they lie inside: n - 1 values fewer."""
    size = plane.shape[axis] - len(weights) + 1
    return cut(weighted([float(w) for w in weights], [jax.lax.slice_in_dim(plane, k, k + size, axis=axis) for k in range(len(weights))]))


def windowed(pictures: Array, weights: Sequence[float]) -> Array:
    """The mean about each value of pictures (rows, columns, ...), weighted by `weights` (n,) down and across, n odd and the weights even;
    where the window lies wholly inside: (rows - n + 1, columns - n + 1, ...)."""
    return _windowed(pictures, tuple(float(w) for w in weights))


@partial(jax.custom_vjp, nondiff_argnums=(1,))
def _windowed(pictures: Array, weights: tuple[float, ...]) -> Array:
    return _inside(pictures, weights)


def _inside(pictures: Array, weights: tuple[float, ...]) -> Array:
    rows, columns = (size - len(weights) + 1 for size in pictures.shape[:2])
    down = cut(weighted(weights, [pictures[k : k + rows] for k in range(len(weights))]))
    return cut(weighted(weights, [down[:, k : k + columns] for k in range(len(weights))]))


def _forward(pictures: Array, weights: tuple[float, ...]) -> tuple[Array, None]:
    return _inside(pictures, weights), None


def _backward(weights: tuple[float, ...], _: None, up: Array) -> tuple[Array]:
    # An even window is its own transpose, once zeros surround it; autodiff would pad each shift apart.
    wide = len(weights) - 1
    return (_inside(cut(jnp.pad(up, [(wide, wide)] * 2 + [(0, 0)] * (up.ndim - 2))), weights),)


_windowed.defvjp(_forward, _backward)
