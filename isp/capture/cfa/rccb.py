"""Clear sites in the places of green, as in cars."""

from isp.capture.cfa import ColourFilterArray, sampled
from isp.core import Cfa, Frame


class Rccb(ColourFilterArray, needs=("channels",), uses=()):
    """RCCB: red, clear, clear, blue. Green is what clear sees more than red and blue; twice the light for the same noise in it."""

    @property
    def mosaic(self) -> Cfa:
        """The filters of one tile."""
        return Cfa(("rw", "wb"))

    def __call__(self, frame: Frame) -> Frame:
        return sampled(frame, self.mosaic)
