"""The mean distance of values, rounded off near zero: robust like L1, smooth like L2."""

import jax.numpy as jnp

from isp.core import Scalar, between, param
from isp.tune.loss import Loss, any_domain


class Charbonnier(Loss, paper="charbonnier1994"):
    """mean sqrt(d^2 + eps^2) - eps. Smooth everywhere."""

    domain: str = any_domain()
    epsilon: Scalar = param(default=1e-3, unit="1", within=between(1e-6, 1), doc="difference below which it is quadratic")

    def __call__(self, made, wanted, about):
        return jnp.mean(jnp.sqrt((made - wanted) ** 2 + self.epsilon**2)) - self.epsilon
