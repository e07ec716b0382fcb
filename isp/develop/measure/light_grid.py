"""How bright the surroundings of every place are, bright ones and dark ones apart: the bilateral grid of the frame's light."""

import jax.numpy as jnp
import numpy as np

from isp.core import Frame
from isp.core.planes import Array
from isp.develop.measure import COLOURS, Measure, colours, looked_at, to_srgb
from isp.ops.colour import luminance_weights
from isp.ops.grid import hats, places, spread
from isp.ops.stops import DEPTHS, depth, stops

SIDE = 24
"""Rows and columns of the grid: filled and read by hats, it smooths with a deviation of 2.4 % of the frame's sides."""
PLACES = 65536
"""Every n-th pixel is looked at, down and across: between one and four times as many, or all."""
BLUR = (0.25, 0.5, 0.25)
"""What a depth and its two neighbours bring to it."""


class LightGrid(Measure, stabilised=False, uses=COLOURS, gives=("light_grid", "measured_window"), paper="chen2007"):
    """Chen, Paris and Durand's bilateral grid over 24 x 24 places and 10 depths of 1.5 stops: at each point the share of what lies there that
    has about that brightness, over all depths 1 together, and that share times the brightness, in stops. Their quotient, read at a pixel's own place and
    brightness, is the mean of its surroundings on its own side of every edge.

    The luminance is that of linear sRGB, found as `measure.thumbnail` finds it: on a mosaic it costs next to nothing. Every n-th pixel is looked at as it is,
    since means would invent brightnesses at edges. Slopes reach those pixels.
    """

    def __call__(self, frame: Frame) -> Frame:
        red, green, blue = jnp.asarray(luminance_weights("srgb"), frame.pixels.dtype) @ to_srgb(frame)
        r, g, b = colours(frame)
        light = red * r + green * g + blue * b
        step = max(1, int((light.shape[0] * light.shape[1] / PLACES) ** 0.5))
        brightness = stops(light[step // 2 :: step, step // 2 :: step])
        down, across = (places(jnp.arange(step // 2, n, step).astype(light.dtype), 0, n, SIDE) for n in light.shape)
        grid = spread(jnp.stack([jnp.ones_like(brightness), brightness]), depth(brightness), down, across, (DEPTHS, SIDE, SIDE))
        there = hats(down, SIDE).sum(0)[:, None] * hats(across, SIDE).sum(0)
        return frame.but(light_grid=blurred(grid) / jnp.maximum(there, 1e-6), measured_window=looked_at(frame))


def blurred(grid: Array) -> Array:
    """The grid with each depth mixed with its neighbours; the outermost have none beyond them."""
    wide = jnp.pad(grid, ((1, 1), (0, 0), (0, 0), (0, 0)))
    return sum(share * wide[i : i + DEPTHS] for i, share in enumerate(np.array(BLUR, float).tolist()))
