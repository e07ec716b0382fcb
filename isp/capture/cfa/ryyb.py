"""Yellow sites in the places of green, as in some phones."""

from isp.capture.cfa import ColourFilterArray, sampled
from isp.core import Cfa, Frame


class Ryyb(ColourFilterArray, needs=("channels",), uses=()):
    """RYYB: red, yellow, yellow, blue. Yellow passes red and green, so it gathers more light, at the price of a steeper colour matrix."""

    @property
    def mosaic(self) -> Cfa:
        """The filters of one tile."""
        return Cfa(("ry", "yb"))

    def __call__(self, frame: Frame) -> Frame:
        return sampled(frame, self.mosaic)
