"""The bilateral filter of a plane, with a gradient that costs little more than the filter."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.ops.fuse import cut

Array = Any


@partial(jax.custom_vjp, nondiff_argnums=(3,))
def bilateral(plane: Array, precision: Array, falloff: Array, reach: tuple[int, int]) -> Array:
    """Each value of a plane (..., rows, columns) moved to the weighted mean of those around it that are like it.

    A neighbour at distance r (in values of the plane) that differs by d weighs exp(-falloff r^2) max(0, 1 - precision d^2)^3: nearly a
    Gaussian of deviation sqrt(1 / (6 precision)), with an end. `precision` broadcasts to what comes out; `reach`
    rows and columns on either side; what comes out is smaller by that. No neighbour that differs: the value stays as it is.

    Leading axes are other planes, filtered by the same program. The gradient is written by hand: it walks the window again and recomputes
    the weights, since a tape of them costs twenty times more, and is a gather like the filter, since XLA turns a scatter into many kernels.
    """
    centre, moved, total = _shifted(plane, reach, 0, 0), 0.0, 0.0
    for i, j, spatial in _taps(falloff, reach):
        away = _shifted(plane, reach, i, j) - centre
        left = jnp.maximum(1 - precision * away * away, 0)
        weight = spatial * (left * left * left)
        moved, total = moved + weight * away, total + weight
    return centre + moved / total


def _forward(plane: Array, precision: Array, falloff: Array, reach: tuple[int, int]) -> tuple[Array, tuple[Array, ...]]:
    made = cut(bilateral(plane, precision, falloff, reach))
    return made, (plane, precision, falloff, made)


def _backward(reach: tuple[int, int], kept: tuple[Array, ...], up: Array) -> tuple[Array, Array, Array]:
    # Each walk over the window starts from inputs of its own behind a barrier. Without, XLA finds the differences and weights of all
    # neighbours in every walk, and keeps them in memory as a plane each.
    given = kept[1]
    kept = (*kept[:1], jnp.broadcast_to(kept[1], up.shape), *kept[2:])
    pull = cut(up / _total(*cut(kept), reach))
    to_precision = cut(_to_precision(*cut((*kept, pull)), reach))
    to_falloff = cut(_to_falloff(*cut((pull, *kept)), reach))
    # As a neighbour of others, and as the middle of a window, which nothing in the halo is. The middle's own weight and the sum of all
    # weights cancel.
    middle = cut(_padded(cut(_as_middle(*cut((*kept, pull)), reach)), reach, 1))
    to_plane = cut(_as_neighbour(*kept, pull, reach)) + middle
    return to_plane, _summed_like(to_precision, given), _summed_like(to_falloff, kept[2])


def _total(plane: Array, precision: Array, falloff: Array, made: Array, reach: tuple[int, int]) -> Array:
    """The sum of weights."""
    centre = _shifted(plane, reach, 0, 0)
    return sum(
        spatial * jnp.maximum(1 - precision * (_shifted(plane, reach, i, j) - centre) ** 2, 0) ** 3
        for i, j, spatial in _taps(falloff, reach)
    )


def _pair(away: Array, precision: Array, pull: Array, shift: Array, spatial: Array) -> tuple[Array, Array, Array]:
    """What the result in the middle hands to the weight of a neighbour `away` from it; that weight; and the product of the first with
    the slope of the second in precision away^2, times away."""
    left = jnp.maximum(1 - precision * away * away, 0)
    square = spatial * (left * left)
    to_weight = pull * (away - shift)
    return to_weight, square * left, -3 * square * away * to_weight


def _to_precision(plane: Array, precision: Array, falloff: Array, made: Array, pull: Array, reach: tuple[int, int]) -> Array:
    centre, total = _shifted(plane, reach, 0, 0), 0.0
    shift = made - centre
    for i, j, spatial in _taps(falloff, reach):
        away = _shifted(plane, reach, i, j) - centre
        total += _pair(away, precision, pull, shift, spatial)[2] * away
    return total


def _to_falloff(pull: Array, plane: Array, precision: Array, falloff: Array, made: Array, reach: tuple[int, int]) -> Array:
    centre, total = _shifted(plane, reach, 0, 0), 0.0
    shift = made - centre
    for i, j, spatial in _taps(falloff, reach):
        to_weight, weight, _ = _pair(_shifted(plane, reach, i, j) - centre, precision, pull, shift, spatial)
        total -= (i * i + j * j) * (to_weight * weight)
    return total


def _as_middle(plane: Array, precision: Array, falloff: Array, made: Array, pull: Array, reach: tuple[int, int]) -> Array:
    """What comes back to the value in the middle, since all weights of its window depend on it."""
    centre, total = _shifted(plane, reach, 0, 0), 0.0
    shift = made - centre
    for i, j, spatial in _taps(falloff, reach):
        total += _pair(_shifted(plane, reach, i, j) - centre, precision, pull, shift, spatial)[2]
    return -2 * precision * total


def _as_neighbour(plane: Array, precision: Array, falloff: Array, made: Array, pull: Array, reach: tuple[int, int]) -> Array:
    """What comes back to each value from the windows that it lies in; pull is 0 where there is none."""
    shift = made - _shifted(plane, reach, 0, 0)
    wide = cut((_padded(plane, reach, 1), *(_padded(a, reach, 2) for a in (precision, pull, shift))))
    own, total = _shifted(wide[0], reach, 0, 0), 0.0
    for i, j, spatial in _taps(falloff, reach):
        centre, precise, pulled, moved = (_shifted(a, reach, i, j) for a in wide)
        away = own - centre
        bend = precise * away
        left = jnp.maximum(1 - bend * away, 0)
        total += spatial * (pulled * (left * left)) * (left - 6 * bend * (away - moved))
    return total


bilateral.defvjp(_forward, _backward)


def remaining(strength: Array, falloff: Array, reach: tuple[int, int]) -> Array:
    """What share of the variance of white Gaussian noise is left in a flat area, where the range deviation is `strength` of its own.

    A quadrature over the value in the middle and over one neighbour, all neighbours alike and independent: exact for a large window.
    """
    nodes = np.linspace(-4, 4, 33)
    density = np.exp(-nodes * nodes / 2)
    density /= density.sum()
    distance = np.add.outer(np.arange(-reach[0], reach[0] + 1) ** 2, np.arange(-reach[1], reach[1] + 1) ** 2).ravel()
    spatial = jnp.exp(-falloff * np.delete(distance, distance.size // 2))
    precision = 1 / (6 * strength * strength + 1e-6)
    weight = jnp.maximum(1 - precision * np.subtract.outer(nodes, nodes) ** 2, 0) ** 3
    total = 1 + spatial.sum() * (weight @ density)
    mean = (nodes + spatial.sum() * (weight @ (density * nodes))) / total
    scatter = (spatial**2).sum() * ((weight**2 * (nodes - mean[:, None]) ** 2) @ density) / total**2
    return (mean**2 + scatter) @ density


def _taps(falloff: Array, reach: tuple[int, int]) -> Iterator[tuple[int, int, Array]]:
    """Row and column of each neighbour, and its spatial weight."""
    far = cut(jnp.exp(-falloff * np.arange(max(reach) + 1) ** 2))
    for i in range(-reach[0], reach[0] + 1):
        for j in range(-reach[1], reach[1] + 1):
            yield i, j, far[abs(i)] * far[abs(j)]


def _shifted(plane: Array, reach: tuple[int, int], i: int, j: int) -> Array:
    down, right = reach
    rows, columns = plane.shape[-2:]
    return plane[..., down + i : rows - down + i, right + j : columns - right + j]


def _padded(plane: Array, reach: tuple[int, int], times: int) -> Array:
    return jnp.pad(plane, [(0, 0)] * (plane.ndim - 2) + [(times * r, times * r) for r in reach])


def _summed_like(cotangent: Array, value: Array) -> Array:
    """A cotangent for `value`, summed over the axes along which it was broadcast."""
    extra = jnp.ndim(cotangent) - jnp.ndim(value)
    ones = tuple(extra + k for k, n in enumerate(jnp.shape(value)) if n == 1 != cotangent.shape[extra + k])
    if extra or ones:
        cotangent = cotangent.sum((*range(extra), *ones), keepdims=True)
    return cotangent.reshape(jnp.shape(value)).astype(jnp.result_type(value))
