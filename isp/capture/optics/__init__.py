"""What the lens and the glass before the pixels do to the picture of the scene."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Domain, Frame, Shading, Stage
from isp.core.planes import Array, Planes
from isp.ops.fuse import cut
from isp.ops.kernel import composed, spread
from isp.ops.mesh import hats, interpolated
from isp.ops.separable import weighted

NANOMETRES = {"b": 460.0, "c": 500.0, "e": 520.0, "g": 540.0, "w": 550.0, "m": 550.0, "y": 570.0, "r": 600.0}
"""A wavelength that stands for each filter, and for each primary of an RGB scene."""
Weights = Sequence[Sequence[Array]]
"""[channel][place]: weights of the pixels from -reach to reach."""


class Optics(Stage, accepts=(Domain.SCENE,), emits=Domain.SCENE):
    """Form the picture of the scene on the sensor: blur, displace, darken, veil. Lengths on the sensor are in its samples unless their
    unit says otherwise."""


# ---------------------------------------------------------------------- colours
def letters(frame: Frame, channels: int) -> str:
    """The filter that each channel of a frame without wavelengths belongs to."""
    return frame.channels or {3: "rgb", 4: "rgbw"}.get(channels, "w" * channels)


def wavelengths(frame: Frame, channels: int, red_green_blue: Array) -> Array:
    """(channels,) nm that stand for each channel: the scene's own, else those of red, green and blue; other filters have NANOMETRES."""
    if frame.wavelengths is not None:
        return jnp.asarray(frame.wavelengths, red_green_blue.dtype)
    known = {**NANOMETRES, **{c: red_green_blue[i] for i, c in enumerate("rgb")}}
    return jnp.stack([jnp.asarray(known[c], red_green_blue.dtype) for c in letters(frame, channels)])


def of_colours(frame: Frame, channels: int, red_green_blue: Array) -> Array:
    """(channels,) values for each channel from those of red, green and blue (3,): other filters take green's; over wavelengths the value
    is linear between those that stand for blue, green and red, and constant beyond."""
    if frame.wavelengths is not None:
        knots = np.array([NANOMETRES[c] for c in "bgr"])
        return jnp.interp(jnp.asarray(frame.wavelengths, red_green_blue.dtype), knots.astype(red_green_blue.dtype), red_green_blue[::-1])
    return red_green_blue[np.array([{"r": 0, "b": 2}.get(c, 1) for c in letters(frame, channels)])]


# ---------------------------------------------------------------------- places
def from_centre(frame: Frame, reach: int = 0, centre: Sequence[Array] = (0.5, 0.5)) -> tuple[Array, Array]:
    """Rows (rows, 1) and columns (1, columns) from a centre, given as shares of the sides, in pixels; `reach` are left out all round."""
    rows, columns = frame.coordinates(0)
    height, width = frame.extent
    dtype = frame.pixels.dtype
    down = (rows + 0.5 - centre[0] * height).astype(dtype)
    across = (columns + 0.5 - centre[1] * width).astype(dtype)
    return down[reach : down.shape[0] - reach], across[:, reach : across.shape[1] - reach]


def half_diagonal(frame: Frame) -> Array:
    """From the middle of the frame to its corners, in pixels."""
    height, width = (jnp.asarray(side, frame.pixels.dtype) for side in frame.extent)
    return jnp.sqrt(height * height + width * width) / 2


# ---------------------------------------------------------------------- blurs
def swept(pixels: Planes, reach: int, down: Weights, across: Weights) -> Planes:
    """One weighted pass down and one across. Weights are numbers or arrays that broadcast to what a pass makes: the first makes planes
    that are smaller by `reach` in rows only."""
    places = range(-reach, reach + 1)
    tall = cut(
        pixels.stencil(reach, lambda near, _: tuple(weighted(w, [near(k, 0, c) for k in places]) for c, w in enumerate(down)), across=0)
    )
    return tall.stencil(0, lambda near, _: tuple(weighted(w, [near(0, k, c) for k in places]) for c, w in enumerate(across)), across=reach)


def blurred(frame: Frame, kernel: Array) -> Frame:
    """The frame with its light spread by a kernel (channels or 1, side, side), and its point spread function along."""
    reach = kernel.shape[-1] // 2
    light, kernel = jnp.stack(frame.pixels.planes[0]), cut(kernel)
    made = jax.vmap(spread, in_axes=(0, 0 if len(kernel) > 1 else None))(light, kernel if len(kernel) > 1 else kernel[0])
    # The stencil only says what is lost at the rim: the kernel's own loop reads whole planes.
    return frame.but(pixels=frame.pixels.stencil(reach, lambda near, _: tuple(made)), psf=psf_after(frame, kernel))


def unmoved(frame: Frame, reach: int) -> Frame:
    """The frame as it was, less the halo that a blur of `reach` would have used."""
    channels = range(frame.pixels.channels)
    return frame.but(pixels=frame.pixels.stencil(reach, lambda near, _: tuple(near(0, 0, c) for c in channels)))


def psf_after(frame: Frame, kernel: Array) -> Array:
    """The frame's point spread function (channels or 1, side, side) after a kernel more."""
    return composed(None if frame.psf is None else jnp.asarray(frame.psf, kernel.dtype), kernel)


def outer(down: Sequence[Array], across: Sequence[Array]) -> Array:
    """The kernel (1, side, side) of two passes."""
    return (jnp.stack(down)[:, None] * jnp.stack(across))[None]


# ---------------------------------------------------------------------- falloff
def shading_after(frame: Frame, gains: Array) -> Shading:
    """The gains (meshes, rows, columns) that undo a falloff over the whole frame, with those that the frame knew already."""
    dtype, origin, extent = gains.dtype, jnp.zeros(2, gains.dtype), jnp.ones(2, gains.dtype)
    if frame.shading is not None:
        known = Shading(*(jnp.asarray(a, dtype) for a in (frame.shading.gains, frame.shading.origin, frame.shading.extent)))
        size = [max(n) for n in zip(known.gains.shape[1:], gains.shape[1:], strict=True)]
        gains = resized(known, size) * resized(Shading(gains, origin, extent), size)
    return Shading(gains, origin, extent)


def resized(shading: Shading, size: Sequence[int]) -> Array:
    """The gains (meshes, rows, columns) of a mesh of another size, that spans the frame."""
    places = [jnp.linspace(0, 1, n, dtype=shading.gains.dtype) for n in size]
    down, across = (hats(p, o, e, n) for p, o, e, n in zip(places, shading.origin, shading.extent, shading.gains.shape[1:], strict=True))
    return jnp.stack([interpolated(mesh, down, across) for mesh in shading.gains])


def stacked(frame: Frame) -> Array:
    """The pixels of a frame that is one array as floating point (rows, columns, channels)."""
    pixels = jnp.asarray(frame.pixels)
    pixels = pixels if jnp.issubdtype(pixels.dtype, jnp.floating) else pixels.astype(jnp.result_type(float))
    return pixels[..., None] if pixels.ndim == 2 else pixels
