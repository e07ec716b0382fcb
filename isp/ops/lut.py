"""Look-up tables of colours, between whose points a colour is interpolated in the tetrahedron that it lies in.

Places are roots of light (`isp.ops.curve.rooted`), which are spaced about as the eye sees, so that few points suffice.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from isp.ops.curve import BLACK, REST
from isp.ops.extreme import higher, lower

Array = Any


def tetrahedral(table: Array, places: tuple[Array, Array, Array]) -> tuple[Array, ...]:
    """Values of a `table` (n, n, n, channels), n of 2 or more, axes in the order of `places` (any shape), which go from 0 to 1 and are held there.

    The cube between eight points falls into six tetrahedra, one for each order of the three fractions; all share the diagonal, so that
    grey stays on the line between grey points. Four look-ups a channel where trilinear interpolation needs eight (Kasson et al. 1995).
    """
    n = table.shape[0]
    steps = n * n, n, 1
    at = [jnp.clip(p, 0, 1) * (n - 1) for p in places]
    cells = [jnp.minimum(a.astype(jnp.int32), n - 2) for a in at]
    x, y, z = (a - c.astype(a.dtype) for a, c in zip(at, cells, strict=True))
    first = sum(c * s for c, s in zip(cells, steps, strict=True))
    most, least = higher(higher(x, y), z), lower(lower(x, y), z)
    middle = x + y + z - most - least
    longest = jnp.where((x >= y) & (x >= z), steps[0], jnp.where(y >= z, steps[1], steps[2]))
    shortest = jnp.where((z <= y) & (z < x), steps[2], jnp.where(y < x, steps[1], steps[0]))
    last = first + sum(steps)
    corners = first, first + longest, last - shortest, last
    shares = 1 - most, most - middle, middle - least, least
    flat = table.reshape(-1, table.shape[-1])
    return tuple(sum(share * flat[:, c][corner] for share, corner in zip(shares, corners, strict=True)) for c in range(table.shape[-1]))


def moved(light: Array, root: Array, by: Array) -> Array:
    """Light whose root is moved by a number; `root` is that of `light`. Where `by` is 0 the light stays, to the bit.

    The difference of two values of `isp.ops.curve.squared`, multiplied out.
    """
    return light + REST * by * (REST * (jnp.maximum(root, 0.0) + jnp.maximum(root + by, 0.0)) + 2 * BLACK)
