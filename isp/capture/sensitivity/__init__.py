"""What each filter of the sensor makes of light: electrons, at every site, before the mosaic chooses one filter for each."""

from dataclasses import replace

import jax.numpy as jnp

from isp.core import Domain, Frame, Shading, Stage, option
from isp.core.planes import Array, Planes
from isp.ops import spectra

FILTERS = ("rgb", "rgbw", "rbw", "rby", "w")
"""Sets of filters, in the order in which a frame keeps their channels."""

LEAST = 1e-12
"""Electrons (or shares) that count as none."""


class Sensitivity(Stage, accepts=(Domain.SCENE,), emits=Domain.SCENE):
    """Turn light into electrons of each kind of filter. What the camera would know of it goes with the frame: its colour matrices, and
    the white balance gains that make the light of the scene grey."""


def filters_option() -> str:
    """The declaration of which filters there are."""
    return option(default="rgb", choices=FILTERS, doc="letters of the filters: red, green, blue, yellow, white (clear)")


def responding(frame: Frame, response: Array, filters: str, **facts: Array) -> Frame:
    """The frame after `response` (filters, channels): a sum over the channels of each site, with the gains of the scene's white."""

    def site(*light: Array) -> tuple[Array, ...]:
        return tuple(sum(response[f, c] * light[c] for c in range(len(light))) for f in range(len(filters)))

    white = None if frame.scene_white is None else response @ jnp.asarray(frame.scene_white, response.dtype)
    if white is not None:
        reference = white[filters.index("g")] if "g" in filters else jnp.max(white)
        seen = white > LEAST
        facts["as_shot"] = jnp.where(seen, reference / jnp.where(seen, white, 1.0), 1.0)
        facts["shading"] = shaded(frame, response * jnp.asarray(frame.scene_white, response.dtype))
    pixels: Planes = frame.pixels.sites(site)
    return frame.but(pixels=pixels, channels=filters, scene_white=white, wavelengths=None, **facts)


def shaded(frame: Frame, of_white: Array) -> Shading | None:
    """The shading as the filters see it, where it had a mesh for each channel: white loses what its parts lose. `of_white` (filters,
    channels) is what each channel of white brings to each filter."""
    if frame.shading is None or len(frame.shading.gains) != of_white.shape[1] or of_white.shape[1] == 1:
        return frame.shading
    whole = jnp.sum(of_white, axis=1, keepdims=True)
    share = of_white / jnp.where(jnp.abs(whole) < 1e-30, 1.0, whole)
    left = jnp.tensordot(share, 1 / jnp.asarray(frame.shading.gains, share.dtype), axes=1)
    return replace(frame.shading, gains=1 / jnp.maximum(left, 1e-3))


def seeing(frame: Frame, efficiency: Array, filters: str) -> Frame:
    """The frame after filters of quantum `efficiency` (filters, bands): electrons are photons per nm, times efficiency, times band width.
    The colour matrices are what a calibration of this very camera finds, on a ColorChecker in illuminants A and D65."""
    wavelengths = jnp.asarray(frame.wavelengths, efficiency.dtype)
    # A radiance of one watt is so many more photons as its wavelength is longer.
    sensitivity = efficiency * spectra.widths(wavelengths)
    matrices = jnp.stack([calibrated(sensitivity * wavelengths, wavelengths, name) for name in ("A", "D65")])
    facts = {"camera_matrix": matrices, "illuminants": jnp.asarray([2856.0, 6504.0], matrices.dtype)}
    return responding(frame, sensitivity, filters, **facts)


def calibrated(response: Array, wavelengths: Array, light: str) -> Array:
    """The colour matrix (filters, 3), XYZ to camera, that fits a ColorChecker in a light best (least squares) while white is exact; the
    strongest filter sees white as 1. `response` (filters, bands) is that to radiance.

    With white exact two columns are free; what they multiply is XYZ less what a grey of the same Y would have."""
    power = spectra.light(light, wavelengths)
    lit, observer = spectra.at("colour_checker", wavelengths) * power, spectra.observer(wavelengths)
    white, neutral = observer @ power, response @ power
    luminance, brightest = white[1], jnp.max(neutral)
    brightest = jnp.where(brightest > LEAST, brightest, 1.0)
    white, neutral = white / luminance, neutral / brightest
    xyz, camera = lit @ observer.T / luminance, lit @ response.T / brightest
    x, z = (xyz[:, i] - white[i] * xyz[:, 1] for i in (0, 2))
    rest = camera - neutral * xyz[:, 1:2]
    xx, xz, zz = x @ x, x @ z, z @ z
    down = jnp.maximum(xx * zz - xz * xz, 1e-12)
    first, last = ((zz * x - xz * z) @ rest) / down, ((xx * z - xz * x) @ rest) / down
    return jnp.stack([first, neutral - white[0] * first - white[2] * last, last], 1)
