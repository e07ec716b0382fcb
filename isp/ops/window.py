"""Weighted means over a window, one pass down and one across, whose gradient is two passes as well."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.fuse import cut
from isp.ops.separable import weighted

Array = Any


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
