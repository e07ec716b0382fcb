"""What a blur would take away is added once more: edges gain contrast, noise and halos are held back."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.detail import Detail
from isp.ops.colour import luminance_weights
from isp.ops.fuse import cut

REACH = 6
"""Pixels that the blur reads on each side: three deviations at the widest."""
DARK = 1e-4
"""Luminance added under the square root, a few steps of 16 bits: it bounds the slope at black."""


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
        down = cut(sharp.stencil(REACH, lambda near, _: self.blurred(lambda i: near(i, 0)), across=0))
        soft = down.stencil(0, lambda near, _: self.blurred(lambda i: near(0, i)), across=REACH)

        def scaled(r: Array, g: Array, b: Array, value: Array, blurred: Array) -> tuple[Array, Array, Array]:
            gain = self.gain(value, value - blurred, self.floor(frame, value, weights))
            return r * gain, g * gain, b * gain

        return frame.but(pixels=colour.sites(scaled, sharp, soft), noise=None)

    def blurred(self, tap) -> Array:
        """The Gaussian mean of `tap(i)` for i from -REACH to REACH."""
        weights = [jnp.exp(-0.5 * (i / self.radius) ** 2) for i in range(REACH + 1)]
        total = weights[0] + 2 * sum(weights[1:])
        return sum((w / total * (tap(i) + tap(-i)) for i, w in enumerate(weights[1:], 1)), weights[0] / total * tap(0))

    def gain(self, value: Array, detail: Array, floor: Array) -> Array:
        """What light is multiplied by where root luminance `value` has `detail`, of which `floor` (squared) is noise."""
        power = jnp.square(detail)
        boost = self.amount * detail * (power / (power + floor))
        boost = boost / (1 + jnp.abs(boost) * (1 / self.limit + 2 / value))
        return jnp.square(1 + boost / value)

    def floor(self, frame: Frame, value: Array, weights: tuple[float, float, float]) -> Array:
        """The square of the structure that counts as noise: the threshold and, where it is known, the noise of root luminance."""
        flat = jnp.square(jnp.asarray(self.threshold, frame.pixels.dtype))
        if frame.noise is None:
            return flat
        slope, level = jnp.square(jnp.asarray(weights, flat.dtype)) @ jnp.asarray(frame.noise, flat.dtype)
        light = jnp.square(value)
        # var(sqrt L) = var(L) / (4 L); L is at least DARK here.
        return flat + jnp.square(self.noise) * jnp.maximum(slope * light + level, 0.0) / (4 * light)
