"""Pictures of another size: one pass down, one across, each a band of weights.

A dense matrix would multiply by zeros nearly everywhere. Rows of the result are made a block at a time from the few rows they need, so
that the work grows with the kernel, not with the frame.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Array = Any

BLOCK = 32
"""Rows of the result made by one product."""


def lanczos3(x: np.ndarray) -> np.ndarray:
    """The sinc windowed by its own main lobe, over 3 pixels on each side."""
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0.0)


def cubic(x: np.ndarray) -> np.ndarray:
    """Keys' cubic with slope -1/2 (Catmull-Rom), over 2 pixels on each side."""
    x = np.abs(x)
    return np.where(x < 1, 1.5 * x**3 - 2.5 * x**2 + 1, np.where(x < 2, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2, 0.0))


KERNELS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], float]] = {"lanczos3": (lanczos3, 3), "cubic": (cubic, 2)}
"""Interpolation kernels by name, with their reach in pixels."""


def weights(size: int, wanted: int, kernel: str) -> np.ndarray:
    """(wanted, size): row i makes pixel i of the result. Rows sum to one; going down, the kernel is stretched so that nothing aliases.

    `area` weighs each pixel by what the new one covers of it. Outer edges meet: pixel centres lie at (i + 1/2) size / wanted.
    """
    scale = size / wanted
    if kernel == "area":
        low = np.arange(wanted)[:, None] * scale
        pixels = np.arange(size)[None, :]
        found = np.clip(np.minimum(low + scale, pixels + 1) - np.maximum(low, pixels), 0, None)
    else:
        function, _ = KERNELS[kernel]
        stretch = max(scale, 1.0)
        centres = (np.arange(wanted) + 0.5) * scale - 0.5
        found = function((np.arange(size)[None, :] - centres[:, None]) / stretch)
    return found / found.sum(1, keepdims=True)


@lru_cache(32)
def banded(size: int, wanted: int, kernel: str) -> tuple[np.ndarray, np.ndarray]:
    """The same weights in blocks: first row read by each block (blocks,), and its weights (blocks, BLOCK, rows read)."""
    dense = weights(size, wanted, kernel)
    dense = np.concatenate([dense, np.zeros((-wanted % BLOCK, size))])
    blocks = dense.reshape(-1, BLOCK, size)
    read = [np.flatnonzero(np.any(b != 0, axis=0)) for b in blocks]
    width = max(int(r[-1] - r[0]) + 1 for r in read)
    first = np.array([min(int(r[0]), size - width) for r in read])
    return first, np.stack([b[:, f : f + width] for b, f in zip(blocks, first)])


def resampled_rows(pixels: Array, wanted: int, kernel: str) -> Array:
    """`pixels` (rows, ...) with `wanted` rows."""
    first, blocks = banded(pixels.shape[0], wanted, kernel)
    flat = pixels.reshape(pixels.shape[0], -1)

    def block(found: tuple[Array, Array]) -> Array:
        start, mix = found
        return mix @ jax.lax.dynamic_slice_in_dim(flat, start, mix.shape[1])

    made = jax.lax.map(block, (jnp.asarray(first), jnp.asarray(blocks, flat.dtype)))
    return made.reshape(-1, flat.shape[1])[:wanted].reshape(wanted, *pixels.shape[1:])


def resampled(pixels: Array, rows: int, columns: int, kernel: str) -> Array:
    """`pixels` (rows, columns[, channels]) at another size, `kernel` being one of KERNELS or `area`."""
    fewer_rows = resampled_rows(pixels, rows, kernel)
    return jnp.swapaxes(resampled_rows(jnp.swapaxes(fewer_rows, 0, 1), columns, kernel), 0, 1)


def noise_share(size: int, wanted: int, kernel: str) -> float:
    """What resampling along one side leaves of the variance of noise that is independent from pixel to pixel, on average."""
    return float(np.mean(np.sum(np.square(banded(size, wanted, kernel)[1]), axis=-1).reshape(-1)[:wanted]))
