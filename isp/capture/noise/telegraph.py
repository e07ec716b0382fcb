"""A trap beside an amplifier holds an electron, or does not."""

import jax.numpy as jnp

from isp.capture.noise import Noise, laid_out, noisy
from isp.core import Frame, Scalar, between, param
from isp.ops.distributions import either, rare


class Telegraph(Noise, random=True, uses=("random",), gives=("noise",), paper="janesick2007"):
    """Random telegraph noise: a `share` of the sites, chosen by the unit, jumps between two levels, and each reading finds it at either
    with the same probability. How far apart they are is exponentially distributed over these sites, with mean `amplitude`, and belongs
    to the unit too. Its variance over all sites, share x amplitude^2 / 2, is added to the noise model; a denoiser that believes the model
    at each site will be surprised at these.
    """

    share: Scalar = param(default=0.01, unit="1", within=between(1e-7, 1), usual=between(1e-4, 0.1), doc="share of sites that jump")
    amplitude: Scalar = param(default=8.0, unit="e-", within=between(0, 1e4), usual=between(1, 50), doc="mean distance of the two levels")

    def __call__(self, frame: Frame) -> Frame:
        die, reading = frame.words(self, "unit"), frame.words(self, "readout")
        if die is None or reading is None:
            return frame
        jumps = 0.5 * self.amplitude * rare(die[0], self.share) * either(reading[0])
        pixels = frame.pixels.map(jnp.add, laid_out(jumps))
        return noisy(frame, pixels, floor=0.5 * self.share * self.amplitude**2)
