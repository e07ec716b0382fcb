"""A small convolutional network removes noise from a mosaic, and is told how much there is."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np

from isp.core import Domain, Frame, Scalar, Weights, between, param, weights
from isp.develop.denoise import Denoise
from isp.ops.net import cells, convolution, convolved, deviations, fresh_trunk, in_cells, inside, sites, trunk

WIDE, LAYERS = 48, (1, 2, 2, 1)
"""Channels between layers of fresh weights, and the dilation of each residual layer."""
REACH = (2, *(2 * d for d in LAYERS), 2, 2)
"""Tiles for each layer, and one since cells begin at red."""
LOST = 2 + sum(LAYERS)
LEFT = 0.026
"""Share of the variance of noise that flat areas keep, measured at three strengths of noise."""


def grown(random: np.random.Generator, wide: int = WIDE) -> dict[str, np.ndarray]:
    """Fresh weights: they leave the pixels alone."""
    return fresh_trunk(random, 8, wide, 4, len(LAYERS)) | convolution(random, "linear", 3, 4, 4, gain=0.0)


class DilatedCnn(Denoise, accepts=(Domain.MOSAIC,), bayer=True, needs=("cfa", "noise", "stabiliser"), reach=REACH, paper="zhang2018"):
    """A residual network over cells of 2x2 sites predicts the noise, after FFDNet (Zhang et al. 2018), which also tells the network how strong the noise
    is: here the deviation of each filter's, as the frame's noise model says it; no ISO number. Two of its six 3x3 layers are dilated, in the place of
    FFDNet's coarser grid: a grid would make a picture depend on where a tile begins. Colours are looked at together, unlike in the other denoisers.
    Stabilised values only, so that one set of weights serves every sensor. The weights that ship were learned for pictures: where noise is weak the
    bilateral filter comes nearer to the linear values of a mosaic, this one to the picture that is made of it.

    Strength 0, or fresh weights, leave the pixels exactly as they were. The noise model afterwards is that of flat areas, no longer white.
    """

    strength: Scalar = param(default=1.0, unit="1", within=between(0, 1), doc="share of the predicted noise that is taken away")
    weights: Weights = weights(grow=grown, wide="first/bias", doc="kernels and biases of the network")

    def __call__(self, frame: Frame) -> Frame:
        pixels, corner = frame.pixels, divmod(frame.cfa.sites.index("r"), 2)
        mosaic = cells([site[0] for site in pixels.planes], corner)
        noise = in_cells(deviations(frame.noise), corner)
        x = jnp.concatenate([mosaic, jnp.broadcast_to(noise, mosaic.shape)], -1)
        more = trunk(self.weights, x, LAYERS) + inside(convolved(self.weights, "linear", mosaic), LOST - 1)
        added = sites(self.strength * more, corner, LOST, pixels.planes[0][0].shape)
        base = pixels.trimmed((pixels.margin[0] - LOST - 1, pixels.margin[1] - LOST - 1))
        made = tuple((own[0] + more[0],) for own, more in zip(base.planes, added, strict=True))
        left = 1 - self.strength * (1 - LEFT**0.5)
        return frame.but(pixels=replace(base, planes=made), noise=jnp.asarray(frame.noise) * left * left)
