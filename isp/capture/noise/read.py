"""The amplifier that reads a well adds noise of its own."""

import jax.numpy as jnp

from isp.capture.noise import Noise, laid_out, noisy
from isp.core import Frame, Scalar, between, param
from isp.ops.distributions import normal


class Read(Noise, random=True, uses=("random",), gives=("noise",), paper="emva1288"):
    """Gaussian noise of standard deviation `deviation`, the same at every level, another one at each reading. A table over iso says how
    amplification lowers it; two knots side by side (799 and 800, say) say where a pixel of dual conversion gain switches.
    """

    deviation: Scalar = param(
        default=2.0, unit="e-", within=between(0, 1000), usual=between(0.5, 20), doc="standard deviation of one reading"
    )

    def __call__(self, frame: Frame) -> Frame:
        words = frame.words(self, "readout")
        if words is None:
            return frame
        pixels = frame.pixels.map(jnp.add, laid_out(self.deviation * normal(words[0])))
        return noisy(frame, pixels, floor=self.deviation**2)
