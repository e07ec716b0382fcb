"""A lens darkens with the distance from its axis; three numbers describe most of them."""

import jax.numpy as jnp
import numpy as np

from isp.core import Frame, Scalar, Vector, between, param
from isp.core.planes import Array
from isp.develop.shading import Shading, places, shaded


class Radial(Shading, needs=("cfa",)):
    """Multiply by 1 + k2 r^2 + k4 r^4 + k6 r^6, where r is the distance from `centre` in half diagonals: 1 in the corners of a
    centred lens. `tint` adds to k2 for red, green and blue (other filters take green's), for sensors whose microlenses shade colours
    differently. The default is a mild falloff, 0.4 EV in the corners. The law is that of the DNG specification's FixVignetteRadial."""

    k2: Scalar = param(default=0.3, unit="1", within=between(-2, 8), usual=between(0, 2), doc="gain that grows with the square of r")
    k4: Scalar = param(default=0.0, unit="1", within=between(-8, 8), usual=between(-1, 1), doc="gain that grows with the fourth power")
    k6: Scalar = param(default=0.0, unit="1", within=between(-8, 8), usual=between(-1, 1), doc="gain that grows with the sixth power")
    tint: Vector = param(default=(0.0, 0.0, 0.0), unit="1", within=between(-2, 2), shape=(3,), doc="further k2 of red, green and blue")
    centre: Vector = param(
        default=(0.5, 0.5), unit="of sides", within=between(0, 1), shape=(2,), doc="row and column of the lens axis, as shares of the sides"
    )

    def __call__(self, frame: Frame) -> Frame:
        gains = [self.gain(frame, *places(frame, phase), phase) for phase in range(len(frame.pixels.planes))]
        # A fixed net of places (and the axis, where the gain is 1) tells how white and noise move, so that a strip of a frame says the same as the whole.
        net = np.linspace(0, 1, 17)
        sample = jnp.stack([self.gain(frame, net[:, None], net[None], phase) for phase in range(len(gains))])
        axes = (1, 2)
        return shaded(frame, gains, jnp.minimum(sample.min(axes), 1), sample.mean(axes), (sample**2).mean(axes))

    def gain(self, frame: Frame, row: Array, column: Array, phase: int) -> Array:
        """The gain of a phase at places given as shares of the sides, by broadcasting."""
        height, width = (jnp.asarray(side, frame.pixels.dtype) for side in frame.extent)
        down, across = (row - self.centre[0]) * height, (column - self.centre[1]) * width
        square = (4 * (down**2 + across**2) / (height**2 + width**2)).astype(frame.pixels.dtype)
        tint = self.tint[{"r": 0, "b": 2}.get(frame.cfa.sites[phase], 1)]
        return 1 + square * (self.k2 + tint + square * (self.k4 + square * self.k6))
