"""The picture is turned and mirrored until it stands upright."""

from collections.abc import Callable

import jax.numpy as jnp

from isp.core import Frame, Shading
from isp.core.planes import Array
from isp.develop.geometry import Geometry, size_of


class Orient(Geometry, uses=("orientation",)):
    """Undo the orientation that the camera noted (EXIF: 1 upright, 2 mirrored, 3 upside down, 4 both, 5 to 8 the same on its side), and note 1.
    The maker's crop, the shading mesh, the lens warp and what was measured of places turn along. Without a note the picture is left as it is."""

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
    measured = moved(frame, lambda facts: jnp.swapaxes(facts, -2, -1), lambda w, size: w[jnp.array([1, 0, 3, 2])])
    return frame.but(pixels=jnp.swapaxes(frame.pixels, 0, 1), crop=crop, shading=shading, warp=warp, **measured)


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
    measured = moved(frame, lambda facts: facts[..., ::-1, :], lambda w, size: w.at[0].set(size[0] - w[0] - w[2]))
    return frame.but(pixels=frame.pixels[::-1], crop=crop, shading=shading, warp=warp, **measured)


def moved(frame: Frame, planes: Callable[[Array], Array], window: Callable[[Array, tuple[int, int]], Array]) -> dict[str, Array]:
    """What was measured of places, for the frame that is turned as `planes` turns rows and columns and `window` a window in a frame of a size."""
    found = {}
    if frame.thumbnail is not None:
        found["thumbnail"] = jnp.moveaxis(planes(jnp.moveaxis(jnp.asarray(frame.thumbnail), 2, 0)), 0, 2)
    if frame.light_grid is not None:
        found["light_grid"] = planes(jnp.asarray(frame.light_grid))
    if frame.measured_window is not None:
        found["measured_window"] = window(jnp.asarray(frame.measured_window), size_of(frame))
    return found


def upside_down(warp: Array) -> Array:
    """A WarpRectilinear after the rows are mirrored: its centre moves, and the tangential term that bends rows changes its sign."""
    return warp.at[:, 4].multiply(-1).at[:, 7].set(1 - warp[:, 7])
