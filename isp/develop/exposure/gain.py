"""Light is made brighter or darker by a number of stops, given or measured."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.develop.exposure import Exposure


class Gain(Exposure, uses=("exposure_gain",)):
    """Multiply by 2 to the power of `ev`, plus the share `measured` of the gain that an exposure meter found, where one did. Nothing is
    clipped; `white` says where the sensor saturated. `frame.exposure_gain` becomes what is left to do, so a second meter is not needed."""

    ev: Scalar = param(default=0.0, unit="EV", within=between(-16, 16), usual=between(-4, 4), doc="stops to brighten by")
    measured: Scalar = param(default=1.0, unit="1", within=between(0, 2), usual=between(0, 1), doc="share of the measured gain to apply")

    def __call__(self, frame: Frame) -> Frame:
        stops = jnp.asarray(self.ev, frame.pixels.dtype)
        if frame.exposure_gain is None:
            return frame.scaled(jnp.exp2(stops))
        stops = stops + self.measured * jnp.asarray(frame.exposure_gain, stops.dtype)
        return frame.scaled(jnp.exp2(stops)).but(exposure_gain=frame.exposure_gain - stops)
