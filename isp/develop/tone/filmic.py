"""A film-like curve: a soft toe, a straight middle anchored at grey, a long shoulder up to white."""

import jax
import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.tone import Tone, sensor_white, toned
from isp.ops.extreme import higher, lower
from isp.ops.fuse import cut
from isp.ops.slopes import apart, everywhere

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

        def curve(x: Array) -> Array:
            v = self.fading(higher(x, 0.0))
            ((made,),) = apart(_response, (top, shoulder, rest, slope), [(x, v)])
            return made

        return toned(frame, curve, self.keep_hue)

    def fading(self, x: Array) -> Array:
        """(toe / (x + toe))^contrast: 1 at black, 0 at infinite light."""
        return _fading(x, self.contrast, 1 / self.toe)


def _response(x: Array, v: Array, top: Array, shoulder: Array, rest: Array, slope: Array) -> Array:
    return top * (1 - v) / (shoulder + rest * v) + slope * lower(x, 0.0)


@jax.custom_jvp
def _fading(x: Array, contrast: Array, scale: Array) -> Array:
    return cut(jnp.exp(-contrast * jnp.log(1 + x * scale)))


@_fading.defjvp
def _(primals: tuple[Array, Array, Array], tangents: tuple[Array, Array, Array]) -> tuple[Array, Array]:
    # Written with the result: an exponential is dear.
    (x, contrast, scale), (dx, d_contrast, d_scale) = primals, tangents
    made, raised = _fading(x, contrast, scale), 1 + x * scale
    fall = contrast * made / raised
    d_contrast, d_scale = (everywhere(d, jnp.shape(x)) for d in (d_contrast, d_scale))
    return made, -(fall * scale * dx + fall * x * d_scale + made * jnp.log(raised) * d_contrast)
