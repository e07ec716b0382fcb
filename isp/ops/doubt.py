"""How far a value stands out of what its neighbours allow, with a pullback that finds the slopes of its two switches once."""

from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.fuse import afresh, cut
from isp.ops.slopes import added

Array = Any

SHARPNESS = 8.0
"""A value exactly as high as its highest neighbour is mixed by the sigmoid of minus this number."""

FAR = 32.0
"""Times what is allowed, where the sigmoid has no slope left in any precision in use."""


@jax.custom_vjp
def doubt(
    own: Array, low: Array, high: Array, deviation: Array, rise: Array, black: Array, threshold: Array, spread: Array, shared: Array
) -> Array:
    """0 for a value that stays within what its neighbours allow, 1 for one that is far beyond.

    `own` (planes, rows, columns) may exceed the largest neighbour `high` by `threshold` times the `deviation` of the noise, `spread` times
    the range of the neighbours, and `shared` times the `rise` of what lies beside it; below the smallest, `low`, alike, where the range
    counts as far as the value is lit above `black` (planes, 1, 1).
    """
    above, below, _ = _excesses(own, low, high, deviation, rise, black, threshold, spread, shared)
    return _switch(*above) + _switch(*below)


def _excesses(
    own: Array, low: Array, high: Array, deviation: Array, rise: Array, black: Array, threshold: Array, spread: Array, shared: Array
) -> tuple[tuple[Array, Array], tuple[Array, Array], Array]:
    """By how much the value exceeds and what is allowed, above and below; and how far it is lit, 0 to 1."""
    noise, texture = threshold * deviation, spread * (high - low)
    lit = jnp.clip((own - black) / jnp.maximum(low - black, deviation), 0, 1)
    hot = own - high, noise + texture + shared * jnp.maximum(rise, 0)
    return hot, (low - own, noise + texture * lit + shared * jnp.maximum(-rise, 0)), lit


def _switch(excess: Array, allowed: Array) -> Array:
    return jax.nn.sigmoid(SHARPNESS * (excess / allowed - 1))


def _forward(*given: Array) -> tuple[Array, Any]:
    return doubt(*given), given


def _backward(kept: Any, up: Array) -> tuple[Array, ...]:
    _, low, high, deviation, rise, black, threshold, spread, shared = kept
    given = afresh(kept)

    def back(side: int) -> tuple[Array, Array]:
        """What comes back to an excess, and to what is allowed of it."""
        excess, allowed = _excesses(*next(given))[side]
        made = _switch(excess, allowed)
        pull = cut(SHARPNESS * up * made * (1 - made) / allowed)
        excess, allowed = _excesses(*next(given))[side]
        return pull, cut(-pull * jnp.clip(excess / allowed, -FAR, FAR))

    (hot, hot_allowed), (cold, cold_allowed) = back(0), back(1)
    lit = cut(_excesses(*next(given))[2])
    of_range = hot_allowed + cold_allowed * lit
    # What comes back to the share that is lit, over the span that it is a share of; which of two that span is.
    above = low - black > deviation
    pull = cut(jnp.where((lit > 0) & (lit < 1), spread * (high - low) * cold_allowed / jnp.maximum(low - black, deviation), 0))
    to_black = jnp.where(above, pull * lit, 0) - pull
    return (
        hot - cold + pull,
        cold - spread * of_range - jnp.where(above, pull * lit, 0),
        spread * of_range - hot,
        threshold * (hot_allowed + cold_allowed) - jnp.where(above, 0, pull * lit),
        shared * (jnp.where(rise > 0, hot_allowed, 0) - jnp.where(rise < 0, cold_allowed, 0)),
        cut(to_black.sum(-2, keepdims=True)).sum(-1, keepdims=True),
        added((hot_allowed + cold_allowed) * deviation),
        added(of_range * (high - low)),
        added(hot_allowed * jnp.maximum(rise, 0) + cold_allowed * jnp.maximum(-rise, 0)),
    )


doubt.defvjp(_forward, _backward)
