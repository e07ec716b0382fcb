"""A film-like curve: a soft toe, a straight middle anchored at grey, a long shoulder up to white."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.tone import Tone, sensor_white, toned
from isp.ops.fuse import afresh, cut
from isp.ops.slopes import Site, added

GREY = 0.18
"""The scene value of a grey card, when 1 is a white sheet."""


class Filmic(Tone, uses=("white",), paper="naka1966"):
    """The Naka-Rushton response X / (X + k) of X = (x + toe)^contrast, less its value at 0, with k and the scale solved in closed form so
    that 0.18 becomes `grey` and the white point becomes 1. The white point is a multiple of the value at which the sensor saturates,
    so that clipped highlights come out white whatever the exposure was; where that value is not known it is 1. A `grey` below what the
    plain power makes of 0.18 is out of reach of any shoulder, and the power stands.

    `toe` gives black a finite slope, which noise and gradients need: values below zero follow that slope in a straight line. The power is
    an exponential of a logarithm, which vectorises.
    """

    contrast: Scalar = param(
        default=1.4, unit="1", within=between(1, 4), usual=between(1, 2), doc="exponent of the response: slope around grey"
    )
    grey: Scalar = param(
        default=0.18, unit="1", within=between(0.05, 0.5), usual=between(0.1, 0.35), doc="display value of a scene value of 0.18"
    )
    white: Scalar = param(
        default=1.0, unit="1", within=between(0.5, 64), usual=between(1, 16), doc="scene value that becomes 1, over sensor white"
    )
    toe: Scalar = param(
        default=0.01, unit="1", within=between(1e-3, 1), usual=between(0.002, 0.1), doc="scene value below which contrast fades"
    )
    keep_hue: Scalar = param(default=0.6, unit="1", within=between(0, 1), doc="share of the bend in hue that is undone")

    def __call__(self, frame: Frame) -> Frame:
        white = jnp.maximum(self.white * sensor_white(frame), 1.5 * GREY)
        at_grey, at_white = self.fading(GREY), self.fading(white)
        # V falls from 1 at black towards 0. The curve is top (1 - V) / (shoulder + rest V), which is the response above over its value at
        # white: nothing here can overflow, and shoulder + rest = (1 - at_grey) (1 - grey) > 0 keeps it rising.
        rise = (1 - at_grey) / (1 - at_white)
        rest = rise - self.grey
        shoulder = jnp.maximum(at_grey * self.grey - at_white * rise, 1e-3 * at_grey * self.grey)
        top = (shoulder + rest * at_white) / (1 - at_white)
        slope = top * self.contrast / (self.toe * (shoulder + rest))

        def curve(light: Site) -> Site:
            return film(light, self.contrast, 1 / self.toe, top, shoulder, rest, slope)

        return toned(frame, curve, self.keep_hue)

    def fading(self, x: Array) -> Array:
        """(toe / (x + toe))^contrast: 1 at black, 0 at infinite light."""
        return _fading(x, self.contrast, 1 / self.toe)


def _fading(x: Array, contrast: Array, scale: Array) -> Array:
    return jnp.exp(-contrast * jnp.log(1 + jnp.maximum(x, 0.0) * scale))


@jax.custom_vjp
def film(light: Site, contrast: Array, scale: Array, top: Array, shoulder: Array, rest: Array, slope: Array) -> Site:
    """top (1 - V) / (shoulder + rest V) with V = (1 + scale x)^-contrast, of planes of light; below black a straight line of `slope`, which
    is the curve's own there."""
    return _film_forward(light, contrast, scale, top, shoulder, rest, slope)[0]


def _film_forward(light: Site, *numbers: Array) -> tuple[Site, Any]:
    contrast, scale, top, shoulder, rest, slope = numbers
    fading = cut([_fading(x, contrast, scale) for x in light])
    made = tuple(top * (1 - v) / (shoulder + rest * v) + slope * jnp.minimum(x, 0.0) for x, v in zip(light, fading, strict=True))
    return made, (light, fading, *numbers)


def _film_backward(kept: Any, up: Site) -> tuple[Any, ...]:
    light, fading, contrast, scale, top, shoulder, rest, slope = kept
    given = afresh((contrast, scale, top, shoulder, rest))

    def each(function: Callable[..., Array]) -> list[Array]:
        """Of light above black, V, what comes back to log V and to one over the divisor, over 1 - V; contrast and scale."""
        contrast, scale, top, shoulder, rest = next(given)
        made = []
        for x, v, u in zip(light, fading, up, strict=True):
            bent = u / jnp.square(shoulder + rest * v)
            made.append(function(jnp.maximum(x, 0.0), v, -top * (shoulder + rest) * bent * v, bent * (1 - v), contrast, scale))
        return made

    falls = each(lambda x, v, log_v, lit, contrast, scale: -contrast * scale * log_v / (1 + scale * x))
    to_light = cut([jnp.where(x > 0, fall, slope * u) for x, fall, u in zip(light, falls, up, strict=True)])
    to_contrast = -added(*each(lambda x, v, log_v, lit, contrast, scale: log_v * jnp.log(1 + scale * x)))
    to_scale = -added(*each(lambda x, v, log_v, lit, contrast, scale: contrast * log_v * x / (1 + scale * x)))
    flat = added(*each(lambda x, v, log_v, lit, contrast, scale: lit))
    faded = added(*each(lambda x, v, log_v, lit, contrast, scale: lit * v))
    to_slope = added(*(u * jnp.minimum(x, 0.0) for x, u in zip(light, up, strict=True)))
    return tuple(to_light), to_contrast, to_scale, shoulder * flat + rest * faded, -top * flat, -top * faded, to_slope


film.defvjp(_film_forward, _film_backward)
