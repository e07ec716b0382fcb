"""No filters at all."""

from isp.capture.cfa import ColourFilterArray, sampled
from isp.core import Cfa, Frame


class Mono(ColourFilterArray, needs=("channels",), uses=()):
    """Every site is clear: a monochrome sensor, for measuring and for machines that look."""

    @property
    def mosaic(self) -> Cfa:
        """The filters of one tile."""
        return Cfa(("w",))

    def __call__(self, frame: Frame) -> Frame:
        return sampled(frame, self.mosaic)
