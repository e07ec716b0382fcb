"""A Bayer mosaic of two by two sites a filter."""

from isp.capture.cfa import ColourFilterArray, bayer_option, enlarged, sampled
from isp.core import Cfa, Frame


class Quad(ColourFilterArray, paper="okawa2019"):
    """Quad Bayer: in low light the four sites of a filter are read as one, in bright light each for itself."""

    pattern: str = bayer_option()

    @property
    def mosaic(self) -> Cfa:
        """The filters of one tile."""
        return enlarged(self.pattern, 2)

    def __call__(self, frame: Frame) -> Frame:
        return sampled(frame, self.mosaic)
