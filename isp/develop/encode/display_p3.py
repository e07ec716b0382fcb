"""Display P3: the wider primaries of recent screens and phones, under the transfer function of sRGB."""

from isp.core import Frame
from isp.develop.encode import Encode, bits_option, encoded
from isp.ops.curve import encode_srgb


class DisplayP3(Encode, uses=("primaries",), gives=("primaries", "transfer", "bits")):
    """Encode for a Display P3 screen. Colours that sRGB would clip survive if the working primaries held them or camera colour was converted
    without clipping; negative working values are kept until here for that reason."""

    bits: int | str = bits_option()

    def __call__(self, frame: Frame) -> Frame:
        return encoded(frame, "display_p3", "srgb", encode_srgb, self.bits)
