"""A dim room with a row of windows and a lamp: more range than one exposure holds."""

import jax.numpy as jnp
import numpy as np

from isp.capture.scene import Scene, covered, places
from isp.core import Frame, Scalar, between, param, whole_number
from isp.ops import charts

DECIBEL = float(np.log(10) / 20)


class Hdr(Scene):
    """A row of `windows` across the lower half, in even steps of `range` decibels in all (20 dB: a factor of ten): window k of n, from
    the left, sends 10^(-range k / (20 (n - 1))) times `brightest` times white. The wall is `wall`; above hangs a round lamp as bright as
    the brightest window. Pixels mix by area; the lamp's edge to 0.04 of it."""

    range: Scalar = param(default=119.0, unit="dB", within=between(1, 200), usual=between(60, 140), doc="brightest over darkest window")
    brightest: Scalar = param(
        default=50.0, unit="1", within=between(1e-3, 1e6), doc="luminance of the first window and the lamp, over white"
    )
    wall: Scalar = param(default=0.005, unit="1", within=between(0, 100), usual=between(0, 1), doc="reflectance of the wall")
    windows: int = whole_number(default=13, unit="windows", within=between(2, 256), doc="number of windows")

    def __call__(self, frame: Frame) -> Frame:
        row, column, rows, columns = places(frame)
        steps = jnp.arange(self.windows, dtype=row.dtype) / (self.windows - 1)
        levels = self.brightest * jnp.exp(-DECIBEL * self.range * steps)
        tall, wide = charts.grid(rows, columns, 2, self.windows, 0.031, 0.87)
        lower, across = charts.tiled(row, tall[1:].astype(row.dtype)), charts.tiled(column, wide.astype(row.dtype))
        (board,) = charts.painted(lower, across, levels[None, None], self.wall)
        down, right = row + 0.5 - rows / 4, column + 0.5 - columns / 2
        lamp = charts.disc(jnp.sqrt(down * down + right * right), 0.09 * jnp.minimum(rows, columns))
        return covered(frame, board + lamp * (self.brightest - self.wall))
