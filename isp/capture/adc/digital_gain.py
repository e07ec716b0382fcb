"""Sensitivity beyond what the amplifier has, by multiplication."""

import jax.numpy as jnp

from isp.capture.adc import Adc, digitised, rounding_option
from isp.core import Domain, Frame, Scalar, at_least, between, param


class DigitalGain(
    Adc,
    accepts=(Domain.MOSAIC_DN,),
    needs=("black",),
    uses=("white", "noise", "bits"),
    gives=("white", "bits"),
    smooth={"rounding": "none"},
    paper="emva1288",
):
    """Numbers are moved away from black by `gain`, rounded and held to the bits they have (16 where that is not known). Noise and signal
    grow alike, so nothing is gained but brightness, and the lights that no longer fit are lost: white stays at the largest number. Usually
    a table over iso: 1 up to where the analogue gain ends, then in proportion. Rounding and clipping are straight through.
    """

    gain: Scalar = param(default=2.0, unit="1", within=at_least(1e-3), usual=between(1, 16), doc="factor by which numbers grow")
    rounding: str = rounding_option()

    def __call__(self, frame: Frame) -> Frame:
        black = frame.per_filter(jnp.asarray(frame.black, frame.pixels.dtype))
        return digitised(frame.scaled(self.gain, black * (1 - self.gain)), frame.bits or 16, self.rounding)
