"""Colour maths against colour-science."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.ops import colour as ours

SPACES = {"srgb": "sRGB", "display_p3": "Display P3", "rec2020": "ITU-R BT.2020"}
MIREDS = (1e6 / 1700, 1e6 / 2856, 1e6 / 4000, 1e6 / 5003, 1e6 / 6504, 1e6 / 9000, 1e6 / 20000)


@pytest.mark.parametrize("name", SPACES)
def test_matrices_are_those_of_the_standards(name):
    space = colour.RGB_COLOURSPACES[SPACES[name]].copy()
    space.use_derived_transformation_matrices(True)
    np.testing.assert_allclose(ours.rgb_to_xyz(name), space.matrix_RGB_to_XYZ, atol=1e-6)
    np.testing.assert_allclose(ours.xyz_to_rgb(name), space.matrix_XYZ_to_RGB, atol=1e-6)


@pytest.mark.parametrize("source", SPACES)
@pytest.mark.parametrize("target", SPACES)
def test_conversion_between_primaries(source, target):
    spaces = [colour.RGB_COLOURSPACES[SPACES[n]].copy() for n in (source, target)]
    for space in spaces:
        space.use_derived_transformation_matrices(True)
    expected = colour.matrix_RGB_to_RGB(*spaces, chromatic_adaptation_transform=None)
    np.testing.assert_allclose(ours.rgb_to_rgb(source, target), expected, atol=1e-6)
    np.testing.assert_allclose(ours.rgb_to_rgb(source, target).sum(1), 1, atol=1e-12)


def test_luminance_weights_of_srgb_are_the_published_ones():
    np.testing.assert_allclose(ours.luminance_weights("srgb"), (0.2126, 0.7152, 0.0722), atol=1e-4)
    assert ours.luminance_weights(None) == ours.luminance_weights("srgb")


@pytest.mark.parametrize("xy", [(0.44757, 0.40745), (0.3457, 0.3585), (0.25, 0.25)])
def test_bradford_is_that_of_colour(xy):
    source, target = ours.white_xyz(xy), ours.white_xyz(ours.D65)
    expected = colour.adaptation.matrix_chromatic_adaptation_VonKries(source, target, transform="Bradford")
    with jax.enable_x64(True):
        np.testing.assert_allclose(ours.adaptation(source, target), expected, atol=1e-6)
        np.testing.assert_allclose(ours.adaptation(source, target) @ source, target, atol=1e-12)


def test_inverse_of_a_matrix():
    matrix = np.random.default_rng(0).normal(size=(3, 3))
    with jax.enable_x64(True):
        np.testing.assert_allclose(ours.inverse(jnp.asarray(matrix)), np.linalg.inv(matrix), rtol=1e-10)


@pytest.mark.parametrize("true", MIREDS)
def test_temperature_on_the_planckian_locus(true):
    xy = colour.UCS_uv_to_xy(colour.CCT_to_uv(1e6 / true, method="Planck 1900"))
    assert float(ours.mired(jnp.asarray(xy))) == pytest.approx(true, rel=2e-3)


@settings(max_examples=60, deadline=None)
@given(st.floats(2000, 20000), st.floats(-0.02, 0.02))
def test_temperature_is_that_of_robertson(kelvin, away):
    uv = colour.temperature.CCT_to_uv_Ohno2013([kelvin, away])
    expected = colour.temperature.uv_to_CCT_Robertson1968(uv)[0]
    with jax.enable_x64(True):
        assert float(ours.mired(jnp.asarray(colour.UCS_uv_to_xy(uv)))) == pytest.approx(1e6 / expected, rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("xy", [(0.3127, 0.3290), (0.44757, 0.40745), (1 / 3, 1 / 3), (0.7, 0.29), (0.16, 0.02), (0.1, 0.8)])
def test_temperature_has_a_finite_gradient_everywhere(xy):
    assert np.isfinite(jax.grad(ours.mired)(jnp.asarray(xy))).all()


def test_slope_of_the_temperature():
    xy, step = jnp.asarray([0.35, 0.36]), 1e-4
    with jax.enable_x64(True):
        xy = jnp.asarray([0.35, 0.36])
        slope = jax.grad(ours.mired)(xy)[0]
        assert slope == pytest.approx(float((ours.mired(xy.at[0].add(step)) - ours.mired(xy.at[0].add(-step))) / (2 * step)), rel=1e-3)


def test_noise_of_a_mixture_of_independent_channels():
    """Monte Carlo: the variance of a mixture of neutral channels with the stated model."""
    rng = np.random.default_rng(1)
    matrix = np.array([[1.8, -0.6, -0.2], [-0.3, 1.5, -0.2], [0.0, -0.5, 1.5]])
    noise, level = np.array([[0.01, 1e-4], [0.02, 2e-4], [0.03, 3e-4]]), 0.5
    samples = level + rng.normal(size=(200_000, 3)) * np.sqrt(noise[:, 0] * level + noise[:, 1])
    slope, floor = np.asarray(ours.mixed_noise(matrix, noise)).T
    np.testing.assert_allclose((samples @ matrix.T).var(0), slope * level + floor, rtol=0.02)
    assert ours.mixed_noise(matrix, None) is None
