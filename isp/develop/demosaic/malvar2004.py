"""Bilinear demosaicing, corrected by the gradient of the colour that is known at the site."""

from isp.core import Domain, Frame, Scalar, between, param
from isp.develop.demosaic import Demosaic, malvar


class Malvar2004(Demosaic, bayer=True, needs=("cfa",), reach=2, paper="malvar2004"):
    """Malvar, He and Cutler's linear interpolation: the bilinear estimate plus a share of the Laplacian of the known colour."""

    alpha: Scalar = param(default=0.5, unit="1", within=between(0, 2), doc="gain of the correction of green")
    beta: Scalar = param(default=0.625, unit="1", within=between(0, 2), doc="gain of the correction of red and blue at green sites")
    gamma: Scalar = param(default=0.75, unit="1", within=between(0, 2), doc="gain of the correction of red at blue and of blue at red")

    def __call__(self, frame: Frame) -> Frame:
        return frame.to(Domain.CAMERA, frame.pixels.stencil(2, malvar(frame.cfa, self.alpha, self.beta, self.gamma)))
