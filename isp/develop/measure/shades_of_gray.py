"""Between the mean and the maximum: the light has the colour of a higher moment of the scene."""

import jax
import jax.numpy as jnp

from isp.core import Domain, Frame, Scalar, between, param
from isp.develop.measure import DARKEST, Measure, gains_of, places


class ShadesOfGray(
    Measure, accepts=(Domain.MOSAIC, Domain.CAMERA), stabilised=False, uses=("white",), gives=("wb_gains",), paper="finlayson2004shades"
):
    """Finlayson and Trezzi's Minkowski mean of each colour, over places that are neither saturated nor black: `order` 1 is grey world,
    a large one approaches the brightest place. The choice of places is hard; the order has its exact slope."""

    order: Scalar = param(default=6.0, unit="1", within=between(1, 24), usual=between(2, 12), doc="order of the Minkowski mean")

    def __call__(self, frame: Frame) -> Frame:
        picture, trusted = places(frame)
        count = jnp.maximum(trusted.sum(), 1)
        light = []
        for colour in picture:
            top = jax.lax.stop_gradient(jnp.maximum((colour * trusted).max(), DARKEST))
            power = jnp.exp(self.order * jnp.log(jnp.clip(colour / top, 1e-6, 1)))
            moment = jnp.maximum((power * trusted).sum() / count, 1e-30)
            light.append(top * jnp.exp(jnp.log(moment) / self.order))
        return frame.but(wb_gains=gains_of(jnp.where(trusted.sum() > 0, jnp.stack(light), 0)))
