"""The picture is turned and mirrored until it stands upright."""

import jax.numpy as jnp

from isp.core import Frame, Shading
from isp.core.planes import Array
from isp.develop.geometry import Geometry, size_of


class Orient(Geometry, uses=("orientation",)):
    """Undo the orientation that the camera noted (EXIF: 1 upright, 2 mirrored, 3 upside down, 4 both, 5 to 8 the same on its side), and note 1.
    The maker's crop, the shading mesh and the lens warp turn along. Without a note the picture is left as it is."""

    def __call__(self, frame: Frame) -> Frame:
        if frame.orientation in (None, 1):
            return frame
        if frame.orientation >= 5:
            frame = transposed(frame)
        # After the transposition what is left are mirrors: 2 and 3 (6 and 7) across, 3 and 4 (7 and 8) down.
        if frame.orientation in (2, 3, 6, 7):
            frame = mirrored_across(frame)
        if frame.orientation in (3, 4, 7, 8):
            frame = mirrored_down(frame)
        return frame.but(orientation=1)


def transposed(frame: Frame) -> Frame:
    """Rows become columns."""
    crop, shading, warp = frame.crop, frame.shading, frame.warp
    if crop is not None:
        crop = (crop[1], crop[0], crop[3], crop[2])
    if shading is not None:
        shading = Shading(gains=jnp.swapaxes(shading.gains, 1, 2), origin=shading.origin[::-1], extent=shading.extent[::-1])
    if warp is not None:
        warp = jnp.asarray(warp)[:, jnp.array([0, 1, 2, 3, 5, 4, 7, 6])]
    return frame.but(pixels=jnp.swapaxes(frame.pixels, 0, 1), crop=crop, shading=shading, warp=warp)


def mirrored_across(frame: Frame) -> Frame:
    """The left becomes the right: a transposed frame mirrored down, transposed back."""
    return transposed(mirrored_down(transposed(frame)))


def mirrored_down(frame: Frame) -> Frame:
    """The top becomes the bottom."""
    crop, shading, warp = frame.crop, frame.shading, frame.warp
    if crop is not None:
        crop = (size_of(frame)[0] - crop[0] - crop[2], *crop[1:])
    if shading is not None:
        lower = 1 - shading.origin[0] - shading.extent[0]
        shading = Shading(gains=shading.gains[:, ::-1], origin=jnp.stack([lower, shading.origin[1]]), extent=shading.extent)
    if warp is not None:
        warp = upside_down(jnp.asarray(warp))
    return frame.but(pixels=frame.pixels[::-1], crop=crop, shading=shading, warp=warp)


def upside_down(warp: Array) -> Array:
    """A WarpRectilinear after the rows are mirrored: its centre moves, and the tangential term that bends rows changes its sign."""
    return warp.at[:, 4].multiply(-1).at[:, 7].set(1 - warp[:, 7])
