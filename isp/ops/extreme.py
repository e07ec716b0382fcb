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


@jax.custom_vjp
def middle_of_four(a: Array, b: Array, c: Array, d: Array) -> Array:
    """The median of four: the mean of the two in the middle, which are the larger of the smaller and the smaller of the larger of two pairs.
    Where several are equal, each has its share of the slope."""
    low, high = jnp.maximum(jnp.minimum(a, b), jnp.minimum(c, d)), jnp.minimum(jnp.maximum(a, b), jnp.maximum(c, d))
    return (low + high) / 2


def _middle_forward(*values: Array) -> tuple[Array, Any]:
    values = cut(values)  # read by a kernel for each slope
    return middle_of_four(*values), values


def _middle_backward(kept: Any, up: Array) -> tuple[Array, ...]:
    a, b, c, d = kept
    pull, ahead, also = 0.5 * up, _ahead(b, a), _ahead(d, c)
    # Of the pull that the larger of the smaller, and the smaller of the larger, pass on: what goes to the first pair.
    low, high = _ahead(jnp.minimum(a, b), jnp.minimum(c, d)), _ahead(jnp.maximum(c, d), jnp.maximum(a, b))
    return (
        pull * (low * ahead + high * (1 - ahead)),
        pull * (low * (1 - ahead) + high * ahead),
        pull * ((1 - low) * also + (1 - high) * (1 - also)),
        pull * ((1 - low) * (1 - also) + (1 - high) * also),
    )


middle_of_four.defvjp(_middle_forward, _middle_backward)


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


def _moved(values: Sequence[Array], made: Array, moved: Sequence[Array]) -> Array:
    """By how much an extreme moves: as the value it is; where several are equal, as their mean. The slope of a tree of choices is a tree
    of choices: here each value is compared with the result instead."""
    twin = cut(made)  # so that the comparisons are made again for each value, rather than kept
    same = cut(1 / sum((v == twin).astype(made.dtype) for v in values))
    return cut(same * sum(jnp.where(v == made, m, 0) for v, m in zip(values, moved, strict=True)))
