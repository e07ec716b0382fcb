"""The mean of a scene is grey."""

import jax.numpy as jnp

from isp.core import Domain, Frame
from isp.develop.measure import Measure, gains_of, places


class GreyWorld(
    Measure, accepts=(Domain.MOSAIC, Domain.CAMERA), stabilised=False, uses=("white",), gives=("wb_gains",), paper="buchsbaum1980"
):
    """Buchsbaum's grey world: the light has the colour of the mean, over places that are neither saturated nor black. Fails on scenes of
    one colour. The choice of places is hard, so a slope sees the values of the places, not their number."""

    def __call__(self, frame: Frame) -> Frame:
        picture, trusted = places(frame)
        return frame.but(wb_gains=gains_of(jnp.stack([(c * trusted).sum() for c in picture]) / jnp.maximum(trusted.sum(), 1)))
