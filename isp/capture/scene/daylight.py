"""The scene stands in daylight, of any hour."""

from isp.capture.scene import Scene, bands_option, lit, luminance_of_white
from isp.core import Frame, Scalar, between, param
from isp.ops import spectra


class Daylight(Scene, gives=("scene_white", "wavelengths"), paper="cie15"):
    """CIE daylight of a given colour temperature, on a perfect white diffuser that fills the frame. The formula has two branches that
    meet at 7000 K, to 3e-4 in the spectrum."""

    temperature: Scalar = param(default=5500.0, unit="K", within=between(4000, 25000), doc="correlated colour temperature")
    luminance: Scalar = luminance_of_white()
    bands: str = bands_option()

    def __call__(self, frame: Frame) -> Frame:
        return lit(frame, lambda wavelengths: spectra.daylight(self.temperature, wavelengths), self.luminance, self.bands)
