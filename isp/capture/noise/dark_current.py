"""Warm silicon frees electrons without light."""

import jax.numpy as jnp

from isp.capture.noise import Noise, counts_option, doubling_param, laid_out, noisy, reference_param, temperature_param, warmth
from isp.core import Frame, Scalar, between, param
from isp.ops import distributions


class DarkCurrent(
    Noise,
    random=True,
    needs=("exposure_time",),
    uses=("random", "black", "white", "noise"),
    gives=("black", "noise"),
    smooth={"counts": "smooth"},
    paper="janesick2007",
):
    """Every well gathers `current` electrons a second at the `reference` temperature, twice as many for each `doubling` of warmth,
    Poisson distributed: their mean is added to the pixels, their variance to the floor of the noise. Optical black gathers as many, and
    a camera takes its black level from there: `frame.black` rises by the mean, so that developing subtracts it and only the noise stays.
    Sites that leak more than the rest are `noise.hot_pixels`; how much wells differ otherwise is `noise.dsnu`.
    """

    current: Scalar = param(default=5.0, unit="e-/s", within=between(0, 1e5), usual=between(0.1, 100), doc="dark current at the reference")
    reference: Scalar = reference_param()
    doubling: Scalar = doubling_param()
    temperature: Scalar = temperature_param()
    counts: str = counts_option()

    def __call__(self, frame: Frame) -> Frame:
        mean = self.current * warmth(self.temperature, self.reference, self.doubling) * jnp.asarray(frame.exposure_time, frame.pixels.dtype)
        black = frame.per_filter(mean if frame.black is None else jnp.asarray(frame.black, frame.pixels.dtype) + mean)
        raised, words = frame.scaled(1.0, mean).but(black=black), frame.words(self, "exposure")
        if words is None:
            return raised
        draw = distributions.poisson if self.counts == "whole" else distributions.poisson_smooth
        return noisy(raised, frame.pixels.map(jnp.add, laid_out(draw(mean, words[0]))), floor=mean)
