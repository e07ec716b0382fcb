"""The black level is the one that a calibration found, whatever the file says."""

import jax.numpy as jnp

from isp.core import Frame, Vector, between, param
from isp.develop.level import Level


class FixedBlack(Level, needs=("cfa",), gives=("black",)):
    """State the black level of red, green and blue, for `level.subtract_black` to subtract; a level that the file stated is forgotten.
    Filters of other colours than those three take the level of green."""

    black: Vector = param(
        default=(64.0, 64.0, 64.0),
        unit="DN",
        within=between(0, 65535),
        usual=between(0, 4096),
        shape=(3,),
        doc="pedestal of red, green and blue",
    )

    def __call__(self, frame: Frame) -> Frame:
        return frame.but(black=jnp.stack([self.black["rgb".find(f) if f in "rb" else 1] for f in frame.cfa.sites]))
