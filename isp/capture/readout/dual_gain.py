"""One charge, amplified twice."""

import jax.numpy as jnp

from isp.capture.readout import Readout, of_reading
from isp.core import Domain, Frame, Vector, between, param


class DualGain(Readout, accepts=(Domain.SCENE, Domain.ELECTRONS), emits=None, needs=("iso",), uses=("readout", "random"), gives=("iso",)):
    """Dual gain read-out: the charge of one exposure is read with two conversion gains. Reading i has `gains`[i] times the ISO asked for,
    and with it the gain of `adc.linear` and every table over iso: the read noise and the full well of that gain. The photons are the
    same, and so is their noise; only what the reading adds is drawn anew.
    """

    gains: Vector = param(
        default=(1.0, 0.125), unit="1", within=between(1e-4, 1e4), shape=(None,), doc="gain of each reading over the one asked for"
    )

    @property
    def readings(self) -> int:
        """How many readings one capture has."""
        return len(self.gains)

    def __call__(self, frame: Frame) -> Frame:
        return frame.but(iso=jnp.asarray(frame.iso, frame.pixels.dtype) * of_reading(self.gains, frame))
