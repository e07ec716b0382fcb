"""The whole frame in a few numbers, for looks that depend on what the picture shows."""

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import ChainError, Domain, Frame
from isp.core.planes import Array
from isp.develop.measure import Measure
from isp.ops.colour import rgb_to_rgb, xyz_to_rgb
from isp.ops.dng import camera_to_xyz
from isp.ops.resample import weights

SIDE = 32
"""Rows and columns of a thumbnail."""


class Thumbnail(
    Measure,
    stabilised=False,
    uses=("wb_gains", "balanced", "camera_matrix", "forward_matrix", "illuminants", "primaries"),
    gives=("thumbnail",),
):
    """Average the frame over 32 x 32 equal parts, of whatever shape they then are, as linear light of sRGB's primaries. In camera colours, a mosaic
    too, gains that are known but not yet applied are taken into account, and the camera's own matrices bring the means there; where it knows
    none, they stay camera colours. On the mosaic this costs next to nothing; what stands before a measure is developed twice."""

    def __call__(self, frame: Frame) -> Frame:
        means = jnp.stack([parts(plane) for plane in colours(frame)], -1)
        return frame.but(thumbnail=jnp.einsum("ij,rcj->rci", to_srgb(frame), means, precision=jax.lax.Precision.HIGHEST))


def colours(frame: Frame) -> list[Array]:
    """Red, green and blue (rows, columns), each the mean of its sites in a tile. Raises ChainError for a mosaic without them."""
    planes = frame.pixels.planes
    if not frame.domain.is_mosaic:
        return [planes[0][c] for c in range(3)]
    assert frame.cfa is not None
    if missing := set("rgb") - set(sites := frame.cfa.sites):
        raise ChainError("measure.thumbnail", f"needs red, green and blue filters, but {frame.cfa} has no {', '.join(sorted(missing))}")
    same = [[planes[i][0] for i, c in enumerate(sites) if c == colour] for colour in "rgb"]
    return [sum(some) / len(some) for some in same]


def parts(plane: Array) -> Array:
    """The means (32, 32) over equal parts of a plane, each pixel by what of it lies in a part."""
    down, across = (jnp.asarray(weights(size, SIDE, "area"), plane.dtype) for size in plane.shape)
    return jnp.einsum("ir,rc,jc->ij", down, plane, across, precision=jax.lax.Precision.HIGHEST, optimize=((0, 1), (0, 1)))


def to_srgb(frame: Frame) -> Array:
    """The matrix (3, 3) from the colours of the pixels to linear sRGB."""
    kind = frame.pixels.dtype
    if frame.domain is Domain.WORKING:
        return jnp.asarray(rgb_to_rgb(frame.primaries or "srgb", "srgb"), kind)
    missing = jnp.ones(3, kind) if frame.wb_gains is None else jnp.asarray(frame.wb_gains, kind)
    matrices = [None if m is None else jnp.asarray(m, kind) for m in (frame.camera_matrix, frame.forward_matrix, frame.illuminants)]
    if (matrices[0] is None and matrices[1] is None) or any(m is not None and np.shape(m)[1:] != (3, 3) for m in matrices[:2]):
        return jnp.diag(missing)
    gains = missing if frame.balanced is None else missing * jnp.asarray(frame.balanced, kind)
    return jnp.asarray(xyz_to_rgb("srgb"), kind) @ camera_to_xyz(*matrices, gains) @ jnp.diag(missing)
