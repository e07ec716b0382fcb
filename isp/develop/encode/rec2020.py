"""ITU-R BT.2020: the primaries of ultra-high-definition television, under its camera transfer function."""

from isp.core import Frame
from isp.develop.encode import Encode, bits_option, encoded
from isp.ops.curve import encode_bt2020


class Rec2020(Encode, uses=("primaries",), gives=("primaries", "transfer", "bits")):
    """Encode with the unrounded constants, which are right for every depth. A television shows it through the gamma 2.4 of BT.1886, which
    adds contrast: that is how the standard means it, and no tone curve here accounts for it."""

    bits: int | str = bits_option()

    def __call__(self, frame: Frame) -> Frame:
        return encoded(frame, "rec2020", "bt2020", encode_bt2020, self.bits)
