"""Colour difference as the distance in OkLab."""

import jax.numpy as jnp

from isp.core import Scalar
from isp.tune.loss import Loss, rounded_root, rounding


class Oklab(Loss, domain="oklab", paper="ottosson2020"):
    """mean sqrt(d^2 + r^2) - r of the distances d in OkLab times 100, where lightness runs from 0 to 100 as in L*a*b*. Smooth everywhere,
    and far cheaper than CIEDE2000."""

    rounding: Scalar = rounding()

    def __call__(self, made, wanted, about):
        return jnp.mean(rounded_root(jnp.sum((made - wanted) ** 2, -1), self.rounding))
