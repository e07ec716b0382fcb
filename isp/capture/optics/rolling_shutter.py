"""Rows are exposed one after another: what moves meanwhile leans."""

import jax.numpy as jnp

from isp.capture.optics import Optics, from_centre, swept
from isp.core import Frame, Scalar, Vector, between, param, whole_number
from isp.ops.separable import shift_weights


class RollingShutter(Optics, paper="meingast2005"):
    """Each row begins `row_time` after the one above it, while the picture of the scene moves at `velocity`: verticals lean, and heights are
    stretched or squeezed. The middle row is where it would be without. Rows are read by Keys' cubic, down and then across, which is exact
    for one velocity; a displacement beyond `support` is held there."""

    row_time: Scalar = param(default=2e-5, unit="s", within=between(0, 0.01), usual=between(1e-6, 1e-4), doc="from one row to the next")
    velocity: Vector = param(
        default=(-300.0, 500.0),
        unit="px/s",
        within=between(-1e6, 1e6),
        usual=between(-5000, 5000),
        shape=(2,),
        doc="of the picture, down and across",
    )
    support: int = whole_number(default=1, unit="px", within=between(1, 64), doc="the farthest that light may be displaced, down or across")

    def __call__(self, frame: Frame) -> Frame:
        down, _ = from_centre(frame, self.reach)
        channels = range(frame.pixels.channels)
        moved = [self.weights(-speed * self.row_time * down) for speed in self.velocity]
        return frame.but(pixels=swept(frame.pixels, self.reach, *([way for _ in channels] for way in moved)))

    def weights(self, displacement):
        """Those of a displacement for each row."""
        return shift_weights(jnp.clip(displacement, -self.support, self.support), self.reach)

    @property
    def reach(self) -> int:
        """Samples read around a site."""
        return self.support + 1
