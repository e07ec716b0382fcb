"""A curve of one's own: values at evenly spaced knots, to be drawn, imported, or tuned."""

import jax.numpy as jnp
import numpy as np

from isp.core import ChainError, Frame, Scalar, Vector, between, param
from isp.core.planes import Array
from isp.develop.tone import Tone, each, toned
from isp.ops.curve import looked_up, rooted, squared

PLACES = np.linspace(0.0, 1.0, 17)
GENTLE = PLACES - 0.04 * np.sin(2 * np.pi * PLACES)
"""The default: an S that darkens shadows and lifts highlights a little."""


class Curve(Tone, uses=("white",)):
    """Look light up in `knots`, two or more, evenly spaced from black to the white point. Both axes are roots of light
    (`isp.ops.curve.rooted`), which are spaced about as the eye sees: a step of a knot is worth about the same anywhere, and knots in a
    straight line from 0 to 1 change nothing. Between knots the roots follow straight lines; the first and the last go on beyond black and
    white.

    Nothing makes the curve rise or smooth: what tunes it may ask that of it. The slope of each knot is exact. `white` is plain
    scene light, whatever the sensor saturates at: the curve of a tuning means the same on every frame.
    """

    knots: Vector = param(
        default=GENTLE,
        unit="sqrt",
        within=between(-0.5, 2),
        usual=between(0, 1),
        shape=(None,),
        doc="root of display light at even steps of the root of scene light",
    )
    white: Scalar = param(default=1.0, unit="1", within=between(0.25, 64), usual=between(0.5, 4), doc="scene value of the last knot")
    keep_hue: Scalar = param(default=0.6, unit="1", within=between(0, 1), doc="share of the bend in hue that is undone")

    def __call__(self, frame: Frame) -> Frame:
        if self.knots.shape[0] < 2:
            raise ChainError(f"{self.name}.knots", "a curve needs two knots or more")
        gain = 1 / self.white

        def curve(x: Array) -> Array:
            return squared(looked_up(self.knots, rooted(gain * x)))

        return toned(frame, each(curve), jnp.asarray(self.keep_hue))
