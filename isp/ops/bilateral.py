"""The bilateral filter of a plane, with a gradient that costs little more than the filter."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.ops.fuse import cut, together

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
    moved, total = _sums(plane, precision, falloff, reach)
    return _shifted(plane, reach, 0, 0) + moved / total


def _sums(plane: Array, precision: Array, falloff: Array, reach: tuple[int, int]) -> tuple[Array, Array]:
    """The sum of weighted differences, and that of weights."""
    centre, moved, total = _shifted(plane, reach, 0, 0), 0.0, 0.0
    for i, j, spatial in _taps(falloff, reach):
        away = _shifted(plane, reach, i, j) - centre
        left = jnp.maximum(1 - precision * away * away, 0)
        weight = spatial * (left * left * left)
        moved, total = moved + weight * away, total + weight
    return moved, total


def _forward(plane: Array, precision: Array, falloff: Array, reach: tuple[int, int]) -> tuple[Array, tuple[Array, ...]]:
    moved, total = together(*_sums(plane, precision, falloff, reach))
    shift = cut(moved / total)
    return _shifted(plane, reach, 0, 0) + shift, (plane, precision, falloff, shift, total)


def _backward(reach: tuple[int, int], kept: tuple[Array, ...], up: Array) -> tuple[Array, Array, Array]:
    # Each walk over the window starts from inputs of its own behind a barrier. Without, XLA finds the differences and weights of all
    # neighbours in every walk, and keeps them in memory as a plane each.
    plane, precision, falloff, shift, total = kept
    precise, pull = jnp.broadcast_to(precision, up.shape), cut(up / total)
    to_precision, middle = together(*_as_middle(*cut((plane, precise, falloff, shift, pull)), reach))
    to_plane, to_falloff = together(*_as_neighbour(*cut((plane, precise, falloff, shift, pull)), reach))
    to_plane = to_plane + cut(_padded(cut(middle), reach, 1))
    return to_plane, _summed_like(to_precision, precision), _summed_like(to_falloff, falloff)


def _as_middle(plane: Array, precision: Array, falloff: Array, shift: Array, pull: Array, reach: tuple[int, int]) -> tuple[Array, Array]:
    """What comes back to the precision, and to the value in the middle, since all weights of its window depend on it. (The middle's own
    weight and the sum of all weights cancel.)"""
    centre, squared, linear = _shifted(plane, reach, 0, 0), 0.0, 0.0
    for i, j, spatial in _taps(falloff, reach):
        away = _shifted(plane, reach, i, j) - centre
        left = jnp.maximum(1 - precision * away * away, 0)
        slope = spatial * (left * left) * away * (away - shift)
        squared, linear = squared + slope * away, linear + slope
    return -3 * pull * squared, 6 * precision * pull * linear


def _as_neighbour(plane: Array, precision: Array, falloff: Array, shift: Array, pull: Array, reach: tuple[int, int]) -> tuple[Array, Array]:
    """What comes back to each value, and to the falloff, from the windows that the value lies in; pull is 0 where there is none."""
    wide = cut((_padded(plane, reach, 1), *(_padded(a, reach, 2) for a in (precision, pull, shift))))
    own, total, fallen = _shifted(wide[0], reach, 0, 0), 0.0, 0.0
    for i, j, spatial in _taps(falloff, reach):
        centre, precise, pulled, moved = (_shifted(a, reach, i, j) for a in wide)
        away = own - centre
        bend = precise * away
        left = jnp.maximum(1 - bend * away, 0)
        weight, beyond = spatial * (pulled * (left * left)), away - moved
        total, fallen = total + weight * (left - 6 * bend * beyond), fallen - (i * i + j * j) * (weight * left * beyond)
    return total, fallen


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
