"""Curves under which noise of variance a x + c has deviation 1, and their inverses. a and c above 0; x in any unit."""

from typing import Any

import jax.numpy as jnp

from isp.ops.extreme import higher, lower

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
    deviations = y + 2 * jnp.sqrt(c) / a  # the transform as they write it, without the shift that keeps 0 at 0
    q = 1 / higher(deviations, 1.5**0.5)
    return a * (0.25 + q * (1.5**0.5 / 4 + q * (-11 / 8 + q * (1.5**0.5 * 5 / 8))))
