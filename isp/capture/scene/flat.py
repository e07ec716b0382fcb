"""An even grey surface."""

import jax.numpy as jnp

from isp.capture.scene import Scene, covered
from isp.core import Frame, Scalar, between, param


class Flat(Scene):
    """Every site reflects `share` of the light: what photon transfer, shading and PRNU are measured on."""

    share: Scalar = param(default=0.5, unit="1", within=between(0, 100), usual=between(0, 1), doc="reflectance of the surface")

    def __call__(self, frame: Frame) -> Frame:
        return covered(frame, jnp.asarray(self.share))
