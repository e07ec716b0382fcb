"""The bilateral grid of Chen, Paris and Durand (2007): a coarse mesh over a frame with a third axis, over brightness, so that what is smooth in it has edges
where the picture has them.

A grid is (depths, n, rows, columns), n values a point. Its points lie in the middle of equal parts of what was looked at, and what lies beyond the outermost
has their value. Places are counted in points, from 0; between points everything is linear.
"""

from typing import Any

import jax
import jax.numpy as jnp

Array = Any


def places(pixels: Array, first: Array, size: Array, count: int) -> Array:
    """Where rows (or columns) of pixels lie, counted in `count` points; `size` of them, from `first` on, were looked at."""
    return jnp.clip((pixels + 0.5 - first) * (count / size) - 0.5, 0, count - 1)


def hats(place: Array, count: int) -> Array:
    """(places, count): the share of each point in what lies at a place."""
    return jnp.maximum(1 - jnp.abs(place[:, None] - jnp.arange(count, dtype=place.dtype)), 0)


def spread(values: Array, knot: Array, down: Array, across: Array, shape: tuple[int, int, int]) -> Array:
    """The grid that sums `values` (n, places down, places across), each shared out among the eight points around it, `knot` being its depth. `shape` is depths, rows
    and columns. A depth at a time, by two small matrix products: no scatters."""
    depths, rows, columns = shape
    downs, acrosses = hats(down, rows), hats(across, columns)

    def layer(depth: Array) -> Array:
        shares = jnp.maximum(1 - jnp.abs(knot - depth), 0)
        return jnp.einsum("ri,nrc,cj->nij", downs, values * shares, acrosses, precision=jax.lax.Precision.HIGHEST)

    return jax.vmap(layer)(jnp.arange(depths, dtype=knot.dtype))


def sliced(grid: Array, knot: Array, down: Array, across: Array) -> tuple[Array, ...]:
    """The n planes of what lies between the eight points around each place, `knot` (places down, places across) being its depth.

    First down, a table of all depths and columns for each row, which stays in the cache while its row is read: four look-ups a plane. (Products with hat functions
    read every depth and every point, and round as their shapes have it, so that strips would differ from the whole.)
    """
    depths, n, rows, columns = grid.shape
    (top, below), (low, deeper), (left, right) = pieces(down, rows), pieces(knot, depths), pieces(across, columns)
    lines = jnp.moveaxis(grid, (1, 2), (0, 1))
    tables = lines[:, top] + below[:, None, None] * (lines[:, top + 1] - lines[:, top])  # (n, places down, depths, columns)
    first = (jnp.arange(down.size, dtype=jnp.int32)[:, None] * depths + low) * columns + left

    def plane(table: Array) -> Array:
        at = table.ravel().at
        (a, b), (c, d) = ((at[first + step].get(mode=FITS), at[first + step + 1].get(mode=FITS)) for step in (0, columns))
        upper, lower = a + right * (b - a), c + right * (d - c)
        return upper + deeper * (lower - upper)

    return tuple(plane(tables[i]) for i in range(n))


FITS = "promise_in_bounds"


def pieces(place: Array, count: int) -> tuple[Array, Array]:
    """The point at or before a place that has one after it, and how far beyond it the place lies."""
    point = jnp.clip(place.astype(jnp.int32), 0, count - 2)
    return point, place - point.astype(place.dtype)
