"""Twice the light, not quite twice the signal."""

import jax.numpy as jnp

from isp.capture.pixel import Pixel
from isp.core import Frame, Scalar, at_least, between, param


class Nonlinearity(Pixel, uses=("white",), paper="emva1288"):
    """The response bends: x electrons read as x (1 + quadratic x/full + cubic (x/full)^2) up to `full`, and go on with the gain they have
    there; below 0 it is straight. It is an error that nobody tells the camera about, so no `linearisation` goes with the frame: a
    photon transfer measurement finds it. White bends with the pixels. The noise model stays that of small signals.
    """

    quadratic: Scalar = param(
        default=-0.01, unit="1", within=between(-0.25, 0.25), usual=between(-0.05, 0.05), doc="gain at full, less that at 0"
    )
    cubic: Scalar = param(
        default=0.002, unit="1", within=between(-0.15, 0.15), usual=between(-0.03, 0.03), doc="the same, by the square of the level"
    )
    full: Scalar = param(
        default=6000.0, unit="e-", within=at_least(1), usual=between(1000, 2e5), doc="electrons at which the two are stated"
    )

    def __call__(self, frame: Frame) -> Frame:
        def bent(x):
            level = jnp.clip(x / self.full, 0.0, 1.0)
            return x * (1 + level * (self.quadratic + level * self.cubic))

        white = None if frame.white is None else bent(jnp.asarray(frame.white, frame.pixels.dtype))
        return frame.but(pixels=frame.pixels.map(bent), white=white)
