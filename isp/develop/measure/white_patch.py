"""The brightest thing in a scene is white."""

import jax.numpy as jnp

from isp.core import Domain, Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.measure import Measure, gains_of, places


class WhitePatch(Measure, accepts=(Domain.MOSAIC, Domain.CAMERA), stabilised=False, uses=("white",), gives=("wb_gains",), paper="land1977"):
    """The retinex assumption, made robust: the light has the colour of a high percentile of each colour by itself, over places that are
    neither saturated nor black. The percentile is interpolated between two places, which gives it a slope."""

    percentile: Scalar = param(default=99.0, unit="%", within=between(50, 100), usual=between(90, 100), doc="share of places below white")

    def __call__(self, frame: Frame) -> Frame:
        picture, trusted = places(frame)
        return frame.but(wb_gains=gains_of(jnp.stack([self.high(c, trusted) for c in picture])))

    def high(self, colour: Array, trusted: Array) -> Array:
        """The percentile of the trusted places; 0 when there are none."""
        ordered = jnp.sort(jnp.where(trusted > 0, colour, 0).ravel())  # what is not trusted goes to the low end
        below_top = (1 - self.percentile / 100) * jnp.maximum(trusted.sum() - 1, 0)
        place = jnp.clip(ordered.size - 1 - below_top, 0, ordered.size - 1)
        low = jnp.clip(place.astype(jnp.int32), 0, max(ordered.size - 2, 0))
        return ordered[low] + (place - low) * (ordered[jnp.minimum(low + 1, ordered.size - 1)] - ordered[low])
