"""Difference of the bands of a Laplacian pyramid."""

from isp.core import between, whole_number
from isp.evaluate.picture.laplacian import laplacian
from isp.tune.loss import Loss, any_domain


class Laplacian(Loss, paper="burt1983"):
    """The sum over scales of the mean absolute difference of a band: detail of every size counts alike, the level not at all. Asks for 5
    pixels for one scale, 13 for two, 29 for three, 61 for four."""

    domain: str = any_domain()
    scales: int = whole_number(default=3, unit="scales", within=between(1, 8), doc="number of bands, each an octave coarser")

    def __call__(self, made, wanted, about):
        return laplacian(made, wanted, scales=self.scales)
