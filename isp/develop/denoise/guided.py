"""Flat areas become their mean, areas that vary more than noise does stay: the guided filter, guided by the frame itself."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, option, param
from isp.core.planes import Reach
from isp.develop.denoise import Denoise, filtered, windows
from isp.ops.guided import remaining, self_guided


class Guided(Denoise, paper="he2010"):
    """He, Sun and Tang's guided filter with its own input as guide, on each filter's sites by themselves. Where the variance in a window
    is v, a value keeps v / (v + strength^2 n) of its distance to the mean; n is the variance of the noise at that mean. Smooth in the
    pixels and in `strength`; strength 0 changes nothing.
    """

    strength: Scalar = param(
        default=1.7, unit="1", within=between(0, 20), usual=between(0, 5), doc="deviation that counts as noise, in deviations of the noise"
    )
    radius: int = option(default=2, choices=(2, 4, 6, 8), doc="pixels on either side of a site, rounded up to whole tiles")

    @property
    def reach(self) -> Reach:
        return self.radius, self.radius

    def __call__(self, frame: Frame) -> Frame:
        window = windows(frame, self.radius)

        def one(planes, slope, floor):
            return self_guided(planes, slope, floor, self.strength, window)

        pixels = filtered(frame, self.radius, 2, one)
        return frame.but(pixels=pixels, noise=jnp.asarray(frame.noise) * remaining(self.strength, window))
