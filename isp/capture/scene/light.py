"""The scene stands in a light that has a name."""

from isp.capture.scene import Scene, bands_option, lit, luminance_of_white
from isp.core import Frame, Scalar, option
from isp.ops import spectra


class Light(Scene, gives=("scene_white", "wavelengths"), paper="cie15"):
    """A CIE illuminant of a given luminance, on a perfect white diffuser that fills the frame: a frame of ones becomes its radiance."""

    illuminant: str = option(default="D65", choices=spectra.LIGHTS, doc="CIE illuminant")
    luminance: Scalar = luminance_of_white()
    bands: str = bands_option()

    def __call__(self, frame: Frame) -> Frame:
        return lit(frame, lambda wavelengths: spectra.light(self.illuminant, wavelengths), self.luminance, self.bands)
