"""No curve: the white point is divided out, and that is all."""

from isp.core import Frame, Scalar, between, param
from isp.develop.tone import Tone


class Linear(Tone):
    """Divide by `white`. Nothing is compressed or clipped, so measurements stay linear; the noise model moves along."""

    white: Scalar = param(default=1.0, unit="1", within=between(0.01, 100), usual=between(0.25, 8), doc="scene value that becomes 1")

    def __call__(self, frame: Frame) -> Frame:
        return frame.scaled(1 / self.white)
