"""Every colour is cut at the lowest saturation level, so that what saturates becomes neutral."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.develop.highlight import Highlight


class Clip(Highlight):
    """Hold every channel to the lowest white level of the three.

    The corner is rounded, y = (x + w - sqrt((x - w)^2 + d^2)) / 2 with d = `shoulder` w: values beyond white keep a slope, and a value
    at half of white moves by d^2 / 2.
    """

    shoulder: Scalar = param(
        default=0.004, unit="of white", within=between(0.0005, 0.5), usual=between(0.002, 0.05), doc="rounding of the corner"
    )

    def __call__(self, frame: Frame) -> Frame:
        white = jnp.min(jnp.asarray(frame.white))
        width = self.shoulder * white
        pixels = frame.pixels.map(lambda x: 0.5 * (x + white - jnp.sqrt((x - white) ** 2 + width**2)))
        return frame.but(pixels=pixels, white=jnp.full_like(frame.white, white))
