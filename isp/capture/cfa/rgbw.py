"""Half of the sites are clear, for low light; the other half know colour."""

from isp.capture.cfa import ColourFilterArray, sampled
from isp.core import Cfa, Frame, option

LAYOUTS = {"kodak": ("wbwg", "bwgw", "wgwr", "gwrw"), "square": ("wr", "bg")}


class Rgbw(ColourFilterArray, needs=("channels",), uses=(), paper="compton2007"):
    """`kodak`: four by four sites, clear ones on a checkerboard and pairs of one colour on its diagonals. `square`: one clear site takes
    the place of a Bayer tile's second green."""

    layout: str = option(default="kodak", choices=tuple(LAYOUTS), doc="how the filters are arranged")

    @property
    def mosaic(self) -> Cfa:
        """The filters of one tile."""
        return Cfa(LAYOUTS[self.layout])

    def __call__(self, frame: Frame) -> Frame:
        return sampled(frame, self.mosaic)
