"""Brightness in stops, and the depths of a bilateral grid over it."""

from typing import Any

import jax.numpy as jnp

Array = Any

DARKEST, BRIGHTEST = -10.0, 3.5
"""Stops from 1 between which places are told apart; 2^DARKEST is added to all light, so that black has stops too."""
DEPTHS = 10
"""Depths of a grid: with the hats by which it is filled, blurred and read, its reach in brightness has a deviation of 1.4 stops (0.41 decades)."""


def stops(luminance: Array) -> Array:
    """log2 of light and a little more; black and what lies below are DARKEST."""
    return jnp.log2(jnp.maximum(luminance, 0.0) + 2.0**DARKEST)


def depth(stop: Array) -> Array:
    """At which depth of a grid of DEPTHS a brightness in stops lies, between 0 and the last."""
    return jnp.clip((stop - DARKEST) * ((DEPTHS - 1) / (BRIGHTEST - DARKEST)), 0, DEPTHS - 1)
