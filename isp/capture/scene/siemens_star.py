"""Spokes that grow finer towards the middle."""

import jax.numpy as jnp
import numpy as np

from isp.capture.scene import Scene, covered, places
from isp.core import Frame, Scalar, between, param, whole_number
from isp.ops import charts


class SiemensStar(Scene, paper="loebich2007"):
    """A sinusoidal star: `cycles` periods around the middle of the frame, out to `radius` of half its shorter side, on a grey of the mean.
    At r pixels from the middle the frequency is cycles / (2 pi r) in cycles a pixel. A pixel holds the wave at its centre, lessened by
    what a mean over the pixel leaves of a plane wave of that frequency (to 1e-3 of the contrast where a period is 4 pixels or more)."""

    contrast: Scalar = param(default=0.9, unit="1", within=between(0, 1), doc="(light - dark) / (light + dark)")
    mean: Scalar = param(default=0.45, unit="1", within=between(0, 100), usual=between(0, 1), doc="mean reflectance")
    radius: Scalar = param(default=0.95, unit="1", within=between(0.01, 2), doc="outer radius over half of the shorter side")
    cycles: int = whole_number(default=72, unit="periods", within=between(1, 1024), doc="periods around the star")

    def __call__(self, frame: Frame) -> Frame:
        row, column, rows, columns = places(frame)
        down, right = row - (rows - 1) / 2, column - (columns - 1) / 2
        squared = jnp.maximum(down * down + right * right, 0.01)
        angle = jnp.arctan2(down, jnp.where((down == 0) & (right == 0), 1, right))
        frequency = self.cycles / (2 * np.pi) / squared
        wave = jnp.cos(self.cycles * angle) * charts.kept(frequency * right, frequency * down)
        edge = charts.disc(jnp.sqrt(squared), self.radius * jnp.minimum(rows, columns) / 2)
        return covered(frame, self.mean * (1 + self.contrast * wave * edge))
