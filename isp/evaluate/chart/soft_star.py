"""The response of a Siemens star with gradients: contrast as a loss for tuning.

On a circle about the middle of a star of n periods the light is a wave of n / (2 pi r) cycles a pixel. Its part at n periods, M = sum w (v - m) exp(-i n a) / m over a
soft ring with mean m, beside that of the star as it should be, W, is the response H = M conj(W) / |W|^2: complex, so a star that moved has lost contrast,
and linear in the pixels but for the mean, so noise scatters it and does not raise it.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.evaluate.chart.siemens_star import SHARE, WIDE

PAPERS = ("loebich2007",)

Array = Any
DARK = 1e-3
"""The least mean by which a ring is divided."""
FAINT = 1e-10
"""The square of a contrast below which the wanted star has none."""


def star_response(made: Array, wanted: Array, cycles: int, frequency: Array) -> tuple[Array, Array]:
    """The real and the imaginary part (n,) of the response at `frequency` (n,), cycles a pixel, of linear planes (rows, columns) in whose middle a star of `cycles`
    periods stands. Rings that reach beyond the plane count as far as they are in it; outside it, and where nothing is wanted, the response is 0."""
    kind = wanted.dtype
    rows, columns = wanted.shape
    down, right = (np.arange(rows) - (rows - 1) / 2)[:, None], (np.arange(columns) - (columns - 1) / 2)[None, :]
    radius = jnp.asarray(np.hypot(down, right), kind)
    wave = np.exp(-1j * cycles * np.arctan2(down, right))
    real, imaginary = jnp.asarray(wave.real, kind), jnp.asarray(wave.imag, kind)
    middle = cycles / (2 * np.pi) / jnp.asarray(frequency, kind)
    off = (radius - middle[:, None, None]) / jnp.maximum(WIDE, SHARE * middle)[:, None, None]
    ring = jnp.square(jnp.maximum(1 - off**2, 0))
    ring = ring / (jnp.sum(ring, (1, 2), keepdims=True) + FAINT)

    def contrast(plane: Array) -> tuple[Array, Array]:
        mean = jnp.sum(ring * plane, (1, 2))
        varied = ring * (plane - mean[:, None, None])
        mean = jnp.maximum(mean, DARK)
        return jnp.sum(varied * real, (1, 2)) / mean, jnp.sum(varied * imaginary, (1, 2)) / mean

    (a, b), (c, d) = contrast(made), contrast(wanted)
    power = c**2 + d**2 + FAINT
    return (a * c + b * d) / power, (b * c - a * d) / power
