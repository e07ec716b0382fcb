"""From dark on the left to light on the right."""

from isp.capture.scene import Scene, covered, places
from isp.core import Frame, Scalar, between, param


class GreyRamp(Scene):
    """Reflectance grows linearly across the frame: `dark` at its left edge, `light` at its right one. At column c of n it is
    dark + (light - dark) (c + 1/2) / n, which is the mean over the pixel, exactly."""

    dark: Scalar = param(default=0.01, unit="1", within=between(0, 100), usual=between(0, 1), doc="reflectance at the left edge")
    light: Scalar = param(default=0.95, unit="1", within=between(0, 100), usual=between(0, 1), doc="reflectance at the right edge")

    def __call__(self, frame: Frame) -> Frame:
        _, column, _, columns = places(frame)
        return covered(frame, self.dark + (self.light - self.dark) * (column + 0.5) / columns)
