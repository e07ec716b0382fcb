"""A curve or a mesh should change little, and where it changes, at once."""

import jax.numpy as jnp

from isp.core import Scalar, between, param
from isp.tune.prior import Prior, along_knots


class TotalVariation(Prior, paper="rudin1992"):
    """The mean absolute difference from knot to knot, along every axis of two knots or more, rounded off near zero: sqrt(d^2 + eps^2) - eps."""

    epsilon: Scalar = param(default=1e-3, unit="1", within=between(1e-6, 1), doc="difference below which it is quadratic")

    def __call__(self, values, start):
        steps = along_knots("total_variation", values, 2, lambda v: v[1:] - v[:-1], every_axis=True)
        return sum(jnp.mean(jnp.sqrt(s**2 + self.epsilon**2) - self.epsilon) for s in steps) / len(steps)
