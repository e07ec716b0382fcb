"""The mesh of gains that the camera wrote down, or a calibration measured, is interpolated to every site."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.develop.shading import Shading, places, shaded
from isp.ops.mesh import hats, interpolated


class GainMap(Shading, uses=("shading",)):
    """Multiply by `frame.shading`, a mesh of any size, bilinearly interpolated and constant beyond its ends, as the DNG
    specification's GainMap asks; then that fact is ended. `strength` scales how far the gains depart from 1: below 1 some falloff is
    left, which keeps the corners quieter. Without a mesh the frame passes unchanged.

    Interpolation is two small matrix products of hat functions a phase: exact, without gathers, and its slope reaches the mesh.
    """

    strength: Scalar = param(default=1.0, unit="1", within=between(0, 2), usual=between(0, 1), doc="share of the falloff that is undone")

    def __call__(self, frame: Frame) -> Frame:
        if frame.shading is None:
            return frame
        mesh = 1 + self.strength * (jnp.asarray(frame.shading.gains, frame.pixels.dtype) - 1)
        mesh = mesh[jnp.array(rows_of(frame, mesh.shape[0]))]
        origin, extent = jnp.asarray(frame.shading.origin), jnp.asarray(frame.shading.extent)
        gains = []
        for phase in range(len(frame.pixels.planes)):
            down, across = (hats(p, o, e, n) for p, o, e, n in zip(places(frame, phase), origin, extent, mesh.shape[1:], strict=True))
            gains.append(interpolated(mesh[phase], down, across))
        axes = (1, 2)
        return shaded(frame, gains, mesh.min(axes), mesh.mean(axes), (mesh**2).mean(axes)).but(shading=None)


def rows_of(frame: Frame, meshes: int) -> list[int]:
    """Which of the meshes each phase of the frame uses: its own, its colour's, or the only one."""
    if meshes == frame.filters:
        return list(range(meshes))
    return [0 if meshes == 1 else c for c in frame.cfa.channels]
