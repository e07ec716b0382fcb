"""Falloff of light and colour over an even surface."""

import jax.numpy as jnp

from isp.core import Scalar, between, param, whole_number
from isp.ops.perceptual import luminance
from isp.tune.loss import Loss


class Uniformity(Loss, domain="linear", blind=True, chart="scene.flat", paper="ieee1858"):
    """The mean square of how far means of blocks lie from the mean of the frame, over that mean: of luminance, plus `colour` times that of red and blue over
    luminance. 0 for an even picture whatever its exposure or cast; 0.01 for a falloff of some 10 %. Noise evens out in blocks. Smooth."""

    blocks: int = whole_number(default=8, unit="blocks", within=between(2, 64), doc="blocks down, and as many across")
    colour: Scalar = param(default=1.0, unit="1", within=between(0, 1e6), usual=between(0.1, 10), doc="weight of evenness of colour")
    dark: Scalar = param(default=1e-3, unit="1", within=between(1e-6, 1), usual=between(1e-4, 1e-2), doc="least light that is divided by")

    def __call__(self, made, wanted, about):
        rows, columns = (max(side // self.blocks, 1) for side in made.shape[:2])
        down, across = made.shape[0] // rows, made.shape[1] // columns
        means = made[: down * rows, : across * columns].reshape(down, rows, across, columns, 3).mean((1, 3))
        light = luminance(means)
        ratios = means[..., ::2] / jnp.sqrt(light**2 + self.dark**2)[..., None]
        return self._uneven(light[..., None]) + self.colour * self._uneven(ratios)

    def _uneven(self, planes):
        mean = jnp.mean(planes, (0, 1))
        return jnp.mean(((planes - mean) / jnp.sqrt(mean**2 + self.dark**2)) ** 2)
