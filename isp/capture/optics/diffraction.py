"""The blur that no lens escapes: light bends at its own aperture."""

import jax.numpy as jnp

from isp.capture.optics import Optics, blurred, wavelengths
from isp.core import Frame, Vector, between, param, whole_number
from isp.ops.kernel import airy


class Diffraction(Optics, needs=("aperture", "pitch"), uses=("wavelengths", "channels", "psf"), gives=("psf",), paper="goodman2005"):
    """The Airy pattern of a round aperture in focus, for each channel at its wavelength: what a square sample gathers of it. Its transfer
    function falls from 1 to 0 at 1 / (wavelength x f-number), and its kernel is summed from that, so that slopes reach aperture, pitch and
    wavelength. Spectral scenes bring their wavelengths. Light that falls beyond `support` is spread evenly over the samples within: the
    pattern's tail is long, and at f/2.8, 2 um and a support of 6 that is 2 % of the light."""

    wavelengths: Vector = param(
        default=(600.0, 540.0, 460.0),
        unit="nm",
        within=between(200, 3000),
        shape=(3,),
        doc="wavelengths that stand for red, green and blue",
    )
    support: int = whole_number(default=6, unit="px", within=between(1, 64), doc="samples on each side that the blur reads")

    def __call__(self, frame: Frame) -> Frame:
        dtype = frame.pixels.dtype
        nanometres = wavelengths(frame, frame.pixels.channels, self.wavelengths)
        aperture, pitch = jnp.asarray(frame.aperture, dtype), jnp.asarray(frame.pitch, dtype)
        return blurred(frame, airy(1e3 * pitch / (nanometres * aperture), self.support))

    @property
    def reach(self) -> int:
        """Samples read around a site."""
        return self.support
