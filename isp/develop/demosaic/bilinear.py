"""Each missing colour is the mean of its nearest neighbours of that colour."""

from isp.core import Domain, Frame
from isp.develop.demosaic import Demosaic, at_colour, at_green


class Bilinear(Demosaic, bayer=True, needs=("cfa",), reach=1):
    """Bilinear interpolation: two or four neighbours, equal weights. Linear in the pixels, nothing to tune; soft, with coloured fringes."""

    def __call__(self, frame: Frame) -> Frame:
        cfa = frame.cfa

        def colours(near, phase):
            own, in_row, in_column = near(0, 0), (near(0, -1) + near(0, 1)) / 2, (near(-1, 0) + near(1, 0)) / 2
            if cfa.sites[phase] == "g":
                return at_green(cfa, phase, own, in_row, in_column)
            diagonal = (near(-1, -1) + near(-1, 1) + near(1, -1) + near(1, 1)) / 4
            return at_colour(cfa, phase, own, (in_row + in_column) / 2, diagonal)

        return frame.to(Domain.CAMERA, frame.pixels.stencil(1, colours))
