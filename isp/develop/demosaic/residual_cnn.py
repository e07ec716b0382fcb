"""A small convolutional network mends what Malvar's interpolation gets wrong."""

from dataclasses import replace

import numpy as np

from isp.core import Domain, Frame, Scalar, Weights, between, param, weights
from isp.develop.demosaic import Demosaic, malvar, red_of
from isp.ops.net import cells, convolution, convolved, fresh_trunk, inside, sites, trunk

WIDE, LAYERS = 32, (1, 1, 1, 1)
"""Channels between layers of fresh weights, and the dilation of each residual layer."""
REACH = (2,) * (len(LAYERS) + 3)
"""A tile for each layer, and one since cells begin at red."""
LOST = 2 + sum(LAYERS)


def grown(random: np.random.Generator, wide: int = WIDE) -> dict[str, np.ndarray]:
    """Fresh weights: with them the stage is Malvar's."""
    return fresh_trunk(random, 4, wide, 8, len(LAYERS)) | convolution(random, "linear", 3, 4, 8, gain=0.0)


class ResidualCnn(Demosaic, bayer=True, needs=("cfa",), reach=REACH, paper="gharbi2016"):
    """Malvar, He and Cutler's interpolation plus what a residual network (six 3x3 layers over cells of 2x2 sites, after Gharbi et al.) and one linear
    3x3 layer add to the two colours that a site does not know; the colour it knows is kept. 40,784 weights; it reads 14 pixels around a site. All four
    Bayer phases are brought to one. Fresh weights, or strength 0, are Malvar's interpolation exactly.

    It was trained without noise under the square root, so give it values under a curve: after `stabilise.*`. It looks at pixels alone, at no noise
    model and no ISO number; noise that is left in them is interpolated, not removed (see `demosaic.joint_cnn`).
    """

    strength: Scalar = param(default=1.0, unit="1", within=between(0, 1), doc="share of what the network adds; 0 is Malvar's interpolation")
    weights: Weights = weights(grow=grown, wide="first/bias", doc="kernels and biases of the network")

    def __call__(self, frame: Frame) -> Frame:
        pixels, corner = frame.pixels, red_of(frame.cfa)
        x = cells([site[0] for site in pixels.planes], corner)
        more = trunk(self.weights, x, LAYERS) + inside(convolved(self.weights, "linear", x), LOST - 1)
        added = sites(self.strength * more, corner, LOST, pixels.planes[0][0].shape)
        margin = pixels.margin[0] - LOST - 1, pixels.margin[1] - LOST - 1
        base = pixels.stencil(2, malvar(frame.cfa)).trimmed(margin)

        def colours(phase: int) -> tuple:
            unknown = [c for c in range(3) if c != frame.cfa.channels[phase]]
            own = list(base.planes[phase])
            for c, plane in zip(unknown, added[phase], strict=True):
                own[c] = own[c] + plane
            return tuple(own)

        return frame.to(Domain.CAMERA, replace(base, planes=tuple(colours(i) for i in range(4))))
