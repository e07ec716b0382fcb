"""What stands before the camera: light from a source, and what a subject makes of it.

A scene begins as a frame of ones. `scene.light`, `scene.daylight` and `scene.black_body` turn it into the light that a white diffuser
sends, spectral or RGB, and note it in `frame.scene_white`; a chart multiplies that light by its reflectance; a photograph brings light
of its own. So a scene is a chain like any other:

    - scene.light: {illuminant: A, luminance: 500 cd/m2}
    - scene.colour_checker

Every chart is a formula in the places of the frame: it fills any size, goes on beyond the frame's edges (where a lens looks), and each
pixel holds the mean over its own area, exactly or to the error that the chart states. `scene.rgb` and `scene.spectral` convert between
the two kinds of light, and pass what is of their kind already: they stand before a sensor that knows one kind only.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from isp.core import Domain, Frame, Stage, between, option, param
from isp.core.planes import Array, Planes
from isp.ops import spectra
from isp.ops.colour import luminance_weights, xyz_to_rgb


class Scene(Stage, accepts=(Domain.SCENE,), emits=Domain.SCENE):
    """Change the light of the scene. Channels are linear RGB in cd/m2 (primaries of sRGB), or spectral radiances in W/(m2 sr nm) where
    `frame.wavelengths` says so. A chart is laid over the light that is there, wherever on the frame it falls."""


class Picture(Stage, accepts=(Domain.DISPLAY, Domain.WORKING), emits=Domain.SCENE):
    """Take a picture for the scene it shows."""


# ---------------------------------------------------------------------- light
def luminance_of_white() -> Any:
    """The declaration of how bright the scene is."""
    return param(default=1000.0, unit="cd/m2", within=between(1e-6, 1e9), usual=between(0.1, 10000), doc="luminance of a white diffuser")


def bands_option() -> str:
    """The declaration of the kind of light."""
    return option(default="spectral", choices=("spectral", "rgb"), doc="31 bands from 400 to 700 nm, or linear RGB")


def lit(frame: Frame, light: Callable[[Array], Array], luminance: Array, bands: str) -> Frame:
    """The frame in a `light` (of wavelengths, any unit) whose white diffuser has `luminance`. The luminance of the pixels that arrive is
    the share of it that falls on each site."""
    kind, spectral = frame.pixels.dtype, bands == "spectral"
    wavelengths = jnp.asarray(spectra.BANDS if spectral else spectra.GRID, kind)
    power = light(wavelengths).astype(kind)
    xyz = spectra.observer(wavelengths) @ power
    white = power / spectra.EFFICACY if spectral else jnp.asarray(xyz_to_rgb("srgb"), kind) @ xyz
    white = white * (luminance / xyz[1])
    share = luminance_of(frame)

    def site(*channels: Array) -> tuple[Array, ...]:
        falls = sum(w * c for w, c in zip(share, channels, strict=True))
        return tuple(white[i] * falls for i in range(white.shape[0]))

    return frame.but(pixels=frame.pixels.sites(site), wavelengths=wavelengths if spectral else None, scene_white=white)


def luminance_of(frame: Frame) -> list[Any]:
    """What each channel brings to the level of a site: luminance of RGB, else the mean."""
    n = frame.pixels.channels
    return list(luminance_weights("srgb")) if n == 3 and frame.wavelengths is None else [1 / n] * n


# ---------------------------------------------------------------------- charts
def places(frame: Frame) -> tuple[Array, Array, Array, Array]:
    """Row (rows, 1) and column (1, columns) of each pixel's centre, and rows and columns of the whole frame, in the type of the pixels.
    Pixel 0 covers -1/2 to 1/2."""
    kind = frame.pixels.dtype
    row, column = frame.coordinates(0)
    rows, columns = frame.extent
    return row.astype(kind), column.astype(kind), jnp.asarray(rows, kind), jnp.asarray(columns, kind)


def covered(frame: Frame, reflectance: Array) -> Frame:
    """The light of the frame on a grey surface of `reflectance`, which broadcasts against the sites (rows, columns)."""
    return frame.but(pixels=frame.pixels.map(lambda light: light * reflectance))


def coloured(frame: Frame, red: Array, green: Array, blue: Array) -> Frame:
    """The light of the frame on a surface that is linear RGB (`red`, `green`, `blue`) in D65: channel by channel where the light is RGB,
    by the smooth reflectance of Mallett and Yuksel (2019) where it is spectral."""
    if frame.wavelengths is None:
        rgb = (red, green, blue)
        return frame.but(pixels=frame.pixels.sites(lambda *light: tuple(p * c for p, c in zip(light, rgb, strict=True))))
    basis = spectra.at("mallett2019", jnp.asarray(frame.wavelengths, frame.pixels.dtype))
    return frame.but(pixels=frame.pixels.sites(lambda *light: tuple(p * _of(basis[:, i], red, green, blue) for i, p in enumerate(light))))


def _of(share: Array, red: Array, green: Array, blue: Array) -> Array:
    return share[0] * red + share[1] * green + share[2] * blue


def mixed_by(matrix: Array, pixels: Planes) -> Planes:
    """Each site times `matrix` (out, in)."""
    return pixels.sites(lambda *c: tuple(sum(matrix[i, j] * c[j] for j in range(len(c))) for i in range(matrix.shape[0])))
