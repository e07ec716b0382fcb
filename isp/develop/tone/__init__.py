"""From the range of a scene to the range of a display: 0 stays 0, the white point becomes 1."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from isp.core import Domain, Frame, Stage
from isp.core.planes import Array
from isp.ops.fuse import afresh, cut
from isp.ops.slopes import Site, added

LEAST_SPREAD = 1e-6
"""Difference between channels below which a colour counts as grey, whose hue there is nothing to keep of."""


class Tone(Stage, accepts=(Domain.WORKING,)):
    """Compress linear scene light, by a curve that never falls, into linear display light. Values beyond the white point end a little
    over 1 and keep a slope; negative ones follow a straight line. The noise model, no longer a straight line, is dropped."""


def sensor_white(frame: Frame) -> Array:
    """The lowest value at which a channel of the sensor saturates, 1 where it is not known."""
    return jnp.asarray(1.0 if frame.white is None else jnp.min(jnp.asarray(frame.white)), frame.pixels.dtype)


def toned(frame: Frame, curve: Callable[[Site], Site], keep_hue: Array) -> Frame:
    """The frame with `curve` on each of its channels, which it takes together, the middle channel drawn towards its old place between the
    other two.

    A curve on each channel takes bright colours gently to white, but bends their hue (fire turns yellow, skies turn cyan). With
    `keep_hue` 1 the middle channel lies between the curved extremes where it lay between the plain ones, so the hue stays; the path to
    white is the same. At grey the correction vanishes with its slope.
    """

    white = None if frame.white is None else curve((jnp.asarray(frame.white, frame.pixels.dtype),))[0]
    # Each result needs all three curves: without the cuts, they and whatever came before would be computed again for each.
    return frame.but(pixels=frame.pixels.flat().sites(lambda *plain: drawn(plain, cut(curve(plain)), keep_hue)), white=white, noise=None)


def each(curve: Callable[[Array], Array]) -> Callable[[Site], Site]:
    """A curve of one plane, for `toned`."""
    return lambda planes: tuple(map(curve, planes))


@jax.custom_vjp
def drawn(plain: Site, curved: Site, keep_hue: Array) -> Site:
    """The three channels of a site, from the plain ones, the curved ones and `keep_hue`."""

    def channel(i: int, plain: Site, curved: Site, keep_hue: Array) -> Array:
        low, middle, high = ordered(*plain)
        strength, share = _pull(low, high, keep_hue)
        wanted = _of(plain, low, curved)
        wanted = wanted + (_of(plain, high, curved) - wanted) * ((middle - low) * share)
        return jnp.where(plain[i] == middle, curved[i] + strength * (wanted - curved[i]), curved[i])

    given = afresh((plain, curved, keep_hue))
    return tuple(channel(i, *next(given)) for i in range(3))


def ordered(a: Array, b: Array, c: Array) -> tuple[Array, Array, Array]:
    """Three values at each place, from the lowest to the highest."""
    low, high = jnp.minimum(a, b), jnp.maximum(a, b)
    return jnp.minimum(low, c), jnp.maximum(low, jnp.minimum(high, c)), jnp.maximum(high, c)


def _of(plain: Site, value: Array, planes: Site) -> Array:
    """That of three planes whose channel has a value; of the first, where two have it."""
    return jnp.where(plain[0] == value, planes[0], jnp.where(plain[1] == value, planes[1], planes[2]))


def _pull(low: Array, high: Array, keep_hue: Array) -> tuple[Array, Array]:
    """How far the middle channel is drawn, and one over the distance of the other two."""
    spread = high - low
    return jnp.where(spread > LEAST_SPREAD, keep_hue, 0.0), 1 / jnp.maximum(spread, LEAST_SPREAD)


def _drawn_forward(plain: Site, curved: Site, keep_hue: Array) -> tuple[Site, Any]:
    return drawn(plain, curved, keep_hue), (plain, curved, keep_hue)


def _drawn_backward(kept: Any, up: Site) -> tuple[Site, Site, Array]:
    # The middle channel y goes to y + k (a + t (b - a) - y), where t is its place between the lowest and the highest, curved to a and b.
    _, curved, keep_hue = kept
    given = afresh((*kept, up))

    def seen() -> tuple[Any, ...]:
        """The plain channels, the values of the lowest, the middle and the highest; k, t, and one over the distance that t is a share of;
        what comes back to the middle channel, and which that is."""
        plain, _, keep_hue, up = next(given)
        low, middle, high = ordered(*plain)
        strength, share = _pull(low, high, keep_hue)
        first, second = plain[0] == middle, plain[1] == middle
        which = first, second & ~first, ~(first | second)
        return plain, (low, middle, high), strength, (middle - low) * share, share, _of(plain, middle, up), which

    def to_curved(i: int) -> Array:
        plain, (low, *_), strength, place, _, of_middle, which = seen()
        end = up[i] + strength * of_middle * jnp.where(plain[i] == low, 1 - place, place)
        return cut(jnp.where(which[i], up[i] - strength * up[i], end))

    def to_plain(i: int) -> Array:
        plain, (low, _, high), strength, place, share, of_middle, which = seen()
        steep = strength * of_middle * (_of(plain, high, curved) - _of(plain, low, curved)) * share
        return steep * jnp.where(which[i], 1.0, jnp.where(plain[i] == low, place - 1, -place))

    plain, places, strength, place, _, of_middle, _ = seen()
    low, middle, high = (_of(plain, value, curved) for value in places)
    moved = jnp.where(strength == keep_hue, low + place * (high - low) - middle, 0.0)
    return tuple(map(to_plain, range(3))), tuple(map(to_curved, range(3))), added(of_middle * moved)


drawn.defvjp(_drawn_forward, _drawn_backward)
