"""Noise is averaged away where the noise model says that it is noise."""

from collections.abc import Callable
from dataclasses import replace

import jax.numpy as jnp

from isp.core import Domain, Frame, Planes, Stage
from isp.core.planes import Array
from isp.ops.fuse import cut


class Denoise(Stage, accepts=(Domain.MOSAIC, Domain.CAMERA), needs=("noise",), stabilised=True):
    """Estimate what the frame would be without noise. Sites are compared with sites of their own filter; the noise model that is left
    is that of flat areas, and no longer white."""


def windows(frame: Frame, radius: int) -> tuple[int, int]:
    """Rows and columns of a plane of neighbours on either side of a site, for a radius in pixels, rounded up to whole tiles."""
    return frame.pixels.cells(radius) if frame.domain.is_mosaic else (radius, radius)


def filtered(frame: Frame, radius: int, steps: int, function: Callable[[Array, Array, Array], Array]) -> Planes:
    """`function(planes, slope, floor)` of the planes of neighbours: of a mosaic, the sites of each phase; of a picture, each channel of
    all pixels. They come stacked, (planes, rows, columns), so that they share one program, and slope and floor of their noise with them,
    (planes, 1, 1). What it returns is smaller by `steps` times `windows` on each side.
    """
    pixels, cells = frame.pixels, frame.pixels.cells(radius)
    margin = pixels.margin[0] - steps * cells[0], pixels.margin[1] - steps * cells[1]
    slope, floor = jnp.moveaxis(jnp.asarray(frame.noise), -1, 0)[..., None, None]
    if frame.domain.is_mosaic:
        made = cut(function(cut(jnp.stack([site[0] for site in pixels.planes])), slope, floor))
        return replace(pixels, planes=tuple((made[i],) for i in range(len(pixels.planes))), margin=margin)
    made = function(cut(jnp.moveaxis(pixels.joined(), -1, 0)), slope, floor)
    # The window counts pixels; the halo it takes counts whole tiles.
    down, right = (steps * (cell * side - radius) for cell, side in zip(cells, pixels.tile, strict=True))
    made = cut(made[:, down : made.shape[1] - down, right : made.shape[2] - right])
    (height, width), channels = pixels.tile, range(pixels.channels)
    return replace(pixels, planes=tuple(tuple(made[c, y::height, x::width] for c in channels) for y, x in pixels.phases), margin=margin)
