"""How much of a texture is kept."""

import jax.numpy as jnp

from isp.core import Scalar
from isp.evaluate.chart.texture import texture_error
from isp.ops.perceptual import luminance
from isp.tune.loss import Loss, viewing

DARK = 0.01
"""The least mean luminance by which a picture is divided."""


class DeadLeaves(Loss, domain="linear", chart="scene.dead_leaves", paper="kirk2014"):
    """The mean of |H - 1|^2 over frequencies, weighted by how well the eye sees them: H is the response by the cross-spectrum with the
    wanted texture, so noise is no texture, and exaggerated texture costs as much as lost texture. Luminance counts, over its mean: exposure
    does not. Smooth."""

    pixels_per_degree: Scalar = viewing()

    def __call__(self, made, wanted, about):
        return texture_error(_relative(made), _relative(wanted), self.pixels_per_degree)


def _relative(light):
    plane = luminance(light)
    return plane / jnp.maximum(jnp.mean(plane), DARK)
