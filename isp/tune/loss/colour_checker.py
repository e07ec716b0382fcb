"""Colour difference of the 24 patches of a ColorChecker."""

import jax.numpy as jnp

from isp.core import Scalar
from isp.evaluate.chart.noise import cut
from isp.evaluate.view import seen
from isp.ops.lab import ciede2000_squared
from isp.tune.loss import Loss, rounded_root, rounding
from isp.tune.loss._chart import checker_patches


class ColourChecker(Loss, domain="linear", chart="scene.colour_checker", paper="ciede2000"):
    """mean sqrt(dE00^2 + r^2) - r over the mean light of the 24 patches: colour alone, blind to noise and texture. The chart fills the frame,
    with the border and patches that the scene has by default."""

    rounding: Scalar = rounding()

    def __call__(self, made, wanted, about):
        boxes = checker_patches(made, about)
        one, other = (seen(cut(light, boxes).mean((1, 2)), "lab") for light in (made, wanted))
        return jnp.mean(rounded_root(ciede2000_squared(one, other), self.rounding))
