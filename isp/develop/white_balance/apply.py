"""Each colour is multiplied by the gain that was measured or recorded for it."""

import jax.numpy as jnp

from isp.core import Frame, Vector, between, param
from isp.develop.white_balance import WhiteBalance


class Apply(WhiteBalance, takes=("wb_gains",), uses=("balanced", "channels"), gives=("balanced",)):
    """Multiply by `frame.wb_gains`. `correction` is a further gain for red, green and blue, to be tuned or set by hand. White and
    the noise model move along, each colour by its own gain; `frame.balanced` says what the pixels have received in all. Filters of other
    colours than those three (clear, yellow, ...) take the correction of green."""

    correction: Vector = param(
        default=(1.0, 1.0, 1.0), unit="1", within=between(0.1, 10), shape=(3,), doc="further gain of red, green and blue"
    )

    def __call__(self, frame: Frame) -> Frame:
        letters = frame.cfa.filters if frame.cfa is not None else frame.channels or "rgb"
        correction = (
            self.correction if letters == "rgb" else jnp.stack([self.correction["rgb".find(f) if f in "rb" else 1] for f in letters])
        )
        gains = jnp.asarray(frame.wb_gains) * correction
        balanced = gains if frame.balanced is None else gains * jnp.asarray(frame.balanced)
        return frame.scaled(gains).but(balanced=balanced)
