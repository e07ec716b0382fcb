"""Colour difference as the distance in CIE L*a*b*."""

import jax.numpy as jnp

from isp.core import Scalar
from isp.tune.loss import Loss, rounded_root, rounding


class DeltaE76(Loss, domain="lab", paper="cie15"):
    """mean sqrt(dE76^2 + r^2) - r: the mean difference, quadratic where it is small. Smooth everywhere."""

    rounding: Scalar = rounding()

    def __call__(self, made, wanted, about):
        return jnp.mean(rounded_root(jnp.sum((made - wanted) ** 2, -1), self.rounding))
