"""Colour difference as BT.2124 measures it."""

import jax.numpy as jnp
import numpy as np

from isp.core import Scalar, between, param
from isp.evaluate.picture.ictcp import WEIGHTS
from isp.evaluate.view import WHITE
from isp.ops.perceptual import TO_ICTCP, pq_cones, turned
from isp.tune.loss import Loss, rounded_root, rounding


class Ictcp(Loss, domain="linear", paper="bt2124"):
    """mean sqrt(dE_ITP^2 + r^2) - r: the mean difference, quadratic where it is small. Light above white counts by how it looks on a screen
    that shows it: for pictures in HDR. Smooth everywhere."""

    white: Scalar = param(default=WHITE, unit="cd/m2", within=between(1, 1e4), usual=between(80, 400), doc="luminance of diffuse white")
    rounding: Scalar = rounding()

    def __call__(self, made, wanted, about):
        # Subtracted before the matrix, of which each row sums up what nearly cancels.
        off = turned(pq_cones(made, self.white) - pq_cones(wanted, self.white), np.array(WEIGHTS)[:, None] * TO_ICTCP)
        return jnp.mean(rounded_root(jnp.sum(off**2, -1), self.rounding))
