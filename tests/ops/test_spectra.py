"""Spectra against colour-science: every light, every patch, any temperature."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.ops import spectra

FINE, COARSE = colour.SpectralShape(380, 780, 5), colour.SpectralShape(400, 700, 10)
OBSERVER = colour.MSDS_CMFS["CIE 1931 2 Degree Standard Observer"]
PATCHES = list(colour.SDS_COLOURCHECKERS["BabelColor Average"].values())


@pytest.mark.parametrize(("bands", "within"), [(spectra.GRID, 1e-5), (spectra.BANDS, 6e-3)], ids=["81 bands", "31 bands"])
@pytest.mark.parametrize("light", spectra.LIGHTS)
def test_every_patch_in_every_light_has_the_xyz_of_colour_science(light, bands, within):
    """Theirs by their own integration in steps of 5 nm; ours in the bands of a scene, where a lamp's lines fall between bands,
    and what lies beyond 400 to 700 nm is left out."""
    illuminant = colour.SDS_ILLUMINANTS[light].copy().align(FINE)
    patches = [p.copy().align(FINE, extrapolator_kwargs={"method": "Constant"}) for p in PATCHES]
    expected = np.array([colour.sd_to_XYZ(p, OBSERVER.copy().align(FINE), illuminant, method="Integration") for p in patches]) / 100
    seen = spectra.observer(bands)
    power = spectra.light(light, bands)
    found = (spectra.at("colour_checker", bands) * power) @ seen.T / (seen[1] @ power)
    np.testing.assert_allclose(found, expected, atol=within)


@pytest.mark.parametrize("kelvin", [4000, 5003, 6504, 6999, 7500, 25000])
def test_daylight_is_that_of_the_cie(kelvin):
    expected = colour.sd_CIE_illuminant_D_series(colour.temperature.CCT_to_xy_CIE_D(kelvin), M1_M2_rounding=False).align(FINE).values
    np.testing.assert_allclose(spectra.daylight(float(kelvin), spectra.GRID), expected, rtol=2e-4)


@pytest.mark.parametrize("kelvin", [1000, 2856, 6504, 20000])
def test_black_body_follows_planck(kelvin):
    expected = colour.sd_blackbody(kelvin, COARSE).values
    np.testing.assert_allclose(
        spectra.black_body(float(kelvin), spectra.BANDS), expected / expected[16], rtol=5e-4
    )  # they round the constant


def test_illuminant_a_is_a_black_body_of_2856_kelvin():
    a = spectra.at("A", spectra.BANDS)
    np.testing.assert_allclose(spectra.black_body(2855.54, spectra.BANDS) * a[16], a, rtol=1e-3)


def test_tables_are_read_between_their_own_wavelengths_and_are_nothing_beyond():
    found = spectra.at("D65", jnp.array([300.0, 402.5, 800.0]))
    table = dict(zip(spectra.GRID, spectra.tables()["D65"]))
    np.testing.assert_allclose(found, [0, (table[400] + table[405]) / 2, 0], rtol=1e-6)


@pytest.mark.parametrize(("light", "at"), [(spectra.daylight, 6000.0), (spectra.daylight, 9000.0), (spectra.black_body, 2856.0)])
def test_lights_have_the_slope_in_temperature_that_differences_have(light, at):
    with jax.enable_x64(True):
        slope = jax.jacfwd(lambda t: light(t, spectra.BANDS))(at)
        numeric = light(at + 0.5, spectra.BANDS) - light(at - 0.5, spectra.BANDS)
        np.testing.assert_allclose(slope, numeric, rtol=1e-5, atol=1e-9)
