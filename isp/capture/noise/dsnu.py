"""No two pixels rest at the same level."""

import jax.numpy as jnp

from isp.capture.noise import Noise, laid_out
from isp.core import Frame, Scalar, between, param
from isp.ops.distributions import normal


class Dsnu(Noise, random=True, uses=("random", "exposure_time"), paper="emva1288"):
    """Dark signal non-uniformity: each site has a Gaussian offset of `deviation`, and one that grows with the exposure time by `growth`,
    since wells differ in dark current too. Both belong to the unit, are the same in every frame, and so no part of the noise model. Their
    mean is 0, so black stays where it was. Without an exposure time there is no growth.
    """

    deviation: Scalar = param(
        default=0.7, unit="e-", within=between(0, 1000), usual=between(0.1, 10), doc="standard deviation of the offsets"
    )
    growth: Scalar = param(
        default=0.5, unit="e-/s", within=between(0, 1e4), usual=between(0, 20), doc="standard deviation of dark currents"
    )

    def __call__(self, frame: Frame) -> Frame:
        words = frame.words(self, "unit")
        if words is None:
            return frame
        grown = 0.0 if frame.exposure_time is None else self.growth * jnp.asarray(frame.exposure_time, frame.pixels.dtype)
        return frame.but(pixels=frame.pixels.map(jnp.add, laid_out(self.deviation * normal(words[0]) + grown * normal(words[1]))))
