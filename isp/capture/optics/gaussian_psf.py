"""A lens that is sharp in the middle and softer towards the corners, as a Gaussian."""

import jax.numpy as jnp

from isp.capture.optics import Optics, from_centre, half_diagonal, outer, psf_after, swept
from isp.core import Frame, Scalar, between, param, whole_number
from isp.core.planes import Array
from isp.ops.fuse import cut
from isp.ops.separable import gaussian_weights


class GaussianPsf(Optics, uses=("psf",), gives=("psf",)):
    """Each sample becomes the Gaussian mean of those around it, whose deviation grows from `sigma` in the middle with the square of the
    field height to `corner` in the corners. A scene is taken as made of squares of even light, so a vanishing deviation leaves it as it is.
    Two passes, each with the deviation of the site it writes: exact where the deviation is even, and else but for how little it changes
    within `support`, which should be three deviations."""

    sigma: Scalar = param(
        default=0.6, unit="px", within=between(0.05, 16), usual=between(0.2, 2), doc="deviation of the blur in the middle"
    )
    corner: Scalar = param(
        default=0.9, unit="px", within=between(0.05, 16), usual=between(0.2, 4), doc="deviation of the blur in the corners"
    )
    support: int = whole_number(default=4, unit="px", within=between(1, 48), doc="samples on each side that the blur reads")

    def __call__(self, frame: Frame) -> Frame:
        (_, across), inner, diagonal = from_centre(frame), from_centre(frame, self.support), half_diagonal(frame)
        channels, reach = range(frame.pixels.channels), self.support
        first = gaussian_weights(self.at(inner[0] / diagonal, across / diagonal), reach)
        second = gaussian_weights(self.at(inner[0] / diagonal, inner[1] / diagonal), reach)
        # One deviation serves all channels: its weights are worked out once, not again for each.
        first, second = cut((first, second))
        middle = gaussian_weights(self.sigma, reach)
        pixels = swept(frame.pixels, reach, [first for _ in channels], [second for _ in channels])
        return frame.but(pixels=pixels, psf=psf_after(frame, outer(middle, middle)))

    def at(self, down: Array, across: Array) -> Array:
        """The deviation at places given in half diagonals from the middle."""
        height = jnp.minimum(down * down + across * across, 1)
        return self.sigma + (self.corner - self.sigma) * height

    @property
    def reach(self) -> int:
        """Samples read around a site."""
        return self.support
