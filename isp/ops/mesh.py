"""A coarse mesh of numbers over a frame, interpolated to every site: two small matrix products, exact and without gathers."""

from typing import Any

import jax
import jax.numpy as jnp

Array = Any


def hats(place: Array, origin: Array, extent: Array, points: int) -> Array:
    """(places, points): the share of each mesh point in the value at each place, piecewise linear, constant beyond the ends."""
    knot = jnp.clip((place.ravel() - origin) / extent * (points - 1), 0, points - 1).astype(place.dtype)
    return jnp.maximum(1 - jnp.abs(knot[:, None] - jnp.arange(points, dtype=place.dtype)), 0)


def interpolated(mesh: Array, down: Array, across: Array) -> Array:
    """A mesh (rows, columns) at the places of two sets of `hats`."""
    return jnp.einsum("ri,ij,jc->rc", down, mesh, across.T, precision=jax.lax.Precision.HIGHEST)
