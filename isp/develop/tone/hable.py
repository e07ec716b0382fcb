"""The curve of Uncharted 2: a ratio of two parabolas, shaped by hand like the response of film."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.tone import Tone, each, sensor_white, toned


class Hable(Tone, uses=("white",), paper="hable2010"):
    """Hable's curve, (x (A x + C B) + D E) / (x (A x + B) + D F) - E / F, over its value at the white point, with the published numbers:
    they expect light up to 5.6 times a white sheet, so for a sensor that saturates at 1 set `white` to 1. The white point is a multiple of
    the value at which the sensor saturates (of 1 where that is not known). Values below zero follow the slope of black."""

    exposure: Scalar = param(default=2.0, unit="1", within=between(0.1, 32), usual=between(0.5, 16), doc="gain before the curve")
    shoulder: Scalar = param(default=0.15, unit="1", within=between(0.01, 1), doc="A, strength of the shoulder")
    straight: Scalar = param(default=0.5, unit="1", within=between(0.05, 2), doc="B, strength of the straight part")
    angle: Scalar = param(default=0.1, unit="1", within=between(0.01, 0.9), doc="C, angle of the straight part")
    toe: Scalar = param(default=0.2, unit="1", within=between(0.01, 1), doc="D, strength of the toe")
    toe_depth: Scalar = param(default=0.3, unit="1", within=between(0.1, 1), doc="F, denominator of the toe")
    toe_lift: Scalar = param(default=2 / 3, unit="1", within=between(0, 0.95), doc="E over C F: the curve would fall where E reached C F")
    white: Scalar = param(
        default=5.6, unit="1", within=between(0.5, 64), usual=between(1, 16), doc="scene value that becomes 1, over sensor white"
    )
    keep_hue: Scalar = param(default=0.6, unit="1", within=between(0, 1), doc="share of the bend in hue that is undone")

    def __call__(self, frame: Frame) -> Frame:
        scale = 1 / self.response(self.exposure * self.white * sensor_white(frame))
        slope = scale * self.exposure * self.straight * self.angle * (1 - self.toe_lift) / (self.toe * self.toe_depth)

        def curve(x: Array) -> Array:
            return scale * self.response(self.exposure * jnp.maximum(x, 0.0)) + slope * jnp.minimum(x, 0.0)

        return toned(frame, each(curve), self.keep_hue)

    def response(self, x: Array) -> Array:
        """The curve, as one less a fraction: the parabolas themselves would overflow where the light is very bright."""
        lift = self.toe_lift * self.angle
        missing = self.straight * (1 - self.angle) * x + self.toe * self.toe_depth * (1 - lift)
        return 1 - lift - missing / (x * (self.shoulder * x + self.straight) + self.toe * self.toe_depth)
