"""Structural similarity, as a loss."""

from isp.evaluate.picture.ssim import ssim
from isp.evaluate.view import ENCODED
from isp.tune.loss import Loss, any_domain


class Ssim(Loss, paper="wang2004"):
    """1 - the mean SSIM index over sites and channels, in windows of 11x11 pixels. Smooth; blind to small even shifts of level in light parts,
    so give it company. Asks for pictures of 11x11 pixels or more."""

    domain: str = any_domain(choices=ENCODED)

    def __call__(self, made, wanted, about):
        return 1 - ssim(made, wanted)
