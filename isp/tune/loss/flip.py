"""The difference that is seen when two pictures are shown in turn, as a loss."""

from isp.core import between, whole_number
from isp.evaluate.picture.flip import flip
from isp.tune.loss import Loss


class Flip(Loss, paper="andersson2020"):
    """Mean FLIP with its roots rounded off, so that pictures which agree have a slope of 0 and not of infinity. Filters reach 10 pixels at 67
    pixels a degree; what the viewer cannot see costs nothing. Values outside 0 to 1 are clipped and have no slope: give it company."""

    pixels_per_degree: int = whole_number(default=67, unit="px/deg", within=between(5, 500), doc="pixels in a degree of the viewer's eye")

    def __call__(self, made, wanted, about):
        return flip(made, wanted, pixels_per_degree=float(self.pixels_per_degree), rounding=ROUNDING)


ROUNDING = 0.01
"""Differences, of colour in units of L*a*b* and of features from 0 to 1, below which a root is a line."""
