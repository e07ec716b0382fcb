"""Bright values are compressed by a square root, where the noise is not known."""

from isp.core import Frame, Scalar, between, param
from isp.develop.stabilise import Stabilise, under


class SquareRoot(Stabilise, uses=("noise",), gives=("stabiliser",)):
    """A square root with a foot: sqrt(x + offset), shifted so that 0 stays 0 and scaled so that 1 stays 1; a straight line below
    -3/4 offset. Photon noise becomes about constant under it. A noise model, where there is one, is kept: its strength at mid grey.
    Undo it with `stabilise.undo`.
    """

    offset: Scalar = param(
        default=0.003, unit="share of white", within=between(1e-4, 1), doc="added under the root: larger treats the shadows more gently"
    )

    def __call__(self, frame: Frame) -> Frame:
        return under(frame, "square_root", self.offset)
