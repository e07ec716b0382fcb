"""How much of a texture is kept."""

from isp.core import Scalar
from isp.evaluate.picture.texture import texture_error
from isp.ops.perceptual import luminance
from isp.tune.loss import Loss, viewing


class DeadLeaves(Loss, domain="linear", chart="scene.dead_leaves", paper="kirk2014"):
    """The mean of |H - 1|^2 over frequencies, weighted by how well the eye sees them: H is the response of luminance by the cross-spectrum
    with the wanted texture, so noise is no texture, and exaggerated texture costs as much as lost texture. Smooth."""

    pixels_per_degree: Scalar = viewing()

    def __call__(self, made, wanted, about):
        return texture_error(luminance(made), luminance(wanted), self.pixels_per_degree)
