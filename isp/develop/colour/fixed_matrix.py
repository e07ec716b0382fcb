"""A 3x3 matrix of one's own takes balanced camera colours to named primaries."""

import jax.numpy as jnp

from isp.core import Frame, Vector, between, option, param
from isp.develop.colour import Colour, worked
from isp.ops.colour import PRIMARIES


class FixedMatrix(Colour, gives=("primaries",)):
    """Multiply balanced camera RGB by `matrix`: one that was fitted to a chart, came with a sensor's tuning, or is being tuned. Rows that
    sum to one keep grey grey; nothing here makes them do so."""

    matrix: Vector = param(
        default=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
        unit="1",
        within=between(-16, 16),
        usual=between(-3, 3),
        shape=(3, 3),
        doc="working RGB of camera red, green and blue: one row for each working colour",
    )
    primaries: str = option(default="srgb", choices=tuple(PRIMARIES), doc="primaries that the matrix leads to")

    def __call__(self, frame: Frame) -> Frame:
        return worked(frame, jnp.asarray(self.matrix, frame.pixels.dtype), self.primaries)
