"""Of many spectra that look alike, a smooth one."""

import jax.numpy as jnp

from isp.capture.scene import Scene, mixed_by
from isp.core import Frame, option
from isp.ops import spectra
from isp.ops.colour import D65, adaptation, inverse, rgb_to_xyz, white_xyz


class Spectral(Scene, uses=("wavelengths", "scene_white"), gives=("wavelengths",), paper="mallett2019"):
    """Linear RGB in cd/m2 becomes spectral radiance in 31 bands: reflectances of Mallett and Yuksel's basis, in D65. `scene.rgb` gives the
    RGB back exactly, whatever it was. Spectral light passes as it is. For sensors that are known by their curves.

    `illuminant` other than `same` lights the scene anew: colours are adapted from the scene's white to D65 (Bradford), which makes
    reflectances of them, and these stand in that light. White keeps its luminance.
    """

    illuminant: str = option(default="same", choices=("same", *spectra.LIGHTS), doc="CIE illuminant that lights the scene anew, or none")

    def __call__(self, frame: Frame) -> Frame:
        if frame.wavelengths is not None:
            return frame
        kind = frame.pixels.dtype
        wavelengths, to_xyz = jnp.asarray(spectra.BANDS, kind), jnp.asarray(rgb_to_xyz("srgb"), kind)
        surfaces, day = spectra.at("mallett2019", wavelengths), spectra.light("D65", wavelengths)
        seen = spectra.EFFICACY * spectra.observer(wavelengths)
        # The basis sums to the primaries over all wavelengths; over these bands this matrix makes it so.
        exact = inverse(seen @ (surfaces * day).T) @ to_xyz
        light = day if self.illuminant == "same" else spectra.light(self.illuminant, wavelengths)
        light = light * ((seen[1] @ day) / (seen[1] @ light))
        white = None if frame.scene_white is None else jnp.asarray(frame.scene_white, kind)
        if self.illuminant != "same" and white is not None:
            xyz = to_xyz @ white
            exact = exact @ inverse(to_xyz) @ adaptation(xyz, xyz[1] * jnp.asarray(white_xyz(D65), kind)) @ to_xyz
        matrix = (surfaces * light).T @ exact
        return frame.but(
            pixels=mixed_by(matrix, frame.pixels), wavelengths=wavelengths, scene_white=None if white is None else matrix @ white
        )
