"""Light as the eye's three numbers."""

from isp.capture.scene import Scene, mixed_by
from isp.core import Frame
from isp.ops import spectra


class Rgb(Scene, uses=("wavelengths", "scene_white")):
    """Spectral radiance becomes linear RGB of the sRGB primaries in cd/m2, by the CIE 1931 observer; colours outside that triangle have a
    negative channel. RGB passes as it is. For sensors that are known by a matrix."""

    def __call__(self, frame: Frame) -> Frame:
        if frame.wavelengths is None:
            return frame
        matrix = spectra.scene_rgb(frame.wavelengths).astype(frame.pixels.dtype)
        white = None if frame.scene_white is None else matrix @ frame.scene_white.astype(matrix.dtype)
        return frame.but(pixels=mixed_by(matrix, frame.pixels), scene_white=white, wavelengths=None)
