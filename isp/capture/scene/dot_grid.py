"""Dark dots on a light ground, evenly spaced: what distortion and lateral colour are measured on."""

import jax.numpy as jnp

from isp.capture.scene import Scene, covered, places
from isp.core import Frame, Scalar, between, param
from isp.ops import charts


class DotGrid(Scene, paper="iso17850"):
    """Round dots on a square grid, one of which lies in the middle of the frame. Dots go on beyond its border, so that a lens which shows more than the
    frame shows more of them. Pixels on the rim of a dot mix by area, to 0.04."""

    pitch: Scalar = param(
        default=0.08, unit="of shorter side", within=between(0.01, 1), usual=between(0.03, 0.2), doc="distance from dot to dot"
    )
    size: Scalar = param(default=0.4, unit="of pitch", within=between(0.05, 0.95), usual=between(0.2, 0.6), doc="diameter of a dot")
    dark: Scalar = param(default=0.05, unit="1", within=between(0, 100), usual=between(0, 1), doc="reflectance of the dots")
    light: Scalar = param(default=0.8, unit="1", within=between(0, 100), usual=between(0, 1), doc="reflectance of the ground")

    def __call__(self, frame: Frame) -> Frame:
        row, column, rows, columns = places(frame)
        pitch = self.pitch * jnp.minimum(rows, columns)
        down, right = (at - pitch * jnp.round(at / pitch) for at in (row - (rows - 1) / 2, column - (columns - 1) / 2))
        # A root has no slope at zero, and the middle of a dot is dark whatever its distance is.
        distance = jnp.sqrt(jnp.maximum(down * down + right * right, 1e-4))
        return covered(frame, self.light + (self.dark - self.light) * charts.disc(distance, self.size * pitch / 2))
