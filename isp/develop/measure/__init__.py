"""What depends on the whole frame is measured here and written down as a fact; the stages that use it stay local."""

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import ChainError, Domain, Frame, Stage
from isp.core.planes import Array
from isp.ops.colour import rgb_to_rgb, xyz_to_rgb
from isp.ops.dng import camera_to_xyz


class Measure(Stage, accepts=(Domain.MOSAIC, Domain.CAMERA, Domain.WORKING), measures=True, stabilised=True):
    """Look at the whole frame, write a fact, leave the pixels as they are."""


SAMPLES = 65536
"""A frame is averaged down to between one and four times as many places: more tell a measure nothing new."""

SATURATED = 0.98
"""Share of white from which a site tells nothing about the colour of light."""

DARKEST = 1e-8
"""Light added to every estimate, so that a black frame counts as grey."""


def places(frame: Frame) -> tuple[tuple[Array, Array, Array], Array]:
    """Red, green and blue (rows, columns) averaged over small blocks of whole tiles, and where they can be trusted (1 or 0): nothing in
    the block is saturated, and no colour is at black. Raises ChainError for a mosaic without red, green or blue."""
    planes = frame.pixels.planes
    if frame.domain.is_mosaic:
        sites = frame.cfa.sites
        if missing := set("rgb") - set(sites):
            raise ChainError("measure", f"needs red, green and blue filters, but {frame.cfa} has no {', '.join(sorted(missing))}")
        colours = [[planes[i][0] for i, c in enumerate(sites) if c == colour] for colour in "rgb"]
    else:
        colours = [[site[c] for site in planes] for c in range(3)]
    white = jnp.ones(frame.filters) if frame.white is None else frame.per_filter(frame.white)
    over = [p / w.astype(p.dtype) for site, whites in zip(planes, frame.by_plane(white), strict=True) for p, w in zip(site, whites)]
    brightest = over[0]
    for p in over[1:]:
        brightest = jnp.maximum(brightest, p)
    rows, columns = brightest.shape
    side = max(1, int((rows * columns / SAMPLES) ** 0.5))

    def blocks(plane: Array) -> Array:
        plane = plane[: rows // side * side, : columns // side * side]
        return plane.reshape(rows // side, side, columns // side, side)

    picture = tuple(blocks(sum(same) / len(same)).mean((1, 3)) for same in colours)
    trusted = blocks(brightest).max((1, 3)) < SATURATED
    for colour in picture:
        trusted &= colour > 0
    return picture, trusted.astype(brightest.dtype)


def high(colour: Array, trusted: Array, share: Array) -> Array:
    """The value below which `share` of the trusted places lie, between two of them; 0 when there are none."""
    ordered = jnp.sort(jnp.where(trusted > 0, colour, 0).ravel())  # what is not trusted goes to the low end
    below_top = (1 - share) * jnp.maximum(trusted.sum() - 1, 0)
    place = jnp.clip(ordered.size - 1 - below_top, 0, ordered.size - 1)
    low = jnp.clip(place.astype(jnp.int32), 0, max(ordered.size - 2, 0))
    return ordered[low] + (place - low) * (ordered[jnp.minimum(low + 1, ordered.size - 1)] - ordered[low])


def axis(picture: tuple[Array, Array, Array], trusted: Array, share: Array) -> Array:
    """The principal axis (3,), about the origin, of the `share` of trusted places at either end of their order along their mean colour; zeros
    when there are none. Which places these are is a soft step over a tenth of the share; the order itself has no slope."""
    colours, trusted = jnp.stack([c.ravel() for c in picture]), trusted.ravel()
    mean = (colours * trusted).sum(1)
    length = jax.lax.stop_gradient(mean @ colours)
    count = jnp.maximum(trusted.sum(), 1)
    order = jnp.argsort(jnp.where(trusted > 0, length, -jnp.inf))  # what is not trusted comes first, and is not counted
    rank = jnp.zeros_like(length).at[order].set(jnp.arange(length.size, dtype=length.dtype))
    rank = (rank - (length.size - trusted.sum()) + 0.5) / count
    width = share / 10
    ends = jax.nn.sigmoid((share - rank) / width) + jax.nn.sigmoid((rank - 1 + share) / width)
    chosen = colours * jnp.sqrt(jnp.maximum(ends * trusted, 1e-30))
    scale = jax.lax.stop_gradient(jnp.maximum(jnp.abs(colours * trusted).max(), DARKEST))
    chosen = chosen / scale
    spread = jnp.einsum("in,jn->ij", chosen, chosen, precision=jax.lax.Precision.HIGHEST)
    return jnp.where(trusted.sum() > 0, principal(spread), 0)


def principal(spread: Array) -> Array:
    """The eigenvector (3,) with the largest eigenvalue of a symmetric matrix (3, 3) without negative entries, by squaring it until
    only that direction is left; its slope is finite where other methods divide by gaps between eigenvalues."""
    power = spread + 1e-12
    for _ in range(6):
        power = power / jnp.trace(power)
        power = power @ power
    direction = power @ jnp.ones(3, spread.dtype)
    return direction / direction.sum()


def gains_of(light: Array) -> Array:
    """White balance gains (3,), green 1, for the colour (3,) of the light, within 1/16 and 16. No light counts as grey light."""
    light = light + DARKEST
    return jnp.clip(light[1] / light, 1 / 16, 16).at[1].set(1)


def relative_to_applied(gains: Array, frame: Frame) -> Array:
    """Gains meant for unbalanced pixels, less what the pixels have received already."""
    return gains if frame.balanced is None else jnp.asarray(gains) / jnp.asarray(frame.balanced)


COLOURS = ("wb_gains", "balanced", "camera_matrix", "forward_matrix", "illuminants", "primaries")
"""The facts by which colours of a frame become those of sRGB."""


def colours(frame: Frame) -> list[Array]:
    """Red, green and blue (rows, columns), each the mean of its sites in a tile. Raises ChainError for a mosaic without them."""
    planes = frame.pixels.planes
    if not frame.domain.is_mosaic:
        return [planes[0][c] for c in range(3)]
    assert frame.cfa is not None
    if missing := set("rgb") - set(sites := frame.cfa.sites):
        raise ChainError("measure", f"needs red, green and blue filters, but {frame.cfa} has no {', '.join(sorted(missing))}")
    same = [[planes[i][0] for i, c in enumerate(sites) if c == colour] for colour in "rgb"]
    return [sum(some) / len(some) for some in same]


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


def looked_at(frame: Frame) -> Array:
    """(4,): row and column of the first pixel that a measure looks at, counted in the whole frame, and the rows and columns it looks at."""
    pixels = frame.pixels
    rows, columns = (n * side for n, side in zip(pixels.planes[0][0].shape, pixels.tile, strict=True))
    first = (0.0, 0.0) if frame.window is None else (frame.window[0], frame.window[1])
    return jnp.stack([jnp.asarray(n, pixels.dtype) for n in (*first, rows, columns)])
