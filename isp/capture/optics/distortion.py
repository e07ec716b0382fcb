"""Straight lines of the scene become curves: barrels, cushions, and a lens out of line."""

import jax.numpy as jnp

from isp.capture.optics import Optics, stacked
from isp.core import Frame, Scalar, Vector, between, param
from isp.ops.warp import bicubic, undone


class Distortion(Optics, uses=("warp",), gives=("warp",), whole=True, paper="dng2021"):
    """A point at the distance r from the centre, in units of that of the farthest corner, is put at r (scale + k1 r^2 + k2 r^4), and moved by
    the two `tangential` terms: k1 < 0 is a barrel, k1 > 0 a cushion. The law is that of the DNG specification's WarpRectilinear, and
    `frame.warp` gives its coefficients, so that it can be undone. A barrel shows more than the scene has: beyond the rim of the scene the
    rim is repeated; a larger `scale` hides it. Read by Keys' cubic. After `lateral_colour` the warp is right for equal centres."""

    scale: Scalar = param(default=1.0, unit="1", within=between(0.5, 2), usual=between(0.9, 1.1), doc="magnification in the middle")
    k1: Scalar = param(default=-0.05, unit="1", within=between(-0.14, 0.5), usual=between(-0.1, 0.1), doc="growth with the square of r")
    k2: Scalar = param(
        default=0.005, unit="1", within=between(-0.07, 0.5), usual=between(-0.05, 0.05), doc="growth with the fourth power of r"
    )
    tangential: Vector = param(
        default=(0.0, 0.0),
        unit="1",
        within=between(-0.1, 0.1),
        usual=between(-0.01, 0.01),
        shape=(2,),
        doc="bend along rows' normal and along columns'",
    )
    centre: Vector = param(
        default=(0.5, 0.5), unit="of sides", within=between(0, 1), shape=(2,), doc="row and column of the lens axis, as shares of the sides"
    )

    def __call__(self, frame: Frame) -> Frame:
        pixels = stacked(frame)
        size = jnp.asarray(pixels.shape[:2], pixels.dtype)
        axis = self.centre * size
        unit = jnp.sqrt(jnp.sum(jnp.square(jnp.maximum(axis, size - axis))))
        law = jnp.stack([self.scale, self.k1, self.k2, jnp.zeros_like(self.k1), *self.tangential, *self.centre[::-1]])
        row, column = ((jnp.arange(n, dtype=pixels.dtype) + 0.5 - a) / unit for n, a in zip(pixels.shape[:2], axis, strict=True))
        y, x = undone(law, row[:, None], column[None])
        made = bicubic(pixels, y * unit + axis[0] - 0.5, x * unit + axis[1] - 0.5)
        return frame.but(pixels=made.reshape(frame.pixels.shape), warp=self.after(frame, law))

    def after(self, frame: Frame, law):
        """The warp (planes, 8) of this lens after the magnifications that the frame has been through."""
        before = jnp.ones((1, 1), law.dtype) if frame.warp is None else jnp.asarray(frame.warp, law.dtype)[:, :1]
        power = jnp.concatenate([before, before**3, before**5, before**7, before**2, before**2], 1)
        return jnp.concatenate([law[:6] * power, jnp.tile(law[6:], (len(before), 1))], 1)
