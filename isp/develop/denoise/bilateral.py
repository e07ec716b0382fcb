"""Each site becomes the mean of the sites around it that differ from it by no more than noise does."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, option, param
from isp.core.planes import Reach
from isp.develop.denoise import Denoise, filtered, windows
from isp.ops.bilateral import bilateral, remaining
from isp.ops.box import box
from isp.ops.fuse import cut

LEAST = 1e-12
"""Added to a variance (a millionth of white, squared) that may be 0."""


class Bilateral(Denoise, paper="tomasi1998"):
    """Tomasi and Manduchi's bilateral filter, on each filter's sites by themselves. A neighbour's weight falls with its distance
    (deviation `spread`) and with its difference (deviation `strength` times that of the noise at the local mean), which it does by
    a polynomial that ends at 2.4 deviations. Smooth in the pixels and in both numbers; strength 0 changes nothing.
    """

    strength: Scalar = param(
        default=2.25, unit="1", within=between(0, 20), usual=between(0, 5), doc="deviation of the range weight, in deviations of the noise"
    )
    spread: Scalar = param(default=3.2, unit="px", within=between(0.2, 16), usual=between(1, 6), doc="deviation of the spatial weight")
    radius: int = option(default=6, choices=(2, 4, 6), doc="pixels on either side of a site, rounded up to whole tiles")

    @property
    def reach(self) -> Reach:
        return self.radius

    def __call__(self, frame: Frame) -> Frame:
        window = windows(frame, self.radius)
        pitch = frame.pixels.tile[0] if frame.domain.is_mosaic else 1
        falloff = pitch * pitch / (2 * self.spread * self.spread)

        def one(planes, slope, floor):
            rows, columns = planes.shape[1] - window[0] + 1, planes.shape[2] - window[1] + 1
            mean = box(planes[:, window[0] - 1 : rows, window[1] - 1 : columns], 1, 1)
            variance = jnp.maximum(slope * mean + floor, 0)
            precision = cut(1 / (6 * self.strength * self.strength * variance + LEAST))
            return bilateral(planes, precision, falloff, window)

        left = remaining(self.strength, falloff, window)
        return frame.but(pixels=filtered(frame, self.radius, 1, one), noise=jnp.asarray(frame.noise) * left)
