"""Silicon sees what people do not: a filter before it takes the infrared away."""

import jax
import jax.numpy as jnp

from isp.capture.optics import Optics
from isp.core import Frame, Scalar, between, param

TEN_TO_NINETY = 2 * 2.1972245773362196
"""The logistic function rises from 10 to 90 percent over so many of its units: 2 log 9."""


class InfraredCut(Optics, uses=("wavelengths",)):
    """Light beyond `edge` is taken away, smoothly: half at the edge, and from 90 to 10 percent over `width`. It acts on spectral scenes;
    scenes of red, green and blue are light that people see, and pass unchanged."""

    edge: Scalar = param(default=650.0, unit="nm", within=between(300, 1200), usual=between(600, 720), doc="where half of the light passes")
    width: Scalar = param(default=20.0, unit="nm", within=between(1, 300), usual=between(5, 60), doc="from 90 to 10 percent")

    def __call__(self, frame: Frame) -> Frame:
        if frame.wavelengths is None:
            return frame
        beyond = (jnp.asarray(frame.wavelengths, frame.pixels.dtype) - self.edge) / self.width
        return frame.scaled(jax.nn.sigmoid(-TEN_TO_NINETY * beyond))
