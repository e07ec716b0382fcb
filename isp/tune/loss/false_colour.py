"""Colour that is wrong in few pixels."""

import jax.numpy as jnp

from isp.core import Scalar
from isp.evaluate.picture.false_colour import REACH, WINDOW
from isp.ops.window import windowed
from isp.tune.loss import Loss, rounded_root, rounding


class FalseColour(Loss, domain="lab", paper="cie15"):
    """mean sqrt(dC^2 + r^2) - r of the difference in a* and b*, less what it is about there by a Gaussian of 4 pixels: moire and coloured fringes cost, casts
    of whole surfaces do not. Smooth everywhere. Pictures have 21 x 21 pixels or more."""

    rounding: Scalar = rounding()

    def __call__(self, made, wanted, about):
        off = (made - wanted)[..., 1:]
        inner = off[REACH:-REACH, REACH:-REACH] - windowed(off, WINDOW)
        return jnp.mean(rounded_root(jnp.sum(inner**2, -1), self.rounding))
