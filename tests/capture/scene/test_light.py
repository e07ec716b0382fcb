"""Lights have the luminance, the colour and the units that they say; RGB and spectra convert into each other."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.capture.scene.black_body import BlackBody
from isp.capture.scene.daylight import Daylight
from isp.capture.scene.light import Light
from isp.capture.scene.relight import Relight
from isp.capture.scene.rgb import Rgb
from isp.capture.scene.spectral import Spectral
from isp.core import Domain, Frame
from isp.ops import spectra
from isp.ops.colour import rgb_to_xyz

ONES = Frame(pixels=np.ones((2, 3, 3), np.float32), domain=Domain.SCENE)
OBSERVER = "CIE 1931 2 Degree Standard Observer"


def chromaticity(rgb):
    xyz = rgb_to_xyz("srgb") @ np.asarray(rgb, float)
    return xyz[:2] / xyz.sum()


@pytest.mark.parametrize("name", spectra.LIGHTS)
def test_a_named_light_has_its_tabulated_chromaticity_and_the_luminance_asked_for(name):
    for bands, within in (("rgb", 5e-4), ("spectral", 3e-3)):
        made = Rgb()(Light(illuminant=name, luminance=250.0, bands=bands)(ONES))
        np.testing.assert_allclose(chromaticity(made.array[0, 0]), colour.CCS_ILLUMINANTS[OBSERVER][name], atol=within)
        np.testing.assert_allclose(rgb_to_xyz("srgb")[1] @ np.asarray(made.array[1, 2]), 250, rtol=1e-4)
        np.testing.assert_allclose(made.scene_white, made.array[0, 0], rtol=1e-5)


def test_a_spectral_light_is_in_watts():
    """Luminance of a radiance by colour-science: 683 lm/W times the integral with V."""
    made = Light(illuminant="A", luminance=1000.0)(ONES)
    light = colour.SpectralDistribution(dict(zip(np.asarray(made.wavelengths, float), np.asarray(made.array[0, 0], float))))
    photopic = colour.MSDS_CMFS[OBSERVER].copy().align(light.shape).values[:, 1]
    assert 683 * np.sum(photopic * light.values) * 10 == pytest.approx(1000, rel=1e-4)


@pytest.mark.parametrize("kelvin", [4000.0, 5500.0, 10000.0])
def test_daylight_has_the_chromaticity_of_the_cie_formula(kelvin):
    made = Daylight(temperature=kelvin, bands="rgb")(ONES)
    np.testing.assert_allclose(chromaticity(made.array[0, 0]), colour.temperature.CCT_to_xy_CIE_D(kelvin), atol=3e-4)


@pytest.mark.parametrize("kelvin", [2000.0, 2856.0, 6500.0])
def test_a_black_body_has_its_chromaticity(kelvin):
    made = BlackBody(temperature=kelvin, bands="rgb")(ONES)
    sd = colour.sd_blackbody(kelvin, colour.SpectralShape(380, 780, 5))
    xyz = colour.sd_to_XYZ(sd, method="Integration")
    np.testing.assert_allclose(chromaticity(made.array[0, 0]), xyz[:2] / xyz.sum(), atol=5e-4)


def test_the_luminance_of_the_pixels_is_the_share_of_light():
    pixels = np.float32([[[1, 1, 1], [0, 1, 0], [0.5, 0.5, 0.5]]])
    made = Light(bands="spectral", luminance=100.0)(ONES.but(pixels=pixels))
    white = np.asarray(made.scene_white)
    np.testing.assert_allclose(made.array[0], white * np.array([[1], [0.7152], [0.5]]), rtol=1e-3)


@pytest.mark.parametrize("white", [(1000, 1000, 1000), (1800, 850, 240)])
def test_rgb_comes_back_from_a_spectrum_exactly(white):
    pixels = np.float32(np.random.default_rng(0).uniform(0, 1000, (4, 5, 3)))
    there = Spectral()(Frame(pixels=pixels, domain=Domain.SCENE, scene_white=np.float32(white)))
    back = Rgb()(there)
    np.testing.assert_allclose(back.array, pixels, atol=0.02)
    np.testing.assert_allclose(back.scene_white, white, rtol=1e-4)
    assert back.wavelengths is None and there.array.shape == (4, 5, 31)


def test_the_spectrum_of_a_grey_is_that_of_daylight():
    made = Spectral()(ONES.but(scene_white=np.ones(3, np.float32)))
    daylight = np.asarray(spectra.light("D65", spectra.BANDS))
    ratio = np.asarray(made.array[0, 0]) / daylight
    np.testing.assert_allclose(ratio / ratio.mean(), 1, atol=0.02)


def test_another_illuminant_lights_a_spectral_scene_anew():
    made = Spectral(illuminant="A")(ONES.but(pixels=300 * ONES.pixels, scene_white=np.full(3, 300, np.float32)))
    white = np.asarray(Rgb()(made).scene_white)
    np.testing.assert_allclose(chromaticity(white), (0.44757, 0.40745), atol=2e-3)
    assert rgb_to_xyz("srgb")[1] @ white == pytest.approx(300, rel=2e-3)
    np.testing.assert_allclose(np.asarray(made.array[0, 0]) / np.asarray(made.scene_white), 1, rtol=1e-3)


def test_relighting_a_spectral_scene_is_exact_and_an_rgb_scene_keeps_white():
    made = Relight(light="A")(Light(luminance=80.0)(ONES))
    np.testing.assert_allclose(made.array[0, 0], Light(illuminant="A", luminance=80.0)(ONES).array[0, 0], rtol=1e-4)
    rgb = Relight(light="black_body", temperature=3000.0)(Light(luminance=80.0, bands="rgb")(ONES))
    np.testing.assert_allclose(rgb.array[0, 0], BlackBody(temperature=3000.0, luminance=80.0, bands="rgb")(ONES).array[0, 0], rtol=1e-3)


def test_gradients_pass_from_the_picture_to_the_temperature_of_the_light():
    with jax.enable_x64(True):
        frame = Frame(pixels=jnp.ones((1, 1, 3)), domain=Domain.SCENE)

        def blue(kelvin):
            return Daylight().with_values(temperature=kelvin, bands="rgb")(frame).array[0, 0, 2]

        numeric = (blue(5501.0) - blue(5499.0)) / 2
        assert float(jax.grad(blue)(5500.0)) == pytest.approx(float(numeric), rel=1e-4)
