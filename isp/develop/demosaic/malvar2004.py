"""Bilinear demosaicing, corrected by the gradient of the colour that is known at the site."""

from isp.core import Domain, Frame, Scalar, between, param
from isp.develop.demosaic import Demosaic, at_colour, at_green


class Malvar2004(Demosaic, bayer=True, needs=("cfa",), reach=2, paper="malvar2004"):
    """Malvar, He and Cutler's linear interpolation: the bilinear estimate plus a share of the Laplacian of the known colour."""

    alpha: Scalar = param(default=0.5, unit="1", within=between(0, 2), doc="gain of the correction of green")
    beta: Scalar = param(default=0.625, unit="1", within=between(0, 2), doc="gain of the correction of red and blue at green sites")
    gamma: Scalar = param(default=0.75, unit="1", within=between(0, 2), doc="gain of the correction of red at blue and of blue at red")

    def __call__(self, frame: Frame) -> Frame:
        cfa = frame.cfa

        def colours(near, phase):
            own = near(0, 0)
            left, right, up, down = near(0, -1), near(0, 1), near(-1, 0), near(1, 0)
            diagonal = near(-1, -1) + near(-1, 1) + near(1, -1) + near(1, 1)
            far_row, far_column = near(0, -2) + near(0, 2), near(-2, 0) + near(2, 0)
            if cfa.sites[phase] == "g":
                in_row = (left + right) / 2 + self.beta * (own - (diagonal + far_row) / 5 + far_column / 10)
                in_column = (up + down) / 2 + self.beta * (own - (diagonal + far_column) / 5 + far_row / 10)
                return at_green(cfa, phase, own, in_row, in_column)
            laplacian = own - (far_row + far_column) / 4
            green = (left + right + up + down) / 4 + self.alpha * laplacian
            opposite = diagonal / 4 + self.gamma * laplacian
            return at_colour(cfa, phase, own, green, opposite)

        return frame.to(Domain.CAMERA, frame.pixels.stencil(2, colours))
