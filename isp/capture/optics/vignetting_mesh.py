"""A falloff as it was measured: a mesh of gains that would undo it."""

import jax.numpy as jnp

from isp.capture.optics import Optics, from_centre, of_colours, shading_after
from isp.core import Frame, Vector, between, param
from isp.ops.mesh import hats, interpolated

MILD = tuple(tuple(1 + 0.1 * ((y / 2) ** 2 + (x / 3) ** 2) for x in range(-3, 4)) for y in range(-2, 3))
"""A falloff of a quarter of a stop in the corners."""


class VignettingMesh(Optics, uses=("shading", "wavelengths", "channels"), gives=("shading",), paper="dng2021"):
    """Light is divided by a mesh of gains that spans the frame from its outer edges on, linearly interpolated: what `shading.gain_map`
    undoes exactly, with the mesh that goes with the frame. One mesh for all colours, or one each for red, green and blue; other wavelengths
    take a mixture of these. The white of the scene stays that of a gain of 1."""

    gains: Vector = param(
        default=(MILD,),
        unit="1",
        within=between(0.1, 64),
        usual=between(1, 8),
        shape=(None, None, None),
        doc="gains that undo it, mesh by mesh",
    )

    def __call__(self, frame: Frame) -> Frame:
        dtype, meshes, channels = frame.pixels.dtype, len(self.gains), frame.pixels.channels
        zero, one = jnp.zeros((), dtype), jnp.ones((), dtype)
        down, across = (
            hats((place / jnp.asarray(side, dtype)).astype(dtype), zero, one, n)
            for place, side, n in zip(from_centre(frame, centre=(0.0, 0.0)), frame.extent, self.gains.shape[1:], strict=True)
        )
        fields = [interpolated(mesh, down, across) for mesh in self.gains]
        if meshes > 1:
            shares = [of_colours(frame, channels, row) for row in jnp.eye(3, dtype=dtype)]
            fields = [sum(share[c] * field for share, field in zip(shares, fields, strict=True)) for c in range(channels)]
        planes = [fields if meshes > 1 else fields * channels]
        return frame.but(pixels=frame.pixels.map(jnp.divide, planes), shading=shading_after(frame, self.gains))
