"""Colour difference as CIEDE2000 measures it."""

import jax.numpy as jnp

from isp.core import Scalar
from isp.ops.lab import ciede2000_squared
from isp.tune.loss import Loss, rounded_root, rounding


class DeltaE2000(Loss, domain="lab", paper="ciede2000"):
    """mean sqrt(dE00^2 + r^2) - r: the mean difference, quadratic where it is small. Smooth but where hues are opposite, where the formula
    itself has a small step."""

    rounding: Scalar = rounding()

    def __call__(self, made, wanted, about):
        return jnp.mean(rounded_root(ciede2000_squared(made, wanted), self.rounding))
