"""A camera that moves while it is exposed, and between the frames of a burst."""

import jax.numpy as jnp
import numpy as np

from isp.capture.optics import Optics, blurred, unmoved
from isp.core import Frame, Scalar, Vector, between, param, whole_number
from isp.core.random import threefry
from isp.ops.distributions import normal
from isp.ops.separable import shift_weights

STEPS = 24
"""Moments of the exposure at which the path is taken."""


class Motion(Optics, uses=("exposure_time", "moment", "psf", "random"), gives=("psf",)):
    """The picture moves along a path: straight on at `velocity` since the moment 0, so that frames of a burst lie apart, and, where the
    frame may draw, a random walk of `shake` from the beginning of each exposure on. The mean over the exposure is one kernel for the frame,
    made of the path's moments by Keys' cubic: a shift and a blur. The path is held within `support`. Without an exposure time the frame
    passes unchanged; rotations are left out."""

    velocity: Vector = param(
        default=(250.0, 150.0),
        unit="px/s",
        within=between(-1e6, 1e6),
        usual=between(-2000, 2000),
        shape=(2,),
        doc="of the picture, down and across",
    )
    shake: Scalar = param(
        default=2.0, unit="px/sqrt(s)", within=between(0, 1000), usual=between(0, 50), doc="deviation of the walk after 1 s"
    )
    support: int = whole_number(default=3, unit="px", within=between(1, 48), doc="the farthest that the path may lead, down or across")

    def __call__(self, frame: Frame) -> Frame:
        if frame.exposure_time is None:
            return unmoved(frame, self.reach)
        dtype = frame.pixels.dtype
        time, moment = jnp.asarray(frame.exposure_time, dtype), jnp.asarray(0.0 if frame.moment is None else frame.moment, dtype)
        passed = time * (jnp.arange(STEPS, dtype=dtype)[:, None] + 0.5) / STEPS
        path = self.velocity * (moment + passed) + self.walk(frame, time)
        path = jnp.clip(path, -self.support, self.support)
        down, across = (jnp.stack(shift_weights(path[:, i], self.reach)) for i in (0, 1))
        drawn = None if frame.random is None else frame.random.passed(self.name)
        return blurred(frame, (down @ across.T / STEPS)[None]).but(random=drawn)

    def walk(self, frame: Frame, time):
        """Steps of chance, added up (STEPS, 2)."""
        if frame.random is None:
            return jnp.zeros((), frame.pixels.dtype)
        words = threefry(frame.random.key(self.name, "exposure"), np.arange(STEPS, dtype=np.uint32)[:, None], np.arange(2, dtype=np.uint32))
        steps = normal(words[0]).astype(frame.pixels.dtype)
        return self.shake * jnp.sqrt(time / STEPS) * jnp.cumsum(steps, 0)

    @property
    def reach(self) -> int:
        """Samples read around a site."""
        return self.support + 1
