"""Choosing between two estimates, with a slope."""

from typing import Any

import jax
import jax.numpy as jnp

Array = Any

LEAST = 1e-7
"""Added to the sum of the two costs (same unit), so that two costs of nothing are a tie: a hundredth of a 16-bit step."""

TAME = 0.05
"""The slope in the costs is never steeper than that of a choice of this softness."""


@jax.custom_jvp
def share(cost: Array, other: Array, softness: Array) -> Array:
    """How much of the first of two estimates to take, 0 to 1, from their costs (not negative): 1 where `cost` is clearly the smaller,
    0 where it is clearly the larger, 1/2 at a tie.

    Between, it is a cubic step over the contrast (other - cost) / (other + cost), which lies in -1 to 1, as wide as `softness` (over 0)
    on either side of the tie. Outside that width the choice is the hard one, exactly. The slope in `softness` is exact; the slope in the
    costs is exact from a softness of `TAME` up. Below, it is the slope at `TAME`: that of a nearly hard choice is a row of needles.
    """
    step = jnp.clip(_contrast(cost, other) / softness, -1, 1)
    return 0.5 + step * (0.75 - 0.25 * step * step)


@share.defjvp
def _(primals: tuple[Array, Array, Array], tangents: tuple[Array, Array, Array]) -> tuple[Array, Array]:
    (cost, other, softness), (d_cost, d_other, d_softness) = primals, tangents
    contrast = _contrast(cost, other)
    step = jnp.clip(contrast / softness, -1, 1)
    tame = jnp.maximum(softness, TAME)
    # Divided before it is multiplied: the square of the sum would overflow for large values, and 0 * inf poison the gradient.
    scale = 1 / (cost + other + LEAST)
    d_contrast = (1 - contrast) * (d_other * scale) - (1 + contrast) * (d_cost * scale)
    moved = _slope(jnp.clip(contrast / tame, -1, 1)) / tame * d_contrast
    return 0.5 + step * (0.75 - 0.25 * step * step), moved - _slope(step) * step / softness * d_softness


def _contrast(cost: Array, other: Array) -> Array:
    return (other - cost) / (other + cost + LEAST)


def _slope(step: Array) -> Array:
    return 0.75 * (1 - step * step)
