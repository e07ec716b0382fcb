"""An exposure chosen by its result: so many electrons at white."""

import jax.numpy as jnp

from isp.capture.exposure import Exposure
from isp.core import Frame, Scalar, at_least, param


class Photons(Exposure, uses=("scene_white",)):
    """White of the scene (or 1, where the scene does not know its white) becomes `full_scale` electrons in its strongest channel.
    For scenes without units, and for experiments where the light level is the variable."""

    full_scale: Scalar = param(default=6000.0, unit="e-", within=at_least(1e-3), doc="electrons at white")

    def __call__(self, frame: Frame) -> Frame:
        white = 1.0 if frame.scene_white is None else jnp.maximum(jnp.max(jnp.asarray(frame.scene_white)), 1e-30)
        return frame.scaled(jnp.asarray(self.full_scale / white, frame.pixels.dtype))
