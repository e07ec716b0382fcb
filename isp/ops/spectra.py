"""Spectra: lights, the standard observer, reflectances, and how they are read at any set of bands.

The tables come with the package (data/ATTRIBUTION says from where), on 380 to 780 nm in steps of 5 nm; they are loaded at first use.
Wavelengths are (bands,) in nanometres throughout and may be traced; a spectrum is (bands,) or (n, bands).
"""

from functools import cache, partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.ops.colour import xyz_to_rgb

Array = Any

LIGHTS = ("D65", "A", "FL2", "FL11", "LED-B1", "LED-B2", "LED-B3", "LED-B4", "LED-B5")
"""CIE illuminants by name: daylight, tungsten, two fluorescent lamps, five phosphor LEDs from 2733 K to 6598 K."""
BANDS = np.arange(400.0, 701.0, 10.0)
"""The bands of a spectral scene, unless it says otherwise."""
STEP = 5.0
GRID = np.arange(380.0, 781.0, STEP)
"""Where the tables are known."""
EFFICACY = 683.0
"""Lumens in a watt of light of 555 nm (the SI's definition of the candela)."""
SECOND_RADIATION_CONSTANT = 1.438776877e7
"""h c / k, nm K."""


@cache
def tables() -> dict[str, np.ndarray]:
    """Every table by name, float32."""
    with np.load(Path(__file__).resolve().parents[1] / "data" / "spectra.npz") as file:
        return {name: file[name] for name in file.files}


def at(name: str, wavelengths: Array) -> Array:
    """A table at other wavelengths: linear between its own, zero beyond them."""
    wavelengths = jnp.asarray(wavelengths)
    return jnp.asarray(tables()[name], wavelengths.dtype) @ _hats(wavelengths, STEP).T


def light(name: str, wavelengths: Array) -> Array:
    """A table's means over bands: each weighs its neighbourhood by a hat that ends at the neighbouring bands, so that the sharp lines of
    a lamp keep their power. Its product with a smooth curve is then right to second order in the band width."""
    wavelengths = jnp.asarray(wavelengths)
    hats = _hats(wavelengths, jnp.maximum(widths(wavelengths), STEP)[:, None])
    return jnp.asarray(tables()[name], wavelengths.dtype) @ (hats / jnp.maximum(jnp.sum(hats, 1, keepdims=True), 1e-6)).T


def _hats(wavelengths: Array, width: Array) -> Array:
    return jnp.maximum(1 - jnp.abs(wavelengths[:, None] - jnp.asarray(GRID, wavelengths.dtype)) / width, 0)


def widths(wavelengths: Array) -> Array:
    """The width of each band in nanometres: half the way to both neighbours; the outermost are as wide as the gap beside them."""
    wavelengths = jnp.asarray(wavelengths)
    if wavelengths.shape[0] < 2:
        return jnp.ones_like(wavelengths)
    gaps = jnp.abs(wavelengths[1:] - wavelengths[:-1])
    return (jnp.concatenate([gaps[:1], gaps]) + jnp.concatenate([gaps, gaps[-1:]])) / 2


def observer(wavelengths: Array) -> Array:
    """The CIE 1931 2 degree observer times the band widths (3, bands): its product with a spectrum is XYZ."""
    return at("observer", wavelengths) * widths(wavelengths)


def scene_rgb(wavelengths: Array) -> Array:
    """Spectral radiance in W/(m2 sr nm) to linear RGB of the sRGB primaries in cd/m2: (3, bands)."""
    seen = observer(wavelengths)
    return EFFICACY * jnp.asarray(xyz_to_rgb("srgb"), seen.dtype) @ seen


def daylight(temperature: Array, wavelengths: Array) -> Array:
    """CIE daylight of a correlated colour temperature in kelvin (CIE 15:2004, equations 3.1 to 3.4), 100 at 560 nm.

    The formula is defined from 4000 to 25000 K. The temperature is that of the radiation constant of today: D65 is 6504 K.
    """
    chosen = [jnp.asarray(k) for k in ((0.244063, 0.09911e3, 2.9678e6, -4.6070e9), (0.237040, 0.24748e3, 1.9018e6, -2.0064e9))]
    inverse = 1 / jnp.asarray(temperature)
    low, high = (((k[3] * inverse + k[2]) * inverse + k[1]) * inverse + k[0] for k in chosen)
    x = jnp.where(jnp.asarray(temperature) <= 7000, low, high)
    y = -3 * x * x + 2.87 * x - 0.275
    down = 0.0241 + 0.2562 * x - 0.7341 * y
    parts = light("daylight", wavelengths)
    return (parts[0] + (-1.3515 - 1.7703 * x + 5.9114 * y) / down * parts[1] + (0.03 - 31.4424 * x + 30.0717 * y) / down * parts[2]).astype(
        parts.dtype
    )


def black_body(temperature: Array, wavelengths: Array) -> Array:
    """Planck's law for a temperature in kelvin, 1 at 560 nm."""
    wavelengths = jnp.asarray(wavelengths)
    cold = SECOND_RADIATION_CONSTANT / jnp.asarray(temperature)
    relative = (560 / wavelengths) ** 5
    # exp(a) - 1 over exp(b) - 1 with the larger power divided out: no temperature overflows.
    a, b = cold / 560, cold / wavelengths
    return (relative * jnp.exp(a - b) * -jnp.expm1(-a) / -jnp.expm1(-b)).astype(wavelengths.dtype)


DAYLIGHT = 4000.0
"""Kelvin from which a colour temperature means daylight, and below which a black body."""


def light_xyz(kelvin: float) -> np.ndarray:
    """XYZ (3,), Y = 1, of daylight of a colour temperature, or of a black body where it is warmer."""
    xyz = np.asarray(_light_xyz(np.float32(kelvin), kelvin >= DAYLIGHT), float)
    return xyz / xyz[1]


@partial(jax.jit, static_argnums=1)
def _light_xyz(kelvin: Array, day: bool) -> Array:
    grid = jnp.asarray(GRID, jnp.float32)
    return observer(grid) @ (daylight if day else black_body)(kelvin, grid)
