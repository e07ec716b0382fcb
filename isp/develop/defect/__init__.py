"""Sites that do not tell the truth are given an estimate from their neighbours of the same colour."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from isp.core import Cfa, Domain, Stage
from isp.core.planes import Array
from isp.ops.extreme import smallest
from isp.ops.fuse import afresh, cut
from isp.ops.surround import Twins, around, gathered
from isp.ops.window import size


class Defect(Stage, accepts=(Domain.MOSAIC_DN, Domain.MOSAIC)):
    """Repair single bad sites of a mosaic, and leave the others as they are."""


REACH = 2
"""How far a repair looks: the nearest same-coloured sites of a Bayer mosaic lie two pixels away."""


def same_colour(cfa: Cfa, phase: int) -> list[tuple[int, int]]:
    """(dy, dx) of the sites around one of `phase` that have its filter: in a Bayer mosaic the eight of its own phase, since the two
    greens of a real sensor differ a little; in other arrays all within reach."""
    (height, width), around = cfa.tile, range(-REACH, REACH + 1)
    y, x = divmod(phase, width)
    every = [(dy, dx) for dy in around for dx in around if (dy, dx) != (0, 0)]
    if cfa.is_bayer:
        return [(dy, dx) for dy, dx in every if dy % 2 == dx % 2 == 0]
    return [(dy, dx) for dy, dx in every if cfa.rows[(y + dy) % height][(x + dx) % width] == cfa.rows[y][x]]


def estimates(neighbours: dict[tuple[int, int], Array]) -> list[tuple[Array, Array, tuple[tuple[int, int], ...]]]:
    """What the neighbours say about the site between them: (value, disagreement, the offsets used). Two neighbours on opposite sides
    speak together, and disagree across an edge; an array without such pairs is heard one by one against their mean."""
    pairs = [(o, (-o[0], -o[1])) for o in neighbours if o > (0, 0) and (-o[0], -o[1]) in neighbours]
    if pairs:
        return [((neighbours[a] + neighbours[b]) / 2, size(neighbours[a] - neighbours[b]), (a, b)) for a, b in pairs]
    centre = sum(neighbours.values()) / len(neighbours)
    return [(n, size(n - centre), (o,)) for o, n in neighbours.items()]


def along_edges(said: Sequence[tuple[Array, Array]], noise: Array, good: Sequence[Array] | None = None) -> Array:
    """One value of several (value, disagreement), each weighted by the inverse square of its disagreement and the noise: the direction
    along an edge wins. `good` weighs them further; where it is 0 for all, the result is 0."""
    values, apart = zip(*said, strict=True)
    return _mean(values, tuple(d + noise for d in apart), (1.0,) * len(values) if good is None else tuple(good))


@jax.custom_jvp
def _mean(values: tuple[Array, ...], apart: tuple[Array, ...], good: tuple[Array, ...]) -> Array:
    weights, total, _ = _weights(apart, good)
    return sum(g * w * v for g, w, v in zip(good, weights, values, strict=True)) / total


@_mean.defjvp
def _(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Array, Array]:
    # Written with the result: each slope then reads its own value and disagreement and no other.
    (values, apart, good), moves = primals, tangents
    weights, total, close = _weights(apart, good)
    made, scale = cut(_mean(*primals)), cut(1 / total)
    moved = 0.0
    for v, c, g, w, dv, dd, dg in zip(values, close, good, weights, *moves, strict=True):
        moved = moved + w * scale * (g * dv + (v - made) * (dg - 2 * g * c * dd))
    return made, moved


def _weights(apart: Sequence[Array], good: Sequence[Array]) -> tuple[list[Array], Array, list[Array]]:
    """Each weight, but for what is known to be good; their sum with that; and one over each of `apart`, since divisions are slow."""
    # The least only keeps the weights near 1: a common factor cancels, and so does its slope.
    least, close = cut(smallest(apart)), [1 / d for d in apart]
    weights = [(least * c) ** 2 for c in close]
    total = sum(g * w for g, w in zip(good, weights, strict=True))
    return weights, jnp.where(total > 0, total, 1), close


@jax.custom_vjp
def across_from(wide: Array, noise: Array, twins: Twins) -> Array:
    """`along_edges` of the four pairs of neighbours around each value of `wide` that has eight (see `isp.ops.surround`), with a pullback by
    hand. With c = 1 / (|a - b| + noise) the slope of the mean y in the weight c^2 of a pair is its (a + b)/2 - y over the sum of weights."""
    return along_edges([(value, apart) for value, apart, _ in estimates(around(wide, twins))], noise)


def _between_forward(wide: Array, noise: Array, twins: Twins) -> tuple[Array, Any]:
    made = cut(across_from(wide, noise, twins))
    return made, (wide, noise, twins, made)


def _between_backward(kept: Any, up: Array) -> tuple[Array, Array, None]:
    wide, noise, twins, made = kept
    given = afresh((wide, twins, noise))

    def pairs() -> tuple[list[Array], list[Array]]:
        wide, twins, noise = next(given)
        said = estimates(around(wide, twins))
        return [value for value, _, _ in said], [apart + noise for _, apart, _ in said]

    least = cut(smallest(pairs()[1]))
    pull = cut(up / sum(jnp.square(least / d) for d in pairs()[1]))
    values, close = pairs()[0], [1 / d for d in pairs()[1]]
    to_noise = -2 * pull * sum(jnp.square(least * c) * c * (v - made) for c, v in zip(close, values, strict=True))

    def back(own: Array, opposite: Array, made: Array, noise: Array, least: Array, pull: Array) -> Array:
        close = 1 / (size(own - opposite) + jnp.where(noise > 0, noise, 1))
        return pull * jnp.square(least * close) * (0.5 - 2 * close * jnp.sign(own - opposite) * ((own + opposite) / 2 - made))

    return gathered(back, wide, (made, noise, least, pull), twins), cut(to_noise), None


across_from.defvjp(_between_forward, _between_backward)
