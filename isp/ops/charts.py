"""Shapes of test charts, as shares of the area of each pixel, and where their parts lie.

Lengths are in pixels; pixel i covers i - 1/2 to i + 1/2. Everything broadcasts, so that a chart costs a row and a column where it can.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

Array = Any

NARROW = 1e-3
"""The least width of a ramp: below it a difference of squares loses its digits. It blurs an edge by less than can be measured."""


def interval(place: Array, low: Array, high: Array) -> Array:
    """Share of the pixel at `place` between `low` and `high`: exact."""
    return jnp.clip(jnp.minimum(place + 0.5, high) - jnp.maximum(place - 0.5, low), 0, 1)


def ramp(distance: Array, width: Array, other: Array) -> Array:
    """From 0 at far negative to 1 at far positive distance: a step seen through two boxes of widths `width` and `other`. Exact.

    With the cosine and sine of an edge's angle as widths it is the share of a unit pixel on the far side of the edge, whose centre lies
    `distance` beyond it."""
    wide, narrow = jnp.maximum(width, other), jnp.maximum(jnp.minimum(width, other), NARROW)
    wide = jnp.maximum(wide, narrow)
    outer, inner = (wide + narrow) / 2, (wide - narrow) / 2
    # Beyond the ramp the squares would be large and their difference small; the middle is a line and has no squares.
    near = outer - jnp.minimum(jnp.abs(distance), outer)
    end = jnp.square(near) / (2 * wide * narrow)
    return jnp.where(jnp.abs(distance) > inner, jnp.where(distance < 0, end, 1 - end), 0.5 + distance / wide)


def disc(distance: Array, radius: Array) -> Array:
    """Share of a pixel within a disc whose centre lies `distance` away: to 0.04 (the corner of a pixel) for discs of a pixel or more."""
    return jnp.clip(radius - distance + 0.5, 0, 1)


def kept(down: Array, across: Array) -> Array:
    """What the mean over a square pixel leaves of a wave of these frequencies in cycles a pixel; nothing from its first zero on."""
    return jnp.sinc(jnp.clip(down, -1, 1)) * jnp.sinc(jnp.clip(across, -1, 1))


def grid(rows: Any, columns: Any, down: int, across: int, border: Any, share: Any) -> tuple[Array, Array]:
    """Where `down` x `across` patches lie in a frame of rows x columns: top and bottom (down, 2), left and right (across, 2).

    `border` is the share of each side of the frame that stays free, `share` that of each cell's sides which its patch fills."""

    def ends(size: Any, count: int) -> Array:
        cell = size * (1 - 2 * border) / count
        middle = size * border + cell * (jnp.arange(count) + 0.5) - 0.5
        return jnp.stack([middle - cell * share / 2, middle + cell * share / 2], -1)

    return ends(rows, down), ends(columns, across)


def patches(rows: int, columns: int, down: int, across: int, border: float, share: float, inside: float = 0.8) -> list[tuple[slice, slice]]:
    """Rows and columns wholly within each patch of `grid`, row by row of patches: the middle `inside` of its sides, to measure in."""
    tall, wide = (np.asarray(ends, float) for ends in grid(rows, columns, down, across, border, share))

    def whole(ends: np.ndarray) -> slice:
        middle, half = ends.mean(), (ends[1] - ends[0]) / 2 * inside
        return slice(int(np.ceil(middle - half + 0.5)), int(np.floor(middle + half - 0.5)) + 1)

    return [(whole(y), whole(x)) for y in tall for x in wide]


def tiled(place: Array, ends: Array) -> Array:
    """Share of each place (m,) that each interval of `ends` (n, 2) covers: (n, m)."""
    return interval(place.reshape(1, -1), ends[:, :1], ends[:, 1:])


def painted(down: Array, across: Array, values: Array, ground: Array) -> list[Array]:
    """Boards of patches, each (rows, columns): `values` (boards, n, m) where the patches of `down` (n, rows) and `across` (m, columns)
    cover, `ground` between them."""
    lines = jnp.sum((values - ground)[..., None] * across, axis=2)
    return [ground + sum(down[i][:, None] * line[i][None, :] for i in range(down.shape[0])) for line in lines]


def leaves(seed: int, discs: int, smallest: float, largest: float) -> np.ndarray:
    """Dead leaves, from the bottom of the heap to its top (discs, 6): row and column as shares of the sides, 0 to 1 and a little beyond;
    radius, with density proportional to its power -3 between `smallest` and `largest`; three colours, uniform in 0 to 1."""
    random = np.random.default_rng(seed)
    place = random.uniform(-0.1, 1.1, (discs, 2))
    radius = (smallest**-2.0 + random.uniform(0, 1, (discs, 1)) * (largest**-2.0 - smallest**-2.0)) ** -0.5
    return np.concatenate([place, radius, random.uniform(0, 1, (discs, 3))], 1)
