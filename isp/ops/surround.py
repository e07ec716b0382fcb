"""The eight values around each of a plane: their extremes, and slopes that come back to them in one walk."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.extreme import largest, smallest
from isp.ops.fuse import cut, together

Array = Any
Twins = tuple[Array, Array]
"""Where a neighbour a row up, in the same row and a row down is the value itself, mirrored at a border: (3, ..., rows, 1), true or false;
and the same across: (3, ..., 1, columns). It is where both say so."""

OFFSETS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
WIDE = 2
"""Places on each side of those that have all their neighbours, from which a slope could come to a value, or to its neighbour."""


def around(wide: Array, twins: Twins) -> dict[tuple[int, int], Array]:
    """The neighbours, by (rows, columns) down and right, of all values of planes (..., rows, columns) that have eight. One that is the value
    itself must not vouch for it: the one on the other side stands in."""
    return {(i, j): jnp.where(_itself(twins, i, j), _at(wide, -i, -j), _at(wide, i, j)) for i, j in OFFSETS}


@jax.custom_vjp
def ends(wide: Array, twins: Twins) -> tuple[Array, Array]:
    """The smallest and the largest of the neighbours. Where several are equal, each has its share of the slope."""
    values = around(wide, twins).values()
    return cut((smallest(values), largest(values)))


def _ends_forward(wide: Array, twins: Twins) -> tuple[Any, Any]:
    made = ends(wide, twins)
    return made, (wide, twins, *made)


def _ends_backward(kept: Any, up: tuple[Array, Array]) -> tuple[Array, None]:
    wide, twins, low, high = kept
    values = around(*cut((wide, twins))).values()
    to_low, to_high = together(*(u / sum((v == end).astype(u.dtype) for v in values) for u, end in zip(up, (low, high), strict=True)))

    def back(own: Array, _: Array, low: Array, high: Array, to_low: Array, to_high: Array) -> Array:
        return jnp.where(own == low, to_low, 0) + jnp.where(own == high, to_high, 0)

    return gathered(back, wide, (low, high, to_low, to_high), twins), None


ends.defvjp(_ends_forward, _ends_backward)


def gathered(back: Callable[..., Array], wide: Array, sites: Sequence[Array], twins: Twins) -> Array:
    """What comes back to each value of `wide` from the places around it. `back(own, opposite, *there)` is what one place gives to its neighbour
    `own`, where `opposite` is the neighbour on the other side of the place and `there` what `sites` hold at the place; it must give nothing
    where they hold 0. One kernel: a scatter would be many."""
    sites, far = cut(([_padded(site) for site in sites], _padded(wide)))
    twins = cut(
        (
            jnp.pad(twins[0], [(0, 0)] * (twins[0].ndim - 2) + [(WIDE, WIDE), (0, 0)]),
            jnp.pad(twins[1], [(0, 0)] * (twins[1].ndim - 1) + [(WIDE, WIDE)]),
        )
    )
    total: Any = 0
    for i, j in OFFSETS:
        # The place lies at (i, j) from the value, which is its neighbour at (-i, -j).
        unread, alone = (_itself(twins, *o, i, j) for o in ((-i, -j), (i, j)))
        given = back(wide, jnp.where(alone, wide, _at(far, 2 * i, 2 * j, WIDE)), *(_at(site, i, j) for site in sites))
        total = total + jnp.where(unread, 0, jnp.where(alone, 2 * given, given))
    return cut(total)


def _itself(twins: Twins, i: int, j: int, down: int | None = None, right: int | None = None) -> Array:
    rows, columns = twins[0][i + 1], twins[1][j + 1]
    if down is not None and right is not None:
        rows, columns = rows[..., 1 + down : rows.shape[-2] - 1 + down, :], columns[..., 1 + right : columns.shape[-1] - 1 + right]
    return rows & columns


def _at(plane: Array, i: int, j: int, reach: int = 1) -> Array:
    """The values `i` rows down and `j` columns right of those that have `reach` on each side."""
    rows, columns = plane.shape[-2:]
    return plane[..., reach + i : rows - reach + i, reach + j : columns - reach + j]


def _padded(plane: Array) -> Array:
    return jnp.pad(plane, [(0, 0)] * (plane.ndim - 2) + [(WIDE, WIDE)] * 2)
