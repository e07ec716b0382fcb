"""No two pixels answer light alike."""

import jax.numpy as jnp

from isp.capture.noise import Noise, laid_out
from isp.core import Frame, Scalar, between, param
from isp.ops.distributions import normal


class Prnu(Noise, random=True, uses=("random",), paper="emva1288"):
    """Photo response non-uniformity: each site multiplies its electrons by a Gaussian gain of mean 1, which belongs to the unit. It is
    the same in every frame, and so no part of the noise model. It stands before `noise.photon`, since a site that answers less gathers
    fewer electrons, with their smaller shot noise.
    """

    deviation: Scalar = param(default=0.6, unit="%", within=between(0, 30), usual=between(0.1, 3), doc="standard deviation of the gains")

    def __call__(self, frame: Frame) -> Frame:
        words = frame.words(self, "unit")
        if words is None:
            return frame
        return frame.but(pixels=frame.pixels.map(jnp.multiply, laid_out(1 + 0.01 * self.deviation * normal(words[0]))))
