"""What a picture shows, from its thumbnail: a small convolutional network that halves it three times.

Names of weights: those of `isp.ops.net`, layers `NAME1`, `NAME2`, `NAME3`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.ops.curve import rooted
from isp.ops.net import convolution, rectified

Array = Any

BRIGHTEST = 2.0
"""What the root of endless light is held to, softly."""
CENTRE = 0.4
"""Taken from roots, so that they lie around zero."""


def seen(thumbnail: Array) -> Array:
    """A thumbnail (rows, columns, 3) of linear light as a network takes it: roots, about evenly spaced to the eye, bounded, around zero."""
    return bounded(rooted(thumbnail)) - CENTRE


def bounded(root: Array) -> Array:
    """Roots of light, held to BRIGHTEST softly."""
    return root / jnp.sqrt(1 + (root / BRIGHTEST) ** 2)


def halved(weights: Mapping[str, Array], name: str, x: Array) -> Array:
    """`x` (rows, columns, in), of even sides, under a 3 x 3 kernel at every other place, its border repeated."""
    wide = jnp.pad(x, ((1, 0), (1, 0), (0, 0)), mode="edge")
    made = jax.lax.conv_general_dilated(wide[None], weights[f"{name}/kernel"], (2, 2), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return made[0] + weights[f"{name}/bias"]


def gist(weights: Mapping[str, Array], name: str, thumbnail: Array) -> Array:
    """Features (rows / 8, columns / 8, channels) of a thumbnail."""
    x = seen(thumbnail)
    for layer in "123":
        x = rectified(halved(weights, name + layer, x))
    return x


def fresh(random: np.random.Generator, name: str, channels: tuple[int, int, int]) -> dict[str, np.ndarray]:
    """Weights of `gist` with so many channels after each layer."""
    made: dict[str, np.ndarray] = {}
    for layer, into, out in zip("123", (3, *channels), channels):
        made |= convolution(random, name + layer, 3, into, out)
    return made
