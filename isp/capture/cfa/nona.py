"""A Bayer mosaic of three by three sites a filter."""

from isp.capture.cfa import ColourFilterArray, bayer_option, enlarged, sampled
from isp.core import Cfa, Frame


class Nona(ColourFilterArray):
    """Nona Bayer: nine sites of one colour beside nine of the next, as in sensors of 100 megapixels and more."""

    pattern: str = bayer_option()

    @property
    def mosaic(self) -> Cfa:
        """The filters of one tile."""
        return enlarged(self.pattern, 3)

    def __call__(self, frame: Frame) -> Frame:
        return sampled(frame, self.mosaic)
