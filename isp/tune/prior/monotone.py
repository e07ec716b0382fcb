"""A curve should not fall."""

import jax.numpy as jnp

from isp.core import option
from isp.tune.prior import Prior, along_knots


class Monotone(Prior):
    """The mean square of every step down from knot to knot, over all values of two knots or more: a curve that rises or rests costs nothing.
    Smooth, with a slope of 0 at rest."""

    direction: str = option(default="rising", choices=("rising", "falling"), doc="which way the knots should go")

    def __call__(self, values, start):
        sign = 1 if self.direction == "rising" else -1
        steps = along_knots("monotone", values, 2, lambda v: sign * (v[1:] - v[:-1]))
        return sum(jnp.mean(jnp.minimum(s, 0) ** 2) for s in steps) / len(steps)
