"""A sensor known by the spectral sensitivity of its filters."""

import jax.numpy as jnp

from isp.capture.sensitivity import Sensitivity, filters_option, seeing
from isp.core import ChainError, Frame, Scalar, Vector, between, option, param
from isp.core.planes import Array
from isp.ops import spectra

CAMERAS = {"nikon_5100": "Nikon 5100", "sigma_sdmerrill": "Sigma SDMerill"}
LETTERS = "rgbyw"
KNOTS = (397.0, 433.0, 468.0, 504.0, 536.0, 571.0, 607.0, 641.0, 676.0, 713.0)
CURVES = (
    (0.04, 0.03, 0.03, 0.06, 0.08, 0.19, 0.76, 0.66, 0.24, 0.02),
    (0.04, 0.07, 0.24, 0.72, 0.98, 0.72, 0.25, 0.10, 0.04, 0.01),
    (0.30, 0.72, 0.78, 0.33, 0.11, 0.05, 0.04, 0.04, 0.02, 0.01),
    (0.06, 0.09, 0.25, 0.74, 0.98, 0.97, 0.90, 0.70, 0.25, 0.02),
    (0.40, 0.80, 0.95, 0.98, 1.00, 0.99, 0.94, 0.73, 0.26, 0.02),
)
"""An invented sensor with infrared filter: estimates, like no maker's."""


class Spectral(
    Sensitivity, needs=("wavelengths",), uses=("scene_white",), gives=("camera_matrix", "illuminants", "channels"), paper="darrodi2015"
):
    """Photons per nm become electrons: each filter counts them at `peak` times its curve. `camera` takes the measured curves of a real
    camera; else `curves` hold a row for each filter, or one for each of r, g, b, y, w, at `wavelengths` (straight lines between, nothing
    beyond). Scenes in RGB pass `scene.spectral` first. The colour matrices of the frame are fitted to what these curves make of a
    ColorChecker in illuminants A and D65.

    Measured curves answer to power, not to photons; they are converted, and scaled so that the largest quantum efficiency is `peak`.
    """

    peak: Scalar = param(default=0.5, unit="e-/photon", within=between(1e-3, 1), doc="quantum efficiency where the curves are 1")
    curves: Vector = param(
        default=CURVES, unit="1", within=between(-1, 2), shape=(None, None), doc="sensitivity to photons, over `peak`, of each filter"
    )
    wavelengths: Vector = param(default=KNOTS, unit="nm", within=between(200, 1200), shape=(None,), doc="where the curves are known")
    camera: str = option(default="none", choices=("none", *CAMERAS), doc="a camera whose curves were measured")
    filters: str = filters_option()

    def __call__(self, frame: Frame) -> Frame:
        wavelengths = jnp.asarray(frame.wavelengths, frame.pixels.dtype)
        return seeing(frame, self.peak * self._relative(wavelengths), self.filters)

    def _relative(self, wavelengths: Array) -> Array:
        """The curve of each filter (filters, bands), about 1 at its highest."""
        if self.camera != "none":
            if self.filters != "rgb":
                raise ChainError(self.name, f"the {CAMERAS[self.camera]} has filters r, g, b, not {', '.join(self.filters)}")
            photons = jnp.asarray(spectra.tables()[self.camera] / spectra.GRID).max()
            return jnp.maximum(spectra.at(self.camera, wavelengths), 0) / wavelengths / photons.astype(wavelengths.dtype)
        rows = self.filters if len(self.curves) == len(self.filters) else LETTERS
        if len(self.curves) != len(rows):
            why = f"{len(self.curves)} curves, but the filters are {', '.join(self.filters)}"
            raise ChainError(f"{self.name}.curves", why, "give a curve for each, or for each of r, g, b, y, w")
        if self.curves.shape[1] != len(self.wavelengths):
            raise ChainError(f"{self.name}.curves", f"{self.curves.shape[1]} values a curve at {len(self.wavelengths)} wavelengths")
        chosen = [self.curves[rows.index(f)] for f in self.filters]
        return jnp.stack([jnp.interp(wavelengths, self.wavelengths, c, left=0.0, right=0.0) for c in chosen])
