"""Corners are darker than the middle: light falls in aslant, and the lens's rims stand in its way."""

import jax.numpy as jnp

from isp.capture.optics import Optics, from_centre, half_diagonal, of_colours, shading_after
from isp.core import Frame, Scalar, Vector, between, param
from isp.core.planes import Array

MESH = 33
"""Points along each side of the mesh of gains that goes with the frame: straight lines between them miss a gain by less than 1e-3."""
LEAST = 0.05
"""The gain that undoes a falloff is never below this: a polynomial may cross zero, light does not."""


class Vignetting(Optics, uses=("shading", "wavelengths", "channels"), gives=("shading",), paper="dng2021"):
    """Light is divided by 1 + (2 t^2 + k2 + tint) r^2 + (t^4 + k4) r^4 + k6 r^6, where r is the distance from `centre` in half diagonals and t
    the tangent of `field`. With the k's and the tint 0 that is the law of cos^4, exactly; they are what the lens's rims and the microlenses
    add. `shading.radial` with k2 + 2 t^2, k4 + t^4, k6 undoes it to rounding; a mesh of the same gains goes with the frame: one for each of
    red, green and blue, or a single one, of green, where the channels are others. The white of the scene is that in the middle."""

    field: Scalar = param(default=25.0, unit="deg", within=between(0, 60), usual=between(0, 45), doc="angle of the corners off the axis")
    k2: Scalar = param(
        default=0.1, unit="1", within=between(-0.3, 8), usual=between(0, 2), doc="further loss that grows with the square of r"
    )
    k4: Scalar = param(default=0.05, unit="1", within=between(-1.2, 8), usual=between(-0.3, 1), doc="loss that grows with the fourth power")
    k6: Scalar = param(default=0.02, unit="1", within=between(-1.2, 8), usual=between(-0.3, 1), doc="loss that grows with the sixth power")
    tint: Vector = param(default=(0.0, 0.0, 0.0), unit="1", within=between(-1, 2), shape=(3,), doc="further k2 of red, green and blue")
    centre: Vector = param(
        default=(0.5, 0.5), unit="of sides", within=between(0, 1), shape=(2,), doc="row and column of the lens axis, as shares of the sides"
    )

    def __call__(self, frame: Frame) -> Frame:
        channels, dtype = frame.pixels.channels, frame.pixels.dtype
        down, across = (place / half_diagonal(frame) for place in from_centre(frame, centre=self.centre))
        tints = of_colours(frame, channels, self.tint)
        gains = [self.gain(down, across, tint) for tint in tints]
        sides = [jnp.asarray(side, dtype) / half_diagonal(frame) for side in frame.extent]
        places = [(jnp.linspace(0, 1, MESH, dtype=dtype) - c) * side for c, side in zip(self.centre, sides, strict=True)]
        coloured = frame.wavelengths is None and channels == 3
        mesh = jnp.stack([self.gain(places[0][:, None], places[1][None], t) for t in (tints if coloured else self.tint[1:2])])
        return frame.but(pixels=frame.pixels.map(jnp.divide, [gains]), shading=shading_after(frame, mesh))

    def gain(self, down: Array, across: Array, tint: Array) -> Array:
        """What undoes the falloff at places in half diagonals from the axis, by broadcasting."""
        tangent = jnp.square(jnp.tan(jnp.deg2rad(self.field)))
        square = down * down + across * across
        rims = self.k2 + tint + 2 * tangent + square * (self.k4 + tangent * tangent + square * self.k6)
        return jnp.maximum(1 + square * rims, LEAST)
