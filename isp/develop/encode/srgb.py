"""The sRGB of IEC 61966-2-1: what a screen or a browser expects when nothing else is said."""

from isp.core import Frame
from isp.develop.encode import Encode, bits_option, encoded
from isp.ops.curve import encode_srgb


class Srgb(Encode, uses=("primaries",), gives=("primaries", "transfer", "bits")):
    """Encode for an sRGB display, 8 bits a channel unless said otherwise. The curve is exact to 2e-6, its slope exactly."""

    bits: int | str = bits_option()

    def __call__(self, frame: Frame) -> Frame:
        return encoded(frame, "srgb", "srgb", encode_srgb, self.bits)
