"""A few wells leak."""

import jax.numpy as jnp

from isp.capture.noise import Noise, counts_option, doubling_param, laid_out, reference_param, temperature_param, warmth
from isp.core import Frame, Scalar, between, param
from isp.ops import distributions


class HotPixels(Noise, random=True, needs=("exposure_time",), uses=("random",), smooth={"counts": "smooth"}, paper="janesick2007"):
    """A `share` of the sites, chosen by the unit, has a dark current of its own, exponentially distributed with mean `current` at the
    `reference` temperature, and its shot noise. The noise model stays as it was: with photons counted its slope is 1, and says what a
    hot site adds too. `frame.defects` is not given: nobody told the camera where they are, and how many there are is not known before a
    frame is drawn; calibration finds them, as a factory does. Without `frame.random` no site is hot.
    """

    share: Scalar = param(default=2e-3, unit="1", within=between(1e-7, 1), usual=between(1e-6, 1e-2), doc="share of sites that are hot")
    current: Scalar = param(
        default=200.0, unit="e-/s", within=between(0, 1e6), usual=between(10, 1e4), doc="mean dark current of a hot site"
    )
    reference: Scalar = reference_param()
    doubling: Scalar = doubling_param()
    temperature: Scalar = temperature_param()
    counts: str = counts_option()

    def __call__(self, frame: Frame) -> Frame:
        die, light = frame.words(self, "unit"), frame.words(self, "exposure")
        if die is None or light is None:
            return frame
        mean = self.current * warmth(self.temperature, self.reference, self.doubling) * jnp.asarray(frame.exposure_time, frame.pixels.dtype)
        draw = distributions.poisson if self.counts == "whole" else distributions.poisson_smooth
        leaked = draw(mean * distributions.rare(die[0], self.share), light[0])
        return frame.but(pixels=frame.pixels.map(jnp.add, laid_out(leaked)))
