"""Structural similarity at several scales, as a loss."""

from isp.core import between, whole_number
from isp.evaluate.picture.ms_ssim import ms_ssim
from isp.evaluate.view import ENCODED
from isp.tune.loss import Loss, any_domain


class MsSsim(Loss, paper="wang2003"):
    """1 - the MS-SSIM index. Five scales ask for crops of 176x176 pixels or more, each scale less for half of that (88, 44, 22, 11);
    smaller ones are refused."""

    domain: str = any_domain(choices=ENCODED)
    scales: int = whole_number(default=5, unit="scales", within=between(1, 5), doc="number of scales, each half of the one before")

    def __call__(self, made, wanted, about):
        return 1 - ms_ssim(made, wanted, scales=self.scales)
