"""The same scene, in another light."""

import jax.numpy as jnp

from isp.capture.scene import Scene, mixed_by
from isp.core import Frame, Scalar, between, option, param
from isp.ops import spectra
from isp.ops.colour import D65, adaptation, inverse, rgb_to_xyz, white_xyz

CHOICES = ("daylight", "black_body", *spectra.LIGHTS)


class Relight(Scene, uses=("wavelengths", "scene_white"), gives=("scene_white",), paper="cie15"):
    """Change the light of a scene whose white is known (D65 where it is not said), keeping white's luminance. RGB is carried to the new
    white in Bradford's cone responses: plausible, not exact, since RGB does not tell spectra. Spectral light is divided by the old light
    and multiplied by the new: exact for surfaces that reflect."""

    temperature: Scalar = param(default=4500.0, unit="K", within=between(1000, 25000), doc="of daylight (from 4000 K) or of the black body")
    light: str = option(default="daylight", choices=CHOICES, doc="daylight or a black body of that temperature, or a CIE illuminant")

    def __call__(self, frame: Frame) -> Frame:
        kind, spectral = frame.pixels.dtype, frame.wavelengths is not None
        wavelengths = jnp.asarray(frame.wavelengths if spectral else spectra.GRID, kind)
        power = self._power(wavelengths).astype(kind)
        seen = spectra.observer(wavelengths)
        if spectral:
            old = spectra.light("D65", wavelengths) if frame.scene_white is None else jnp.asarray(frame.scene_white, kind)
            white = power * ((seen[1] @ old) / (seen[1] @ power))
            gains = white / jnp.maximum(old, 1e-6 * jnp.max(old))
            return frame.but(pixels=frame.pixels.map(jnp.multiply, [list(gains)]), scene_white=white)
        to_xyz = jnp.asarray(rgb_to_xyz("srgb"), kind)
        old = jnp.asarray(white_xyz(D65), kind) if frame.scene_white is None else to_xyz @ jnp.asarray(frame.scene_white, kind)
        xyz = seen @ power
        new = xyz * (old[1] / xyz[1])
        to_rgb = inverse(to_xyz)
        return frame.but(pixels=mixed_by(to_rgb @ adaptation(old, new) @ to_xyz, frame.pixels), scene_white=to_rgb @ new)

    def _power(self, wavelengths):
        if self.light == "daylight":
            return spectra.daylight(self.temperature, wavelengths)
        if self.light == "black_body":
            return spectra.black_body(self.temperature, wavelengths)
        return spectra.light(self.light, wavelengths)
