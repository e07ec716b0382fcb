"""Slopes of functions that bend, arranged for a compiler that writes one plane at a time."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.fuse import cut

Array = Any
Site = tuple[Array, ...]


def apart(function: Callable[..., Any], numbers: Sequence[Array], sites: Sequence[Sequence[Array]]) -> tuple[Site, ...]:
    """`function(*planes, *numbers)` of the planes of each site: what comes out, a plane or a tuple of planes, as a tuple. It works place by
    place and holds no traced value of its own; `numbers` are scalars. The first plane of every site has the shape of what comes out, the
    others at least broadcast to it.

    What is differentiated as usual leaves a plane for each elementary step, which for a function of a dozen steps costs a dozen times
    the function. Here the slope in each plane, and in each number, is found anew from what went in, behind a barrier of its own, so that
    it becomes one kernel that keeps nothing. Slopes in a number are added up over all sites before they are over all places.
    """
    return _apart(function, tuple(jnp.asarray(n) for n in numbers), tuple(tuple(site) for site in sites))


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def _apart(function: Callable[..., Any], numbers: Site, sites: tuple[Site, ...]) -> tuple[Site, ...]:
    return tuple(_tuple(function(*site, *numbers)) for site in sites)


@partial(_apart.defjvp, symbolic_zeros=True)
def _(function: Callable[..., Any], primals: tuple[Any, Any], tangents: tuple[Any, Any]) -> tuple[Any, Any]:
    (numbers, sites), (by_number, by_site) = primals, tangents
    # All sites in one array: a program for each would be compiled for minutes.
    planes = cut([jnp.stack(same) for same in zip(*sites, strict=True)])
    movements = [None if all(map(_still, same)) else jnp.stack([_moving(m) for m in same]) for same in zip(*by_site, strict=True)]
    made = _apart(function, numbers, sites)
    movements += [None if _still(m) else everywhere(m, planes[0].shape, len(made[0])) for m in by_number]
    moved: list[Any] = []
    for i, movement in enumerate(movements):
        if movement is not None:
            products = [slope * movement for slope in _slopes(function, cut((*planes, *numbers)), i)]
            moved = [a + b for a, b in zip(moved, products, strict=True)] if moved else products
    return made, tuple(zip(*(parts(cut(m)) for m in moved), strict=True)) if moved else jax.tree.map(jnp.zeros_like, made)


def everywhere(movement: Array, shape: tuple[int, ...], results: int = 1) -> Array:
    """A number's movement at each place. For a function of one result it is a part of the rows over and over: slopes are then added up over
    these parts as they are found, and only a part is written. (The kernel for several results would be too large to be vectorised.)"""
    if not shape:
        return movement
    rows = math.prod(shape[:-1])
    times = next(n for n in (4, 3, 2, 1) if rows % n == 0) if results == 1 else 1
    return jnp.concatenate([cut(jnp.broadcast_to(movement, (rows // times, shape[-1])))] * times).reshape(shape)


def parts(stacked: Array) -> list[Array]:
    """The planes of a stack (n, ...). Their cotangents are stacked again, where those of `stacked[i]` would be padded and added."""
    return [part[0] for part in jax.lax.split(stacked, [1] * stacked.shape[0])]


def added(*planes: Array) -> Array:
    """The sum of all values of planes of one shape, which are added to each other as they are found, and down the columns before they are
    along what is left: a sum to one number is taken step by step."""
    total = cut(sum(planes[1:], planes[0]))
    return total.sum(tuple(range(total.ndim - 1))).sum()


def by_quarters(planes: Array) -> list[Array]:
    """Parts of the rows of planes (..., rows, columns), as many of one size as there are up to four: added to each other as they are found,
    only one is written."""
    rows = planes.reshape(-1, planes.shape[-1])
    times = next(n for n in (4, 3, 2, 1) if rows.shape[0] % n == 0)
    return [rows[i * rows.shape[0] // times : (i + 1) * rows.shape[0] // times] for i in range(times)]


def _slopes(function: Callable[..., Any], given: Site, i: int) -> Site:
    """The slope of each plane that comes out in the i-th thing that goes in."""

    def along(x: Array) -> Site:
        return _tuple(function(*given[:i], x, *given[i + 1 :]))

    return jax.jvp(along, (given[i],), (jnp.ones_like(given[i]),))[1]


def _still(movement: Any) -> bool:
    return isinstance(movement, jax.custom_derivatives.SymbolicZero)


def _moving(movement: Any) -> Array:
    return jnp.zeros(movement.shape, movement.dtype) if _still(movement) else movement


def _tuple(made: Any) -> Site:
    return made if isinstance(made, tuple) else (made,)
