"""The six by six mosaic in which every row and every column holds all three colours."""

from isp.capture.cfa import ColourFilterArray, sampled
from isp.core import Cfa, Frame

ROWS = ("grggbg", "bgbrgr", "grggbg", "gbggrg", "rgrbgb", "gbggrg")


class Xtrans(ColourFilterArray, paper="fujifilm2012"):
    """X-Trans: 20 green, 8 red and 8 blue sites, less regular than Bayer's, so that fine patterns alias into colour less often."""

    @property
    def mosaic(self) -> Cfa:
        """The filters of one tile."""
        return Cfa(ROWS)

    def __call__(self, frame: Frame) -> Frame:
        return sampled(frame, self.mosaic)
