"""From the range of a scene to the range of a display: 0 stays 0, the white point becomes 1."""

from collections.abc import Callable

import jax.numpy as jnp

from isp.core import Domain, Frame, Stage
from isp.core.planes import Array
from isp.ops.extreme import higher, lower
from isp.ops.fuse import cut

LEAST_SPREAD = 1e-6
"""Difference between channels below which a colour counts as grey, whose hue there is nothing to keep of."""


class Tone(Stage, accepts=(Domain.WORKING,)):
    """Compress linear scene light, by a curve that never falls, into linear display light. Values beyond the white point end a little
    over 1 and keep a slope; negative ones follow a straight line. The noise model, no longer a straight line, is dropped."""


def sensor_white(frame: Frame) -> Array:
    """The lowest value at which a channel of the sensor saturates, 1 where it is not known."""
    return jnp.asarray(1.0 if frame.white is None else jnp.min(jnp.asarray(frame.white)), frame.pixels.dtype)


def toned(frame: Frame, curve: Callable[[Array], Array], keep_hue: Array) -> Frame:
    """The frame with `curve` on each channel, the middle channel drawn towards its old place between the other two.

    A curve on each channel takes bright colours gently to white, but bends their hue (fire turns yellow, skies turn cyan). With
    `keep_hue` 1 the middle channel lies between the curved extremes where it lay between the plain ones, so the hue stays; the path to
    white is the same. At grey the correction vanishes with its slope.
    """

    white = None if frame.white is None else curve(jnp.asarray(frame.white, frame.pixels.dtype))
    # Each result needs all three curves: without the cuts, they and whatever came before would be computed again for each.
    plain = frame.pixels.flat()
    return frame.but(pixels=plain.bent(_shown, cut(plain.map(curve)), numbers=(keep_hue,)), white=white, noise=None)


def _shown(*given: Array) -> tuple[Array, ...]:
    """The three channels of a site, from the plain ones, the curved ones and `keep_hue`."""
    plain, curved, keep_hue = given[:3], given[3:6], given[6]
    (low, high), (curved_low, curved_high) = ends(*plain), ends(*curved)
    spread = high - low
    coloured = spread > LEAST_SPREAD
    rise = (curved_high - curved_low) / jnp.where(coloured, spread, 1.0)
    strength = jnp.where(coloured, keep_hue, 0.0)
    return tuple(y + strength * (curved_low + rise * (x - low) - y) for x, y in zip(plain, curved, strict=True))


def ends(r: Array, g: Array, b: Array) -> tuple[Array, Array]:
    """The lowest and the highest of three."""
    return lower(lower(r, g), b), higher(higher(r, g), b)
