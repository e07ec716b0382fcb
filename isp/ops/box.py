"""Means over a rectangle, by rows and then by columns; what comes out is smaller by the rectangle's reach."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.fuse import cut

Array = Any


@partial(jax.custom_vjp, nondiff_argnums=(1, 2))
def box(plane: Array, down: int, right: int) -> Array:
    """Mean of the (2 down + 1) x (2 right + 1) values around each, of a plane (..., rows, columns)."""
    rows, columns = plane.shape[-2] - 2 * down, plane.shape[-1] - 2 * right
    tall = cut(sum(plane[..., i : i + rows, :] for i in range(2 * down + 1)))
    return sum(tall[..., i : i + columns] for i in range(2 * right + 1)) / ((2 * down + 1) * (2 * right + 1))


def _forward(plane: Array, down: int, right: int) -> tuple[Array, None]:
    return box(plane, down, right), None


def _backward(down: int, right: int, _: None, up: Array) -> tuple[Array]:
    # A box is its own transpose, once zeros surround it; autodiff would pad each shift apart, at five times the cost.
    sides = [(0, 0)] * (up.ndim - 2) + [(2 * down, 2 * down), (2 * right, 2 * right)]
    return (box(cut(jnp.pad(up, sides)), down, right),)


box.defvjp(_forward, _backward)
