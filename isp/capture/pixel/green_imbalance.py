"""Greens beside red and greens beside blue are not the same."""

import jax.numpy as jnp

from isp.capture.pixel import Pixel
from isp.core import Frame, Scalar, between, param


class GreenImbalance(Pixel, bayer=True, uses=("white", "noise")):
    """Green sites in the rows of red gather `difference` more than those in the rows of blue: half of it above, half below their mean.
    Red light leaks to its neighbours along the row, microlenses lean, and two columns may have two amplifiers. A demosaic that believes
    both greens draws a maze. Stands before `noise.photon`, as all that changes how much light a site gathers.
    """

    difference: Scalar = param(
        default=0.01, unit="1", within=between(-0.5, 0.5), usual=between(-0.05, 0.05), doc="by how much the two greens differ"
    )

    def __call__(self, frame: Frame) -> Frame:
        sites, rows = frame.cfa.sites, frame.cfa.rows
        side = [(0.5 if "r" in rows[i // 2] else -0.5) if f == "g" else 0.0 for i, f in enumerate(sites)]
        return frame.scaled(1 + self.difference * jnp.asarray(side, frame.pixels.dtype))
