"""Two plates of a crystal before the sensor, that see to it that fine patterns do not alias."""

import jax.numpy as jnp

from isp.capture.optics import Optics, outer, psf_after, swept
from isp.core import Frame, Vector, between, param, whole_number
from isp.ops.separable import shift_weights


class Antialias(Optics, uses=("psf",), gives=("psf",), paper="greivenkamp1990"):
    """A birefringent low-pass filter: each point becomes four, at the corners of a rectangle of `spots`. Its transfer function is
    cos(pi d f) along each side, none at all at half a cycle per displacement. Spots between samples are interpolated, by Keys' cubic."""

    spots: Vector = param(
        default=(0.9, 0.9), unit="px", within=between(0, 32), usual=between(0, 4), shape=(2,), doc="displacement down and across"
    )
    support: int = whole_number(default=1, unit="px", within=between(1, 16), doc="the farthest that a spot may lie from the middle")

    def __call__(self, frame: Frame) -> Frame:
        down, across = (self.halves(d) for d in self.spots)
        channels = range(frame.pixels.channels)
        pixels = swept(frame.pixels, self.reach, [down for _ in channels], [across for _ in channels])
        return frame.but(pixels=pixels, psf=psf_after(frame, outer(down, across)))

    def halves(self, displacement):
        """Weights of two spots, one on each side of the middle."""
        half = jnp.minimum(displacement / 2, self.support)
        return [(a + b) / 2 for a, b in zip(shift_weights(half, self.reach), shift_weights(-half, self.reach), strict=True)]

    @property
    def reach(self) -> int:
        """Samples read around a site: those within two of a spot, less the farthest, which always has no weight."""
        return self.support + 1
