"""Where a lens puts a point of the scene, as the DNG specification's WarpRectilinear says it, and back; and a picture read at any place."""

from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.separable import cubic

Array = Any

ROUNDS = 12
"""Newton steps of the search for the point that a lens puts at a place. Real lenses take five."""
FAR = 4.0
"""The search stays within so many half diagonals, and does not follow a lens that folds the picture."""


def rectilinear(warp: Array, y: Array, x: Array) -> tuple[Array, Array]:
    """Row and column of where the lens puts the point that belongs at (y, x), all relative to the centre of `warp` (8,) and in units of
    the distance from there to the farthest corner."""
    square = y * y + x * x
    radial = warp[0] + square * (warp[1] + square * (warp[2] + square * warp[3]))
    return (
        y * radial + 2 * warp[5] * x * y + warp[4] * (square + 2 * y * y),
        x * radial + 2 * warp[4] * x * y + warp[5] * (square + 2 * x * x),
    )


def undone(warp: Array, row: Array, column: Array) -> tuple[Array, Array]:
    """The point that `rectilinear` puts at (row, column), which broadcast. Found by Newton's method; the last step alone carries the
    slope to `warp`, which is then that of the implicit function."""
    row, column = jnp.broadcast_arrays(row, column)

    def closer(point: tuple[Array, Array], warp: Array) -> tuple[Array, Array]:
        y, x = point
        square = y * y + x * x
        radial = warp[0] + square * (warp[1] + square * (warp[2] + square * warp[3]))
        growth = 2 * (warp[1] + square * (2 * warp[2] + square * 3 * warp[3]))
        both = growth * x * y + 2 * (warp[5] * y + warp[4] * x)  # of the row along x, and of the column along y
        down = radial + growth * y * y + 2 * warp[5] * x + 6 * warp[4] * y
        right = radial + growth * x * x + 2 * warp[4] * y + 6 * warp[5] * x
        found = rectilinear(warp, y, x)
        off_y, off_x = found[0] - row, found[1] - column
        area = down * right - both * both
        area = jnp.where(jnp.abs(area) < 0.05, jnp.where(area < 0, -0.05, 0.05), area)
        y, x = y - (right * off_y - both * off_x) / area, x - (down * off_x - both * off_y) / area
        return jnp.clip(y, -FAR, FAR), jnp.clip(x, -FAR, FAR)

    still = jax.lax.stop_gradient
    near = jax.lax.fori_loop(0, ROUNDS, lambda _, p: closer(p, still(warp)), (row / warp[0], column / warp[0]))
    return closer(jax.tree.map(still, near), warp)


def bicubic(plane: Array, row: Array, column: Array) -> Array:
    """`plane` (rows, columns, channels) at places in pixels from the middle of the first; beyond its rim the rim is repeated."""
    top, left = jnp.floor(jax.lax.stop_gradient(row)), jnp.floor(jax.lax.stop_gradient(column))
    above, before = row - top, column - left
    top, left = top.astype(jnp.int32), left.astype(jnp.int32)

    @jax.checkpoint
    def tap(total: Array, plane: Array, above: Array, before: Array, i: Array, j: Array) -> Array:
        y, x = jnp.clip(top + i, 0, plane.shape[0] - 1), jnp.clip(left + j, 0, plane.shape[1] - 1)
        return total + (cubic(above - i) * cubic(before - j))[..., None] * plane[y, x]

    def step(total: Array, place: Array) -> tuple[Array, None]:
        return tap(total, plane, above, before, place // 4 - 1, place % 4 - 1), None

    # One of the sixteen neighbours at a time: gathered at once they would take sixteen frames of memory.
    return jax.lax.scan(step, jnp.zeros((*row.shape, plane.shape[-1]), plane.dtype), jnp.arange(16))[0]
