"""One network demosaics and removes noise, and is told how much noise there is."""

import jax.numpy as jnp
import numpy as np

from isp.core import Domain, Frame, Scalar, Weights, between, param, weights
from isp.core.planes import Planes
from isp.develop.demosaic import Demosaic, malvar, red_of
from isp.ops.net import cells, convolution, convolved, deviations, fresh_trunk, in_cells, inside, sites, trunk

WIDE, LAYERS = 48, (1, 2, 2, 1)
"""Channels between layers of fresh weights, and the dilation of each residual layer."""
REACH = (2, *(2 * d for d in LAYERS), 2, 2)
"""Tiles for each layer, and one since cells begin at red."""
LOST = 2 + sum(LAYERS)
LEFT = 0.026
"""Share of the variance of noise that flat areas keep, measured at three strengths of noise."""


def grown(random: np.random.Generator, wide: int = WIDE) -> dict[str, np.ndarray]:
    """Fresh weights: with them the stage is Malvar's."""
    return fresh_trunk(random, 8, wide, 12, len(LAYERS)) | convolution(random, "linear", 3, 4, 12, gain=0.0)


class JointCnn(Demosaic, bayer=True, needs=("cfa", "noise", "stabiliser"), reach=REACH, paper="gharbi2016"):
    """Joint demosaicing and denoising, after Gharbi et al.: Malvar, He and Cutler's interpolation plus what a residual network (six 3x3 layers, two of
    them dilated, over cells of 2x2 sites) and one linear 3x3 layer add. The network sees the pixels and, at every place, the deviation of the noise of
    each filter, as the frame's noise model says it; no ISO number. Stabilised values only: there noise is about as strong everywhere, and one set of
    weights serves every sensor. It takes the place of a denoiser before it; with the weights that ship, `denoise.dilated_cnn` and then
    `demosaic.residual_cnn` make better pictures.

    Strength 0, or fresh weights, are Malvar's interpolation exactly. The noise model afterwards is that of flat areas, no longer white.
    """

    strength: Scalar = param(default=1.0, unit="1", within=between(0, 1), doc="share of what the network adds; 0 is Malvar's interpolation")
    weights: Weights = weights(grow=grown, wide="first/bias", doc="kernels and biases of the network")

    def __call__(self, frame: Frame) -> Frame:
        pixels, corner = frame.pixels, red_of(frame.cfa)
        mosaic = cells([site[0] for site in pixels.planes], corner)
        noise = in_cells(deviations(frame.noise), corner)
        x = jnp.concatenate([mosaic, jnp.broadcast_to(noise, mosaic.shape)], -1)
        more = trunk(self.weights, x, LAYERS) + inside(convolved(self.weights, "linear", mosaic), LOST - 1)
        added = sites(self.strength * more, corner, LOST, pixels.planes[0][0].shape)
        margin = pixels.margin[0] - LOST - 1, pixels.margin[1] - LOST - 1
        base = pixels.stencil(2, malvar(frame.cfa)).trimmed(margin)
        made: Planes = base.map(lambda p, q: p + q, added)
        left = 1 - self.strength * (1 - LEFT**0.5)
        return frame.to(Domain.CAMERA, made, **_less(frame, left * left))


def _less(frame: Frame, share: Scalar) -> dict:
    """The noise model of three colours with a share of the variance left."""
    channels = np.array(frame.cfa.channels)
    rows = jnp.asarray(frame.noise)
    return {"noise": share * jnp.stack([jnp.mean(rows[channels == c], axis=0) for c in range(3)])}
