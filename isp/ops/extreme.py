"""The smallest, the largest and the middle of several planes, with slopes that are cheap."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.fuse import cut

Array = Any


@jax.custom_jvp
def lower(a: Array, b: Array) -> Array:
    """The smaller of two; where they are equal, half the slope is that of each."""
    return jnp.minimum(a, b)


@jax.custom_jvp
def higher(a: Array, b: Array) -> Array:
    """The larger of two."""
    return jnp.maximum(a, b)


@lower.defjvp
def _(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    (a, b), (da, db) = primals, tangents
    return jnp.minimum(a, b), db + _ahead(b, a) * (da - db)


@higher.defjvp
def _(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    (a, b), (da, db) = primals, tangents
    return jnp.maximum(a, b), db + _ahead(a, b) * (da - db)


def _ahead(a: Array, b: Array) -> Array:
    """1 where a is larger, 0 where b is, 1/2 where they are equal. (JAX's own rule divides.)"""
    kind = jnp.result_type(a, b)
    return 0.5 * (jnp.asarray(a > b, kind) + jnp.asarray(a >= b, kind))


def smallest(values: Sequence[Array]) -> Array:
    """The smallest at each place."""
    return _extreme(tuple(values), jnp.minimum)


def largest(values: Sequence[Array]) -> Array:
    """The largest at each place."""
    return _extreme(tuple(values), jnp.maximum)


def middle_of_four(a: Array, b: Array, c: Array, d: Array) -> Array:
    """The median of four: the mean of the two in the middle."""
    return _middle((a, b, c, d))


def folded(pairwise: Callable[[Array, Array], Array], values: Sequence[Array]) -> Array:
    """A balanced tree of a function of two, over all values."""
    values = list(values)
    while len(values) > 1:
        values = [pairwise(*values[i : i + 2]) if i + 1 < len(values) else values[i] for i in range(0, len(values), 2)]
    return values[0]


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def _extreme(values: tuple[Array, ...], pairwise: Callable[[Array, Array], Array]) -> Array:
    return folded(pairwise, values)


@_extreme.defjvp
def _(pairwise: Any, primals: tuple[Any], tangents: tuple[Any]) -> tuple[Array, Array]:
    made = _extreme(primals[0], pairwise)
    return made, _moved(primals[0], made, tangents[0])


@jax.custom_jvp
def _middle(values: tuple[Array, Array, Array, Array]) -> Array:
    a, b, c, d = values
    low, high = jnp.maximum(jnp.minimum(a, b), jnp.minimum(c, d)), jnp.minimum(jnp.maximum(a, b), jnp.maximum(c, d))
    return (low + high) / 2


@_middle.defjvp
def _(primals: tuple[Any], tangents: tuple[Any]) -> tuple[Array, Array]:
    (values,), (moved,) = primals, tangents
    ends = (_moved(values, folded(pairwise, values), moved) for pairwise in (jnp.minimum, jnp.maximum))
    return _middle(values), (sum(moved) - sum(ends)) / 2


def _moved(values: Sequence[Array], made: Array, moved: Sequence[Array]) -> Array:
    """By how much an extreme moves: as the value it is; where several are equal, as their mean. The slope of a tree of choices is a tree
    of choices: here each value is compared with the result instead."""
    twin = cut(made)  # so that the comparisons are made again for each value, rather than kept
    same = cut(1 / sum((v == twin).astype(made.dtype) for v in values))
    return cut(same * sum(jnp.where(v == made, m, 0) for v, m in zip(values, moved, strict=True)))
