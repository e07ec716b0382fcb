"""The scene stands in the light of something hot."""

from isp.capture.scene import Scene, bands_option, lit, luminance_of_white
from isp.core import Frame, Scalar, between, param
from isp.ops import spectra


class BlackBody(Scene, gives=("scene_white", "wavelengths"), paper="cie15"):
    """A black body of a given temperature, on a perfect white diffuser that fills the frame: candles from 1900 K, tungsten about 2856 K."""

    temperature: Scalar = param(default=2856.0, unit="K", within=between(800, 40000), doc="temperature of the body")
    luminance: Scalar = luminance_of_white()
    bands: str = bands_option()

    def __call__(self, frame: Frame) -> Frame:
        return lit(frame, lambda wavelengths: spectra.black_body(self.temperature, wavelengths), self.luminance, self.bands)
