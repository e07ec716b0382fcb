"""Something passes by while the shutter is open."""

import jax.numpy as jnp

from isp.capture.scene import Scene, covered, places
from isp.core import Frame, Scalar, between, param
from isp.ops import charts


class MovingPatch(Scene, uses=("moment", "exposure_time")):
    """A rectangle that moves along the rows: at time 0 its middle is the frame's, at time t it is `velocity` t columns to the right. The
    exposure begins at `frame.moment` (0 where not known) and sees the mean over its time, which with the mean over each pixel's area is
    a closed form: exact. Without an exposure time the moment alone is seen."""

    velocity: Scalar = param(
        default=300.0, unit="px/s", within=between(-1e6, 1e6), usual=between(-2000, 2000), doc="columns a second, rightwards"
    )
    patch: Scalar = param(default=0.8, unit="1", within=between(0, 100), usual=between(0, 1), doc="reflectance of the rectangle")
    ground: Scalar = param(default=0.15, unit="1", within=between(0, 100), usual=between(0, 1), doc="reflectance behind it")
    height: Scalar = param(default=0.43, unit="1", within=between(0, 1), doc="rows of the rectangle, over those of the frame")
    width: Scalar = param(default=0.31, unit="1", within=between(0, 1), doc="columns of the rectangle, over those of the frame")

    def __call__(self, frame: Frame) -> Frame:
        row, column, rows, columns = places(frame)
        begin, time = (jnp.asarray(0.0 if t is None else t, row.dtype) for t in (frame.moment, frame.exposure_time))
        middle = (columns - 1) / 2 + self.velocity * (begin + time / 2)
        smear, half = jnp.abs(self.velocity) * time, self.width * columns / 2
        across = charts.ramp(column - middle + half, smear, 1.0) - charts.ramp(column - middle - half, smear, 1.0)
        down = charts.interval(row, (rows - 1) / 2 - self.height * rows / 2, (rows - 1) / 2 + self.height * rows / 2)
        return covered(frame, self.ground + (self.patch - self.ground) * down * across)
