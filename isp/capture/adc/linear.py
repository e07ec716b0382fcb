"""A straight line from electrons to numbers."""

import jax.numpy as jnp

from isp.capture.adc import Adc, bits_number, digitised, rounding_option
from isp.core import Frame, Scalar, at_least, between, param


class Linear(Adc, uses=("black", "white", "noise", "iso"), gives=("black", "white", "bits"), smooth={"rounding": "none"}, paper="emva1288"):
    """Numbers are `gain` x electrons + `pedestal`, rounded, and held between 0 and 2^bits - 1. The gain is that at `base_iso`, and grows
    in proportion to the frame's ISO. Black is the pedestal, and what electrons of no light (`frame.black`) come to; white is where the
    well is full or the numbers end, whichever comes first; rounding adds 1/12 to the variance. Rounding and clipping are straight through.
    """

    gain: Scalar = param(default=0.16, unit="DN/e-", within=at_least(1e-6), doc="system gain at the base ISO")
    base_iso: Scalar = param(default=100.0, unit="1", within=at_least(1), doc="ISO at which the gain is that")
    pedestal: Scalar = param(default=64.0, unit="DN", within=between(0, 2**18), usual=between(0, 4096), doc="number that no charge becomes")
    bits: int = bits_number(10)
    rounding: str = rounding_option()

    def __call__(self, frame: Frame) -> Frame:
        kind = frame.pixels.dtype
        gain = self.gain * (1.0 if frame.iso is None else jnp.asarray(frame.iso, kind) / self.base_iso)
        dark = 0.0 if frame.black is None else jnp.asarray(frame.black, kind)
        return digitised(frame.scaled(gain, self.pedestal), self.bits, self.rounding, black=frame.per_filter(gain * dark + self.pedestal))
