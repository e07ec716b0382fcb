"""What a blur would take away is added once more: edges gain contrast, noise and halos are held back."""

from dataclasses import replace

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.detail import Detail
from isp.ops.colour import luminance_weights
from isp.ops.fuse import cut, parted
from isp.ops.separable import gaussian

REACH = 6
"""Pixels that the blur reads on each side: three deviations at the widest."""
DARK = 1e-4
"""Luminance added under the square root, a few steps of 16 bits: it bounds the slope at black."""
TINY = 1e-18
"""Added to a squared share, so that no structure and no noise are not 0 / 0 in light without bounds."""


class Unsharp(Detail, uses=("primaries", "noise"), reach=REACH):
    """Unsharp masking on the square root of luminance, which the eye reads about evenly: the difference d from a Gaussian blur, cored and
    limited, is added back, and each colour is scaled with its luminance, so that hues stay.

    Coring multiplies d by d^2 / (d^2 + t^2): structure well below `threshold`, or below `noise` deviations where the frame knows its noise,
    is left as it was. The limit makes the boost a / (1 + a / limit), so that strong edges get no wide halos; it also never takes more than
    half of a dark pixel's value. Both are smooth. The Gaussian has a fixed reach, so `radius` is a value like any other and can be tuned.
    The noise model, no longer true, is dropped.
    """

    amount: Scalar = param(default=0.7, unit="1", within=between(0, 8), usual=between(0, 2), doc="gain of the fine structure")
    radius: Scalar = param(default=1.0, unit="px", within=between(0.3, 2), doc="standard deviation of the blur")
    threshold: Scalar = param(
        default=0.004, unit="sqrt", within=between(1e-4, 0.2), usual=between(1e-3, 0.02), doc="structure, in root luminance, taken as noise"
    )
    noise: Scalar = param(default=1.0, unit="deviations", within=between(0, 8), usual=between(0, 3), doc="noise deviations taken as noise")
    limit: Scalar = param(default=0.12, unit="sqrt", within=between(0.005, 2), usual=between(0.03, 0.5), doc="most that a value may move")

    def __call__(self, frame: Frame) -> Frame:
        weights = luminance_weights(frame.primaries)

        def root(r: Array, g: Array, b: Array) -> Array:
            return jnp.sqrt(jnp.maximum(weights[0] * r + weights[1] * g + weights[2] * b, 0.0) + DARK)

        # The cuts keep XLA from computing the tone curve and the first pass again for every tap of the second.
        colour = frame.pixels.flat()
        sharp = cut(colour.sites(root))
        soft = replace(sharp, planes=((gaussian(sharp.planes[0][0], self.radius, REACH),),), margin=sharp._less((REACH, REACH)))
        numbers = (self.amount, 1 / self.limit, *self.floor(frame, weights))
        # What comes back to the values is found before it is padded, and not in the midst of it.
        gain = cut(sharp.trimmed(soft.margin).map(parted).bent(_gain, cut(soft), numbers=numbers))
        return frame.but(pixels=colour.sites(lambda r, g, b, gain: (r * gain, g * gain, b * gain), gain), noise=None)

    def floor(self, frame: Frame, weights: tuple[float, float, float]) -> tuple[Array, ...]:
        """The square of the structure that counts as noise: its constant part and, where the noise of the frame is known, slope and level of
        the variance of luminance, times `noise` squared."""
        flat = jnp.square(jnp.asarray(self.threshold, frame.pixels.dtype))
        if frame.noise is None:
            return (flat,)
        slope, level = jnp.square(jnp.asarray(weights, flat.dtype)) @ jnp.asarray(frame.noise, flat.dtype)
        return flat, jnp.square(self.noise) * slope, jnp.square(self.noise) * level


def _gain(value: Array, blurred: Array, amount: Array, tight: Array, flat: Array, *noise: Array) -> Array:
    """What light is multiplied by where root luminance is `value` and `blurred` around; `tight` is one over the limit."""
    # All in shares of the value, whose square would overflow for the largest light.
    light = jnp.square(value)
    detail, floor = (value - blurred) / value, flat / light + TINY
    if noise:
        # var(sqrt L) = var(L) / (4 L); L is at least DARK here.
        floor = floor + jnp.maximum(noise[0] + noise[1] / light, 0.0) / (4 * light)
    power = jnp.square(detail)
    boost = amount * detail * (power / (power + floor))
    return jnp.square(1 + boost / (1 + jnp.abs(boost) * (tight * value + 2)))
