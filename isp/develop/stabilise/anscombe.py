"""Photon and read noise become constant, by the generalised Anscombe transform of the frame's own noise model."""

from isp.core import Frame
from isp.develop.stabilise import Stabilise, under


class Anscombe(Stabilise, needs=("noise",), gives=("stabiliser",), paper="makitalo2013"):
    """The transform (2/a) sqrt(a x + 3/8 a^2 + b) of the mean noise model (a, b) of all filters, shifted so that 0 stays 0 and scaled so
    that 1 stays 1. Below a quarter of its radicand at 0 it goes on as a straight line. Nothing to tune: the noise model says it all.
    A frame without noise is left all but as it is. Undo it with `stabilise.undo`.
    """

    def __call__(self, frame: Frame) -> Frame:
        return under(frame, "anscombe")
