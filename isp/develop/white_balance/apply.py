"""Each colour is multiplied by the gain that was measured or recorded for it."""

import jax.numpy as jnp

from isp.core import Frame, Vector, between, param
from isp.develop.white_balance import WhiteBalance


class Apply(WhiteBalance, takes=("wb_gains",), gives=("balanced",)):
    """Multiply by `frame.wb_gains`. `correction` is a further gain for red, green and blue, to be tuned or set by hand."""

    correction: Vector = param(
        default=(1.0, 1.0, 1.0), unit="1", within=between(0.1, 10), shape=(3,), doc="further gain of red, green and blue"
    )

    def __call__(self, frame: Frame) -> Frame:
        gains = jnp.asarray(frame.wb_gains) * self.correction
        return frame.scaled(gains).but(balanced=gains)
