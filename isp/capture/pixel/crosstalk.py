"""Charge that was freed under one filter is gathered under the next."""

import jax.numpy as jnp
import numpy as np

from isp.capture.pixel import Pixel
from isp.core import Cfa, Frame, Scalar, between, param


class Crosstalk(Pixel, uses=("as_shot", "camera_matrix", "forward_matrix"), reach=1):
    """A `share` of the charge of each site goes to its four neighbours, a quarter of it to each, whatever their filters. It blurs a
    little, and takes saturation out of colours: `frame.camera_matrix` and `frame.as_shot` follow, as they do when a camera with
    crosstalk is calibrated on flat colours; a `forward_matrix` no longer holds and is dropped. Stands before `noise.photon`: electrons
    that choose their well at random are Poisson distributed there too.
    """

    share: Scalar = param(
        default=0.04, unit="1", within=between(0, 0.8), usual=between(0.01, 0.2), doc="share of the charge that leaves its site"
    )

    def __call__(self, frame: Frame) -> Frame:
        def site(near, _):
            return (1 - self.share) * near(0, 0) + self.share / 4 * (near(-1, 0) + near(1, 0) + near(0, -1) + near(0, 1))

        facts = {"forward_matrix": None}
        mixing = self.mixing(frame.cfa)
        if frame.as_shot is not None and len(mixing) == len(frame.as_shot):
            white = mixing @ (1 / jnp.asarray(frame.as_shot, mixing.dtype))
            facts["as_shot"] = (white[frame.cfa.filters.index("g")] if "g" in frame.cfa.filters else jnp.max(white)) / white
        if frame.camera_matrix is not None and len(mixing) == frame.camera_matrix.shape[-2]:
            facts["camera_matrix"] = mixing @ jnp.asarray(frame.camera_matrix, mixing.dtype)
        return frame.but(pixels=frame.pixels.stencil(1, site), **facts)

    def mixing(self, cfa: Cfa):
        """(filters, filters): what the sites of each filter see of each filter, on average, where colour is flat."""
        shares = neighbours(cfa)
        return (1 - self.share) * np.eye(len(shares), dtype=np.float32) + self.share * shares.astype(np.float32)


def neighbours(cfa: Cfa) -> np.ndarray:
    """(filters, filters) share of each filter among the four neighbours of the sites of each."""
    (height, width), channel, shares = cfa.tile, cfa.channels, np.zeros((len(cfa.filters),) * 2)
    for y in range(height):
        for x in range(width):
            for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                shares[channel[y * width + x], channel[(y + dy) % height * width + (x + dx) % width]] += 1
    return shares / shares.sum(1, keepdims=True)
