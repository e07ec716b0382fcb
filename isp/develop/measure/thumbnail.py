"""The whole frame in a few numbers, for looks that depend on what the picture shows."""

import jax
import jax.numpy as jnp

from isp.core import Frame
from isp.core.planes import Array
from isp.develop.measure import COLOURS, Measure, colours, looked_at, to_srgb
from isp.ops.resample import weights

SIDE = 32
"""Rows and columns of a thumbnail."""


class Thumbnail(
    Measure,
    stabilised=False,
    uses=COLOURS,
    gives=("thumbnail", "measured_window"),
):
    """Average the frame over 32 x 32 equal parts, of whatever shape they then are, as linear light of sRGB's primaries. In camera colours, a mosaic
    too, gains that are known but not yet applied are taken into account, and the camera's own matrices bring the means there; where it knows
    none, they stay camera colours. On the mosaic this costs next to nothing; what stands before a measure is developed twice. Which part of the whole
    frame it saw is noted with it: a crop has a thumbnail of its own."""

    def __call__(self, frame: Frame) -> Frame:
        means = jnp.stack([parts(plane) for plane in colours(frame)], -1)
        seen = jnp.einsum("ij,rcj->rci", to_srgb(frame), means, precision=jax.lax.Precision.HIGHEST)
        return frame.but(thumbnail=seen, measured_window=looked_at(frame))


def parts(plane: Array) -> Array:
    """The means (32, 32) over equal parts of a plane, each pixel by what of it lies in a part."""
    down, across = (jnp.asarray(weights(size, SIDE, "area"), plane.dtype) for size in plane.shape)
    return jnp.einsum("ir,rc,jc->ij", down, plane, across, precision=jax.lax.Precision.HIGHEST, optimize=((0, 1), (0, 1)))
