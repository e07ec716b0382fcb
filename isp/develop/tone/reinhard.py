"""The photographic operator: luminance is divided by one plus itself, and the white point burns out."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.tone import Tone, sensor_white
from isp.ops.colour import luminance_weights

ROOM = 1e-3
"""The least room to white that colours are fitted into."""


class Reinhard(Tone, uses=("white", "primaries"), paper="reinhard2002"):
    """Reinhard's global operator with a white point, L (1 + L / w^2) / (1 + L), on luminance; colour follows by ratio. `key` scales the
    scene first, as the paper's key value over the log-average does. The white point w is a multiple of the value at which the sensor
    saturates (of 1 where that is not known), so with both at 1 the curve is the identity: there is nothing to compress.

    A ratio alone pushes bright colours out of range, and clipping them bends their hue. They are drawn towards the grey of their
    luminance just as far as the range asks, by a smooth minimum. Luminance at or below zero keeps the slope of black.
    """

    key: Scalar = param(default=1.0, unit="1", within=between(0.01, 100), usual=between(0.25, 8), doc="gain before the curve")
    white: Scalar = param(
        default=1.0, unit="1", within=between(0.25, 64), usual=between(1, 16), doc="scene value that becomes 1, over sensor white"
    )

    def __call__(self, frame: Frame) -> Frame:
        red, green, blue = luminance_weights(frame.primaries)
        white = self.key * self.white * sensor_white(frame)

        def gain(luminance: Array) -> Array:
            light = jnp.maximum(self.key * luminance, 0.0)
            return self.key * (1 + light / white**2) / (1 + light)

        def shown(r: Array, g: Array, b: Array) -> tuple[Array, Array, Array]:
            luminance = red * r + green * g + blue * b
            ratio = gain(luminance)
            grey, colour = luminance * ratio, (r * ratio, g * ratio, b * ratio)
            excess = (jnp.maximum(jnp.maximum(*colour[:2]), colour[2]) - grey) / jnp.maximum(1 - grey, ROOM)
            share = within_room(excess)
            return tuple(grey + share * (c - grey) for c in colour)  # type: ignore[return-value]

        facts = None if frame.white is None else jnp.asarray(frame.white) * gain(jnp.asarray(frame.white))
        return frame.but(pixels=frame.pixels.sites(shown), white=facts, noise=None)


def within_room(excess: Array) -> Array:
    """A smooth form of min(1, 1/excess): (1 + excess^4)^(-1/4), with the larger term divided out so that no value overflows."""
    scale = jnp.maximum(excess, 1.0)
    small, large = (1 / scale) ** 2, (excess / scale) ** 2
    return 1 / (scale * jnp.sqrt(jnp.sqrt(small * small + large * large)))
