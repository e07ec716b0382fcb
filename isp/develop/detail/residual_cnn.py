"""A small network looks at each pixel and its neighbours and says how the picture should differ: what is left to mend when classical stages are done."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from isp.core import Domain, Frame, Planes, Scalar, Weights, between, param, weights
from isp.core.planes import Array
from isp.develop.detail import Detail
from isp.ops.net import convolution, convolved, leaking

WIDE = 16
"""Channels between the layers of fresh weights: 3,347 in all."""
DARK = 1e-3
"""Light added under the square root: it bounds the slope at black."""


def grown(random: np.random.Generator, wide: int = WIDE) -> dict[str, np.ndarray]:
    """Three layers of 3x3; the last begins at zero, so that a fresh net changes nothing."""
    first, middle = convolution(random, "first", 3, 4, wide), convolution(random, "middle", 3, wide, wide)
    return first | middle | convolution(random, "last", 3, wide, 3, gain=0.0)


class ResidualCnn(Detail, accepts=(Domain.CAMERA, Domain.WORKING), uses=("noise",), reach=(1, 1, 1), paper="zhang2017"):
    """Three layers of 3x3 convolutions with rectifiers between them (3-16-16-3) predict a difference that is added, after Zhang et al. 2017; meant to be tuned
    together with the stages around it, before the colour matrix or at the end of the light.

    It looks at the root of light, in which noise is about even, and at the deviation of the noise there (nothing where the frame does not know its noise). The
    difference r of roots is put back as light: x + r (2 root + r). Fresh, or at `strength` 0, the picture comes back as it was. The noise model, no
    longer true, is dropped.
    """

    strength: Scalar = param(default=1.0, unit="1", within=between(0, 1), doc="share of the difference that is added")
    weights: Weights = weights(grow=grown, wide="first/bias", doc="kernels and biases of the three layers")

    def __call__(self, frame: Frame) -> Frame:
        pixels = frame.pixels
        light = pixels.joined()
        root = jnp.sqrt(jnp.maximum(light, 0.0) + DARK)
        x = jnp.concatenate([root, _deviation(frame, light, root)], -1)
        x = leaking(convolved(self.weights, "first", x))
        x = leaking(convolved(self.weights, "middle", x))
        more = self.strength * convolved(self.weights, "last", x)
        down, right = ((h - less * side) for h, less, side in zip(pixels.halo, pixels.cells(self.reach), pixels.tile, strict=True))
        margin = down // pixels.tile[0], right // pixels.tile[1]
        made = Planes.split(_cut(more, pixels.halo, (down, right)), pixels.tile, margin)
        roots = Planes.split(_cut(root, pixels.halo, (down, right), 0), pixels.tile, margin)
        left = pixels.trimmed(margin)
        return frame.but(pixels=left.map(lambda p, r, q: p + r * (2 * q + r), made, roots), noise=None)


def _deviation(frame: Frame, light: Array, root: Array) -> Array:
    """The deviation of the noise of the root of light, mean over the channels: (rows, columns, 1)."""
    if frame.noise is None:
        return jnp.zeros_like(light[..., :1])
    variance = jnp.maximum(frame.noise[:, 0] * jnp.maximum(light, 0.0) + frame.noise[:, 1], 0.0)
    return jnp.mean(jnp.sqrt(variance + 1e-12) / (2 * root), -1, keepdims=True)


def _cut(values: Array, halo: tuple[int, int], wanted: tuple[int, int], lost: int = 3) -> Array:
    """`values`, that have lost so many pixels of a halo on each side, with the wanted one."""
    down, right = halo[0] - lost - wanted[0], halo[1] - lost - wanted[1]
    return values[down : values.shape[0] - down, right : values.shape[1] - right]
