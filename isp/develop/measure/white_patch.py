"""The brightest thing in a scene is white."""

import jax.numpy as jnp

from isp.core import Domain, Frame, Scalar, between, param
from isp.develop.measure import Measure, gains_of, high, places


class WhitePatch(Measure, accepts=(Domain.MOSAIC, Domain.CAMERA), stabilised=False, uses=("white",), gives=("wb_gains",), paper="land1977"):
    """The retinex assumption, made robust: the light has the colour of a high percentile of each colour by itself, over places that are
    neither saturated nor black. The percentile is interpolated between two places, which gives it a slope."""

    percentile: Scalar = param(default=99.0, unit="%", within=between(50, 100), usual=between(90, 100), doc="share of places below white")

    def __call__(self, frame: Frame) -> Frame:
        picture, trusted = places(frame)
        return frame.but(wb_gains=gains_of(jnp.stack([high(c, trusted, self.percentile / 100) for c in picture])))
