"""The brightest and the darkest places point along the colour of the light."""

from isp.core import Domain, Frame, Scalar, between, param
from isp.develop.measure import Measure, axis, gains_of, places


class IlluminantPca(
    Measure, accepts=(Domain.MOSAIC, Domain.CAMERA), stabilised=False, uses=("white",), gives=("wb_gains",), paper="cheng2014"
):
    """Cheng, Prasad and Brown: places are ordered by their length along the mean colour; the first principal component of the `share`
    at either end, about the origin, is the light. Which places these are is a soft step over a tenth of the share, so that the share
    has a slope; the order itself has none."""

    share: Scalar = param(default=3.5, unit="%", within=between(0.1, 50), usual=between(1, 10), doc="places taken at each end")

    def __call__(self, frame: Frame) -> Frame:
        picture, trusted = places(frame)
        return frame.but(wb_gains=gains_of(axis(picture, trusted, self.share / 100)))
