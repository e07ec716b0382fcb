"""A straight edge between dark and light, a little off the columns: what sharpness is measured on."""

import jax.numpy as jnp
import numpy as np

from isp.capture.scene import Scene, covered, places
from isp.core import Frame, Scalar, between, param
from isp.ops import charts


class SlantedEdge(Scene, paper="iso12233"):
    """An ideal edge, dark on the left, through the frame's middle (moved `across` by a share of its columns) and turned by `angle` from
    the vertical, clockwise. Each pixel holds the mean over its area, exactly; so the frame alone has the response of a pixel of full fill,
    |sinc(f cos angle) sinc(f sin angle)| along the edge's normal."""

    angle: Scalar = param(default=5.0, unit="deg", within=between(0.5, 89.5), usual=between(2, 15), doc="turn from the vertical")
    across: Scalar = param(default=0.0, unit="1", within=between(-0.5, 0.5), doc="share of the columns by which the edge is moved right")
    dark: Scalar = param(default=0.05, unit="1", within=between(0, 100), usual=between(0, 1), doc="reflectance left of the edge")
    light: Scalar = param(default=0.8, unit="1", within=between(0, 100), usual=between(0, 1), doc="reflectance right of it")

    def __call__(self, frame: Frame) -> Frame:
        row, column, rows, columns = places(frame)
        cosine, sine = jnp.cos(self.angle * (np.pi / 180)), jnp.sin(self.angle * (np.pi / 180))
        distance = (column - (columns - 1) / 2 - self.across * columns) * cosine + (row - (rows - 1) / 2) * sine
        return covered(frame, self.dark + (self.light - self.dark) * charts.ramp(distance, cosine, sine))
