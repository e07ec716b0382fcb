"""A column shares an amplifier or a converter, and its errors."""

import jax.numpy as jnp

from isp.capture.noise import Noise, laid_out, noisy, pattern_option
from isp.core import Frame, Scalar, between, param
from isp.ops.distributions import normal


class Column(Noise, random=True, uses=("random",), gives=("noise",), paper="wei2020"):
    """Each column gets a Gaussian offset of its own, seen as stripes down the picture. `new` offsets come at every
    reading and count as noise; a `fixed` pattern belongs to the unit and does not.
    """

    deviation: Scalar = param(
        default=0.3, unit="e-", within=between(0, 1000), usual=between(0.05, 3), doc="standard deviation of the offsets"
    )
    pattern: str = pattern_option()

    def __call__(self, frame: Frame) -> Frame:
        words = frame.words(self, "readout" if self.pattern == "new" else "unit", along="columns")
        if words is None:
            return frame
        pixels = frame.pixels.map(jnp.add, laid_out(self.deviation * normal(words[0])))
        return noisy(frame, pixels, floor=self.deviation**2 if self.pattern == "new" else 0.0)
