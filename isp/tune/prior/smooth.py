"""A curve should bend little."""

import jax.numpy as jnp

from isp.tune.prior import Prior, along_knots


class Smooth(Prior):
    """The mean squared second difference from knot to knot, over all values of three knots or more: a straight line costs nothing."""

    def __call__(self, values, start):
        bent = along_knots("smooth", values, 3, lambda v: v[2:] - 2 * v[1:-1] + v[:-2])
        return sum(jnp.mean(b**2) for b in bent) / len(bent)
