"""Red, green, blue and green again, two by two."""

from isp.capture.cfa import ColourFilterArray, bayer_option, sampled
from isp.core import Cfa, Frame


class Bayer(ColourFilterArray, paper="bayer1976"):
    """The mosaic of most cameras: half of the sites green, a quarter each red and blue."""

    pattern: str = bayer_option()

    @property
    def mosaic(self) -> Cfa:
        """The filters of one tile."""
        return Cfa.bayer(self.pattern)

    def __call__(self, frame: Frame) -> Frame:
        return sampled(frame, self.mosaic)
