"""The pedestal is subtracted for each phase of the mosaic, and the sensor's range becomes 0 to 1; nothing is clipped."""

import jax.numpy as jnp

from isp.core import Domain, Frame, Scalar, between, param
from isp.develop.level import Level


class SubtractBlack(Level, emits=Domain.MOSAIC, needs=("white",), takes=("black",)):
    """Subtract the black level of each filter, and scale so that the lowest white level becomes 1. Negative values survive: clipping
    them would bias every average of the shadows. `offset` corrects a black level that the file states wrongly."""

    offset: Scalar = param(
        default=0.0, unit="DN", within=between(-4096, 4096), usual=between(-64, 64), doc="added to the black level of every filter"
    )

    def __call__(self, frame: Frame) -> Frame:
        black = frame.per_filter(frame.black) + self.offset
        gain = 1 / jnp.min(frame.per_filter(frame.white) - black)
        return frame.scaled(gain, -black * gain).but(domain=Domain.MOSAIC)
