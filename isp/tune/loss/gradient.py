"""Difference of what changes from pixel to pixel."""

from isp.evaluate.picture.gradient import gradient
from isp.tune.loss import Loss, any_domain


class Gradient(Loss):
    """The mean absolute difference of the steps to the next pixel, down and across. Asks for edges and texture, not for level."""

    domain: str = any_domain()

    def __call__(self, made, wanted, about):
        return gradient(made, wanted)
