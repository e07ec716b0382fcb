"""From amplified charge to whole numbers."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

Array = Any


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def digits(x: Array, top: int) -> Array:
    """`x` rounded to the nearest whole number and held to 0..`top`, as a converter does. Straight through: its slope is taken as 1, so
    that rounding passes gradients, and a value beyond an end still feels a pull back inside."""
    return jnp.clip(jnp.round(x), 0.0, float(top))


@digits.defjvp
def _(top: int, primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return digits(primals[0], top), tangents[0]


def piecewise(x: Array, inputs: Array, outputs: Array) -> Array:
    """The line through (0, 0) and the knots `inputs`, `outputs` (n,), which rise; the last segment goes on beyond the last knot, and the
    first below 0. A sum of ramps, with neither a search nor a gather."""
    zero = jnp.zeros((1,), inputs.dtype)
    starts, widths = jnp.concatenate([zero, inputs[:-1]]), jnp.maximum(jnp.diff(inputs, prepend=zero), 1e-6)
    slopes = jnp.diff(outputs, prepend=zero) / widths
    total = jnp.minimum(x, starts[1]) * slopes[0] if len(inputs) > 1 else x * slopes[0]
    for i in range(1, len(inputs)):
        beyond = jnp.maximum(x - starts[i], 0.0)
        total = total + slopes[i] * (beyond if i == len(inputs) - 1 else jnp.minimum(beyond, widths[i]))
    return total
