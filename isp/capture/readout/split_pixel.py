"""A large and a small photodiode under one microlens."""

import jax.numpy as jnp

from isp.capture.readout import Readout, of_reading, other_light
from isp.core import Domain, Frame, Vector, between, param


class SplitPixel(Readout, accepts=(Domain.ELECTRONS,), emits=Domain.ELECTRONS, uses=("readout", "random", "noise"), gives=("white",)):
    """Reading 0 is that of the large diode, reading 1 that of the small one: at the same moment and for the same time it gathers
    `sensitivities`[i] times the electrons, and is full at `capacities`[i], which is white from here on; `pixel.full_well` holds electrons
    there. The diodes catch different photons, and are different dies as far as PRNU, DSNU and defects are concerned. Stands before the
    first noise.
    """

    sensitivities: Vector = param(
        default=(1.0, 0.05), unit="1", within=between(1e-6, 10), shape=(None,), doc="electrons of each diode over those of a whole pixel"
    )
    capacities: Vector = param(
        default=(12000.0, 8000.0), unit="e-", within=between(1, 1e7), shape=(None,), doc="electrons that each diode holds"
    )

    @property
    def readings(self) -> int:
        """How many readings one capture has."""
        return len(self.sensitivities)

    def __call__(self, frame: Frame) -> Frame:
        white = jnp.broadcast_to(of_reading(self.capacities, frame), (frame.filters,))
        return frame.scaled(of_reading(self.sensitivities, frame)).but(white=white, random=other_light(frame, "unit"))
