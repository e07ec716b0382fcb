"""Small convolutional networks over pictures (rows, columns, channels), whose borders shrink: nothing is padded, so a tile with its halo gives
what the whole frame gives.

Names of weights: `NAME/kernel` (rows, columns, in, out) and `NAME/bias` (out,).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Array = Any


def convolved(weights: Mapping[str, Array], name: str, x: Array, dilation: int = 1) -> Array:
    """`x` (rows, columns, in) under the kernel of that name: each side loses `dilation` times half of what the kernel's has beyond one."""
    kernel = weights[f"{name}/kernel"]
    made = jax.lax.conv_general_dilated(
        x[None], kernel, (1, 1), "VALID", rhs_dilation=(dilation, dilation), dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    return made[0] + weights[f"{name}/bias"]


def mixed(weights: Mapping[str, Array], name: str, x: Array) -> Array:
    """`x` (..., in) with its channels mixed at each place."""
    return x @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]


def inside(x: Array, by: int) -> Array:
    """`x` without `by` rows and columns on each side."""
    return x[by : x.shape[0] - by, by : x.shape[1] - by] if by else x


def convolution(random: np.random.Generator, name: str, size: int, into: int, out: int, gain: float = 1.0) -> dict[str, np.ndarray]:
    """A fresh kernel, normal, of such a spread that the size of what passes is kept by a rectifier behind it (He et al. 2015), times `gain`;
    zeros for none."""
    spread = gain * np.sqrt(2 / (size * size * into))
    return {
        f"{name}/kernel": (spread * random.standard_normal((size, size, into, out))).astype(np.float32),
        f"{name}/bias": np.zeros(out, np.float32),
    }


def mixing(random: np.random.Generator, name: str, into: int, out: int, gain: float = 1.0) -> dict[str, np.ndarray]:
    """The same for `mixed`."""
    one = convolution(random, name, 1, into, out, gain)
    return {f"{name}/kernel": one[f"{name}/kernel"][0, 0], f"{name}/bias": one[f"{name}/bias"]}


def rectified(x: Array) -> Array:
    """max(x, 0)."""
    return jnp.maximum(x, 0)
