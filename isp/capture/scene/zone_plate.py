"""Rings that grow finer outwards: every frequency, in every direction."""

import jax.numpy as jnp
import numpy as np

from isp.capture.scene import Scene, covered, places
from isp.core import Frame, Scalar, between, param
from isp.ops import charts


class ZonePlate(Scene):
    """A circular zone plate about the middle: mean (1 + contrast cos(pi f r^2 / R)), whose frequency grows in proportion to the distance r
    and is f cycles a pixel at R, half of the shorter side. A pixel holds the wave at its centre, lessened by what a mean over the pixel
    leaves of a plane wave of that frequency."""

    contrast: Scalar = param(default=0.9, unit="1", within=between(0, 1), doc="(light - dark) / (light + dark)")
    mean: Scalar = param(default=0.45, unit="1", within=between(0, 100), usual=between(0, 1), doc="mean reflectance")
    finest: Scalar = param(default=0.5, unit="cycles/px", within=between(0.01, 2), doc="frequency at half of the shorter side")

    def __call__(self, frame: Frame) -> Frame:
        row, column, rows, columns = places(frame)
        down, right = row - (rows - 1) / 2, column - (columns - 1) / 2
        rate = self.finest / (jnp.minimum(rows, columns) / 2)
        wave = jnp.cos(np.pi * rate * (down * down + right * right)) * charts.kept(rate * down, rate * right)
        return covered(frame, self.mean * (1 + self.contrast * wave))
