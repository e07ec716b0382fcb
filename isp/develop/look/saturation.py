"""Colours move away from, or towards, the grey of their own luminance."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.develop.look import Look
from isp.ops.colour import luminance_weights, mixed_noise


class Saturation(Look, uses=("primaries",)):
    """Scale the difference of each channel from the luminance, which stays. 0 is grey, 1 changes nothing. The weights of the luminance are
    those of the frame's primaries, or of sRGB where none are named."""

    amount: Scalar = param(default=1.1, unit="1", within=between(0, 4), usual=between(0, 2), doc="gain of the distance from grey")

    def __call__(self, frame: Frame) -> Frame:
        weights = jnp.asarray(luminance_weights(frame.primaries), frame.pixels.dtype)
        amount = jnp.asarray(self.amount, frame.pixels.dtype)
        matrix = amount * jnp.eye(3, dtype=weights.dtype) + (1 - amount) * weights[None, :]

        def away(r, g, b):
            grey = (1 - amount) * (weights[0] * r + weights[1] * g + weights[2] * b)
            return grey + amount * r, grey + amount * g, grey + amount * b

        return frame.but(pixels=frame.pixels.sites(away), noise=mixed_noise(matrix, frame.noise))
