"""An even window passed over planes, down and then across: its gradient is the same two passes.

Autodiff would pad every shift of every pass apart. The transpose of an even window is the window itself, once zeros surround what comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp

from isp.core.planes import Array, Planes
from isp.ops.fuse import cut


@jax.custom_vjp
def passed(planes: Planes, weights: Array) -> Planes:
    """Sums over the pixels around each, weighted down and across by `weights` (reach + 1,): the middle's, then those of either side outward. What comes out
    has a halo smaller by the reach, in whole tiles. Has no forward-mode derivative."""
    return _across(cut(_down(planes, weights)), weights)


def _down(planes: Planes, weights: Array) -> Planes:
    return planes.stencil(len(weights) - 1, lambda near, _: _even(weights, lambda i: near(i, 0)), across=0)


def _across(planes: Planes, weights: Array) -> Planes:
    return planes.stencil(0, lambda near, _: _even(weights, lambda i: near(0, i)), across=len(weights) - 1)


def _even(weights: Array, tap: Callable[[int], Array]) -> Array:
    return sum((weights[i] * (tap(i) + tap(-i)) for i in range(1, len(weights))), weights[0] * tap(0))


def _forward(planes: Planes, weights: Array) -> tuple[Planes, tuple[Planes, Array]]:
    return passed(planes, weights), (planes, weights)


def _backward(kept: tuple[Planes, Array], up: Planes) -> tuple[Planes, Array]:
    planes, weights = cut(kept)
    reach = len(weights) - 1
    cells = planes.cells(reach)
    down = cut(_down(planes, weights))
    up = cut(up)
    middle = cut(_across(cut(_surrounded(up, (0, cells[1]))), weights))
    slope = jnp.stack(
        [
            _product(up, down, lambda near, i=i: near(0, i) + near(0, -i) if i else near(0, 0), 0, reach)
            + _product(middle, planes, lambda near, i=i: near(i, 0) + near(-i, 0) if i else near(0, 0), reach, 0)
            for i in range(reach + 1)
        ]
    )
    return replace(_down(cut(_surrounded(middle, (cells[0], 0))), weights), margin=planes.margin), slope


def _surrounded(planes: Planes, cells: tuple[int, int]) -> Planes:
    """Planes with zeros around them, twice as many tiles as a pass takes away on each side."""
    width = [(2 * c, 2 * c) for c in cells]
    return replace(planes.map(lambda p: jnp.pad(p, width)), margin=(planes.margin[0] + 2 * cells[0], planes.margin[1] + 2 * cells[1]))


def _product(up: Planes, planes: Planes, taps: Callable[..., Array], down: int, across: int) -> Any:
    """The sum over all places of what comes back times what some taps had read."""
    read = planes.stencil(down, lambda near, _: taps(near), across=across)
    return sum(jnp.sum(a * b) for some, other in zip(up.planes, read.planes, strict=True) for a, b in zip(some, other, strict=True))


passed.defvjp(_forward, _backward)
