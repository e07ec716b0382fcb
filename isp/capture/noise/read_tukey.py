"""Read noise as cameras have it in the dark: more far outliers than a Gaussian."""

import jax.numpy as jnp

from isp.capture.noise import Noise, laid_out, noisy
from isp.core import Frame, Scalar, between, param
from isp.ops.distributions import tukey_lambda


class ReadTukey(Noise, random=True, uses=("random",), gives=("noise",), paper="wei2020"):
    """Noise of Tukey's lambda distribution, another one at each reading: `shape` 0.14 is nearly Gaussian, 0 logistic, and below 0 the
    tails are heavy. `deviation` is its standard deviation at every shape (not the scale that papers quote, whose variance changes with
    the shape); below a shape of -0.45 there would soon be none.
    """

    deviation: Scalar = param(
        default=2.0, unit="e-", within=between(0, 1000), usual=between(0.5, 20), doc="standard deviation of one reading"
    )
    shape: Scalar = param(
        default=-0.1, unit="1", within=between(-0.45, 1), usual=between(-0.3, 0.15), doc="lambda: how light the tails are"
    )

    def __call__(self, frame: Frame) -> Frame:
        words = frame.words(self, "readout")
        if words is None:
            return frame
        pixels = frame.pixels.map(jnp.add, laid_out(self.deviation * tukey_lambda(words[0], self.shape)))
        return noisy(frame, pixels, floor=self.deviation**2)
