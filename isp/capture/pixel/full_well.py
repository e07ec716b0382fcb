"""A well holds so many electrons and no more."""

import jax.numpy as jnp

from isp.capture.pixel import Pixel
from isp.core import Frame, Scalar, at_least, between, param


class FullWell(Pixel, uses=("white",), gives=("white",), paper="janesick2007"):
    """Electrons approach `capacity` and stay there; what is too much drains away, so neighbours see nothing of it. The bend is a soft
    minimum, `knee` wide as a share of the capacity, since a well that is nearly full attracts less: its slope falls smoothly to 0, with no
    step to pass. White is the capacity, or what an earlier stage says where that is less. Stands after the noise of light: photons come
    first, then the well runs over. Over iso, a table with two knots side by side is a pixel that switches its conversion gain.
    """

    capacity: Scalar = param(default=6000.0, unit="e-", within=at_least(1), usual=between(1000, 2e5), doc="electrons of a full well")
    knee: Scalar = param(
        default=0.001, unit="1", within=between(1e-5, 0.2), usual=between(5e-4, 0.05), doc="softness of the bend, as a share of it"
    )

    def __call__(self, frame: Frame) -> Frame:
        full = frame.per_filter(self.capacity)
        if frame.white is not None:
            full = jnp.minimum(full, jnp.asarray(frame.white, frame.pixels.dtype))
        return frame.but(pixels=frame.pixels.map(lambda x, top: held(x, top, self.knee * top), frame.by_plane(full)), white=full)


def held(x, top, width):
    """The soft minimum of `x` and `top`, `width` (over 0) wide: -width log(e^(-x / width) + e^(-top / width)), safe at any size."""
    away = jnp.minimum(jnp.abs(x - top) / width, 80.0)
    return jnp.minimum(x, top) - width * jnp.log1p(jnp.exp(-away))
