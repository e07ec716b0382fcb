"""A grey scale in even steps of density."""

import jax.numpy as jnp
import numpy as np

from isp.capture.scene import Scene, covered, places
from isp.core import Frame, Scalar, between, param, whole_number


class GreySteps(Scene):
    """`steps` stripes of equal width, from left to right of density `lightest` to `darkest`: reflectance 10^-density. A pixel that two
    stripes share holds their mean by area, exactly."""

    lightest: Scalar = param(default=0.05, unit="D", within=between(-2, 6), usual=between(0, 1), doc="density of the first stripe")
    darkest: Scalar = param(default=2.0, unit="D", within=between(-2, 6), usual=between(1, 4), doc="density of the last stripe")
    steps: int = whole_number(default=20, unit="stripes", within=between(2, 256), doc="number of stripes")

    def __call__(self, frame: Frame) -> Frame:
        _, column, _, columns = places(frame)
        share = jnp.arange(self.steps, dtype=frame.pixels.dtype) / (self.steps - 1)
        grey = jnp.exp(-float(np.log(10)) * (self.lightest + (self.darkest - self.lightest) * share))
        edges = columns * jnp.arange(1, self.steps, dtype=frame.pixels.dtype) / self.steps - 0.5
        # Each edge adds the step behind it; so the outermost stripes go on beyond the frame.
        reflectance = grey[0] + sum((grey[i + 1] - grey[i]) * jnp.clip(column + 0.5 - edges[i], 0, 1) for i in range(self.steps - 1))
        return covered(frame, reflectance)
