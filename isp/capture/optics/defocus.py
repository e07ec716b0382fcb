"""A lens that is focussed before or behind the scene."""

from isp.capture.optics import Optics, blurred
from isp.core import Frame, Scalar, between, param, whole_number
from isp.ops.kernel import disc


class Defocus(Optics, uses=("psf",), gives=("psf",)):
    """A point becomes a disc, evenly lit, of `diameter`; its rim falls off over `edge`, as diffraction and aberrations soften it, which
    also makes the diameter a value with a slope. A diameter well below a sample leaves the scene as it is."""

    diameter: Scalar = param(default=3.0, unit="px", within=between(0, 96), usual=between(0, 12), doc="diameter of the circle of confusion")
    edge: Scalar = param(default=0.25, unit="px", within=between(0.1, 8), usual=between(0.1, 1), doc="deviation of the fall at the rim")
    support: int = whole_number(default=3, unit="px", within=between(1, 48), doc="samples on each side that the blur reads")

    def __call__(self, frame: Frame) -> Frame:
        return blurred(frame, disc(self.diameter, self.edge, self.support))

    @property
    def reach(self) -> int:
        """Samples read around a site."""
        return self.support
