"""The camera equation: what aperture and time make of a radiance."""

import jax.numpy as jnp
import numpy as np

from isp.capture.exposure import Exposure
from isp.core import Frame, Scalar, between, param

PHOTONS_PER_JOULE_NANOMETRE = 1e-9 / (6.62607015e-34 * 299792458.0)
"""1 nm / (h c): photons in a joule of light of 1 nm (SI, exact constants)."""


class Lens(Exposure, needs=("exposure_time", "aperture"), uses=("wavelengths", "pitch"), paper="holst2011"):
    """E = pi L T / (4 N^2), times the exposure time: luminance in cd/m2 becomes lux seconds, channel by channel. A spectral radiance in
    W/(m2 sr nm) becomes photons per pixel and nm, which needs `frame.pitch` too. Distant objects on the axis; the falloff to the
    corners is a stage of `optics`."""

    transmission: Scalar = param(
        default=0.9, unit="1", within=between(0.01, 1), usual=between(0.5, 1), doc="share of the light that the glass lets pass"
    )

    def __call__(self, frame: Frame) -> Frame:
        gain = np.pi / 4 * self.transmission * jnp.asarray(frame.exposure_time) / jnp.asarray(frame.aperture) ** 2
        if frame.wavelengths is not None:
            area = (jnp.asarray(frame.pitch) * 1e-6) ** 2
            gain = gain * area * jnp.asarray(frame.wavelengths) * PHOTONS_PER_JOULE_NANOMETRE
        return frame.scaled(jnp.asarray(gain, frame.pixels.dtype))
