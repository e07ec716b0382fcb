"""Curves under which noise of variance a x + c has deviation 1, and their inverses. a and c above 0; x in any unit."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.extreme import higher, lower
from isp.ops.fuse import afresh, cut
from isp.ops.slopes import added, by_quarters, parts

Array = Any


def compressed(x: Array, a: Array, c: Array) -> Array:
    """The integral of 1 / sqrt(a t + c) from 0 to x: (2/a) (sqrt(a x + c) - sqrt(c)), in a form that keeps its digits when a is small.

    Below a x + c = c/4 it goes on along its tangent, so that negative values survive and the slope stays finite.
    """
    root, toe = jnp.sqrt(c), -0.75 * c / a
    inside = higher(x, toe)
    return 2 * inside / (jnp.sqrt(a * inside + c) + root) + lower(x - toe, 0.0) * (2 / root)


def expanded(y: Array, a: Array, c: Array) -> Array:
    """The inverse of `compressed`, along its tangent too."""
    root = jnp.sqrt(c)
    toe = -root / a
    inside = higher(y, toe)
    return inside * (root + a * inside / 4) + lower(y - toe, 0.0) * (root / 2)


def unbiased(y: Array, a: Array, c: Array) -> Array:
    """What to add to `expanded(y)` where y is a mean of noisy compressed values, so that the result is the mean of the noisy ones.

    Mäkitalo and Foi's closed form of the exact unbiased inverse of the generalised Anscombe transform, less the algebraic inverse. It is
    between 0 and 0.27 a, and 0 where their form is.
    """
    q = 1 / higher(_deviations(y, a, c), LEAST)
    return a * _more(q)


LEAST = 1.5**0.5
"""Deviations below which the inverse adds no more than there."""


def _more(q: Array) -> Array:
    """What the exact inverse adds, over a, from one over the deviations."""
    return 0.25 + q * (1.5**0.5 / 4 + q * (-11 / 8 + q * (1.5**0.5 * 5 / 8)))


def _deviations(y: Array, a: Array, c: Array) -> Array:
    """The transform as Mäkitalo and Foi write it, without the shift that keeps 0 at 0."""
    return y + 2 * jnp.sqrt(c) / a


@jax.custom_vjp
def linear(planes: Sequence[Array], scale: Array, a: Array, c: Array, correction: Array) -> list[Array]:
    """`expanded`, and `correction` times `unbiased`, of `scale` times each of several planes of one shape."""
    return [expanded(p * scale, a, c) + correction * unbiased(p * scale, a, c) for p in planes]


def _linear_forward(planes: Sequence[Array], *numbers: Array) -> tuple[list[Array], Any]:
    return linear(planes, *numbers), (jnp.stack(planes), *numbers)


def _linear_backward(kept: Any, up: Sequence[Array]) -> tuple[Any, ...]:
    plane, scale, a, c, correction = kept
    plane, up = cut((plane, jnp.stack(up)))
    given = afresh((scale, a, c, correction))

    def seen() -> tuple[Array, ...]:
        """The values under the root where the parabola holds, and their way below it; one over the deviations, and the slope of the
        correction over a."""
        scale, a, c, correction = next(given)
        y, toe, deviations = plane * scale, -jnp.sqrt(c) / a, _deviations(plane * scale, a, c)
        q = 1 / jnp.maximum(deviations, LEAST)
        falls = jnp.where(deviations > LEAST, q * q * (-(1.5**0.5) / 4 + q * (11 / 4 - q * (1.5**0.5 * 15 / 8))), 0)
        return jnp.maximum(y, toe), jnp.minimum(y - toe, 0), q, correction * falls

    root = jnp.sqrt(c)
    inside, _, _, falls = seen()
    to_plane = cut(up * (scale * (root + a * (inside / 2 + falls))))
    inside, below, _, falls = seen()
    to_root = added(*by_quarters(up * (inside + below / 2 + 2 * falls)))
    inside, _, _, falls = seen()
    to_a = added(*by_quarters(up * (inside * inside / 4 - (2 * root / a) * falls)))
    to_correction = added(*by_quarters(up * _more(seen()[2])))
    to_scale = (to_plane * plane).sum((0, 1)).sum() / scale
    return parts(to_plane), to_scale, to_a + correction * to_correction, to_root / (2 * root), a * to_correction


linear.defvjp(_linear_forward, _linear_backward)
