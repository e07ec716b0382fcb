"""Stops around a pivot are spread or drawn together."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.look import Look
from isp.ops.colour import luminance_weights

DARKEST = 1e-6
"""Luminance below which the gain no longer changes; far below any noise, it keeps the logarithm finite at and below zero."""


class Contrast(Look, uses=("primaries", "white")):
    """A colour gets the gain that its luminance calls for: a power of `amount` near `pivot`, flattening out over `width` stops on
    both sides, so that black keeps a finite slope and highlights a finite gain. One gain for the three channels: hue and saturation
    stay. Monotone for every value. The noise model, no longer a straight line, is dropped; `white` moves along."""

    amount: Scalar = param(default=1.1, unit="1", within=between(0.2, 4), usual=between(0.5, 2), doc="slope in stops per stop at the pivot")
    pivot: Scalar = param(default=0.18, unit="1", within=between(0.01, 2), usual=between(0.05, 0.5), doc="luminance that stays as it is")
    width: Scalar = param(
        default=3.0, unit="EV", within=between(0.25, 12), usual=between(1, 6), doc="stops around the pivot over which the contrast acts"
    )

    def __call__(self, frame: Frame) -> Frame:
        red, green, blue = luminance_weights(frame.primaries)

        def spread(r, g, b):
            gain = self.gain(red * r + green * g + blue * b)
            return r * gain, g * gain, b * gain

        white = None if frame.white is None else jnp.asarray(frame.white) * self.gain(jnp.asarray(frame.white))
        return frame.but(pixels=frame.pixels.sites(spread), noise=None, white=white)

    def gain(self, luminance: Array) -> Array:
        """What colours of a luminance are multiplied by."""
        width = self.width * 0.6931471805599453
        stops = jnp.log(jnp.maximum(luminance, DARKEST) / self.pivot)
        return jnp.exp((self.amount - 1) * stops / jnp.sqrt(1 + (stops / width) ** 2))
