"""Small convolutional networks over pictures (rows, columns, channels), whose borders shrink: nothing is padded, so a tile with its halo gives
what the whole frame gives.

Names of weights: `NAME/kernel` (rows, columns, in, out) and `NAME/bias` (out,).

A Bayer mosaic is read by cells: 2x2 sites that begin at a red one, whatever the phase of the frame, as four channels. A network then knows one
order of filters and treats a shifted mosaic as the same one, shifted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def leaking(x: Array) -> Array:
    """A rectifier that lets a tenth of what is negative through, and so always a slope (Maas, Hannun and Ng 2013)."""
    return jnp.maximum(x, 0.1 * x)


def trunk(weights: Mapping[str, Array], x: Array, dilations: Sequence[int]) -> Array:
    """A residual network over `x` (rows, columns, in), after He et al. 2016: `first`, then a layer `body0`, `body1` ... for each dilation, that reads
    what is so far under a leaking rectifier and adds to it, then `last`. Each side loses 2 + the sum of the dilations.

    The rectifier stands before a convolution and never on the path that adds: behind one, layers could only add what is positive, and most of their
    channels fell silent for good while they were trained.
    """
    x = convolved(weights, "first", x)
    for i, dilation in enumerate(dilations):
        x = inside(x, dilation) + convolved(weights, f"body{i}", leaking(x), dilation)
    return convolved(weights, "last", leaking(x))


def fresh_trunk(random: np.random.Generator, into: int, wide: int, out: int, layers: int) -> dict[str, np.ndarray]:
    """Fresh weights of a `trunk`: residual layers begin at half strength, the last at zero, so that a fresh network says nothing."""
    made = convolution(random, "first", 3, into, wide)
    for i in range(layers):
        made |= convolution(random, f"body{i}", 3, wide, wide, gain=0.5)
    return made | convolution(random, "last", 3, wide, out, gain=0.0)


def cells(planes: Sequence[Array], corner: tuple[int, int]) -> Array:
    """Four planes (rows, columns), by phase of a 2x2 tile, as cells (rows, columns, 4) that begin at the phase `corner`, row by row; where that is not the
    first, one row or column of cells fewer."""
    (down, right), (rows, columns) = corner, planes[0].shape

    def site(y: int, x: int) -> Array:
        (over, row), (across, column) = divmod(down + y, 2), divmod(right + x, 2)
        return planes[2 * row + column][over : rows - down + over, across : columns - right + across]

    return jnp.stack([site(y, x) for y in range(2) for x in range(2)], -1)


def sites(values: Array, corner: tuple[int, int], lost: int, size: tuple[int, int]) -> list[list[Array]]:
    """`values` (rows, columns, 4 k) of cells that begin at `corner` and have lost so many on each side, as k planes for each phase: those of a frame of
    `size` whole tiles, less `lost` + 1 tiles on each side."""
    rows, columns = size[0] - 2 * lost - 2, size[1] - 2 * lost - 2
    each = values.shape[-1] // 4

    def phase(y: int, x: int) -> list[Array]:
        top, left = int(y >= corner[0]), int(x >= corner[1])
        at = each * place(2 * y + x, corner)
        return [values[top : top + rows, left : left + columns, at + k] for k in range(each)]

    return [phase(y, x) for y in range(2) for x in range(2)]


def place(phase: int, corner: tuple[int, int]) -> int:
    """Where a phase of the frame's tile stands in a cell that begins at `corner`."""
    y, x = divmod(phase, 2)
    return 2 * ((y - corner[0]) % 2) + (x - corner[1]) % 2


def in_cells(values: Array, corner: tuple[int, int]) -> Array:
    """Numbers (4, ...), by phase, in the order in which a cell that begins at `corner` has them."""
    return jnp.stack([values[next(p for p in range(4) if place(p, corner) == i)] for i in range(4)])


def deviations(noise: Array) -> Array:
    """The deviation of noise whose models are (filters, 2), slope and floor, at mid grey; of stabilised values, where the slope is 0, everywhere."""
    noise = jnp.asarray(noise)
    return jnp.sqrt(jnp.maximum(0.18 * noise[:, 0] + noise[:, 1], 0.0) + 1e-12)
