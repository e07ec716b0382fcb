"""The DNG colour model, on cases worked out by hand and with colour-science."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.ops import dng
from isp.ops.colour import D50, D65, white_xyz

A, DAYLIGHT = 2856.0, 6504.0
CAMERA = np.array([[[0.9, -0.2, -0.1], [-0.4, 1.2, 0.2], [-0.1, 0.3, 0.6]], [[0.7, -0.1, -0.05], [-0.5, 1.3, 0.2], [-0.1, 0.2, 0.7]]])
LIGHTS = np.array([A, DAYLIGHT])


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def xy_of(kelvin):
    return colour.UCS_uv_to_xy(colour.CCT_to_uv(kelvin, method="Planck 1900"))


@pytest.mark.parametrize("kelvin", [2856, 3500, 4500, 6504])
def test_weights_are_linear_in_reciprocal_temperature(kelvin):
    expected = (1 / kelvin - 1 / DAYLIGHT) / (1 / A - 1 / DAYLIGHT)
    assert float(dng.share_of_first(jnp.asarray(xy_of(kelvin)), jnp.asarray(LIGHTS))) == pytest.approx(expected, abs=5e-3)
    assert float(dng.share_of_first(jnp.asarray(xy_of(kelvin)), jnp.asarray(LIGHTS[::-1]))) == pytest.approx(1 - expected, abs=5e-3)


@pytest.mark.parametrize(("kelvin", "share"), [(1900, 1.0), (15000, 0.0)])
def test_beyond_the_calibrations_the_nearer_one_alone_counts(kelvin, share):
    assert float(dng.share_of_first(jnp.asarray(xy_of(kelvin)), jnp.asarray(LIGHTS))) == share


@pytest.mark.parametrize("kelvin", [2500, 3200, 4000, 5500, 9000])
def test_the_white_point_is_found_from_its_own_neutral(kelvin):
    """Forward: light -> its matrix -> camera neutral. Backward must return the light."""
    share = np.clip((1 / kelvin - 1 / DAYLIGHT) / (1 / A - 1 / DAYLIGHT), 0, 1)
    matrix = share * CAMERA[0] + (1 - share) * CAMERA[1]
    neutral = matrix @ white_xyz(tuple(xy_of(kelvin)))
    found = dng.white_xy(jnp.asarray(CAMERA), jnp.asarray(LIGHTS), jnp.asarray(neutral))
    np.testing.assert_allclose(found, xy_of(kelvin), atol=1e-3)


def test_more_rounds_do_not_move_the_white_point(monkeypatch):
    neutral = jnp.asarray(CAMERA[0] @ white_xyz(tuple(xy_of(3700))))
    short = dng.white_xy(jnp.asarray(CAMERA), jnp.asarray(LIGHTS), neutral)
    monkeypatch.setattr(dng, "ROUNDS", 60)
    np.testing.assert_allclose(short, dng.white_xy(jnp.asarray(CAMERA), jnp.asarray(LIGHTS), neutral), atol=1e-6)


def test_single_matrix_is_its_inverse_with_the_gains_undone_and_the_white_adapted():
    gains = np.array([2.0, 1.0, 1.5])
    ours = dng.camera_to_xyz(jnp.asarray(CAMERA[1:]), None, jnp.asarray(LIGHTS[1:]), jnp.asarray(gains))
    unbalanced = np.linalg.inv(CAMERA[1])
    white = unbalanced @ (1 / gains)
    adapt = colour.adaptation.matrix_chromatic_adaptation_VonKries(white / white[1], white_xyz(D65), transform="Bradford")
    expected = adapt @ unbalanced @ np.diag(1 / gains) / white[1]
    np.testing.assert_allclose(ours, expected, atol=1e-6)
    np.testing.assert_allclose(ours @ np.ones(3), white_xyz(D65), atol=1e-9)


def test_forward_matrix_is_adapted_from_d50_and_mixed_like_the_colour_matrix():
    forward = np.stack([np.diag(white_xyz(D50)), np.diag(white_xyz(D50)) @ np.array([[0.8, 0.2, 0], [0.1, 0.9, 0], [0, 0.1, 0.9]])])
    kelvin = 4000
    share = (1 / kelvin - 1 / DAYLIGHT) / (1 / A - 1 / DAYLIGHT)
    neutral = (share * CAMERA[0] + (1 - share) * CAMERA[1]) @ white_xyz(tuple(xy_of(kelvin)))
    ours = dng.camera_to_xyz(jnp.asarray(CAMERA), jnp.asarray(forward), jnp.asarray(LIGHTS), jnp.asarray(1 / neutral))
    adapt = colour.adaptation.matrix_chromatic_adaptation_VonKries(white_xyz(D50), white_xyz(D65), transform="Bradford")
    np.testing.assert_allclose(ours, adapt @ (share * forward[0] + (1 - share) * forward[1]), atol=2e-3)


def test_gradient_of_the_whole_model_is_that_of_finite_differences():
    gains, step = jnp.asarray([2.0, 1.0, 1.5]), 1e-5

    def total(g):
        return jnp.sum(dng.camera_to_xyz(jnp.asarray(CAMERA), None, jnp.asarray(LIGHTS), g) * jnp.arange(9.0).reshape(3, 3))

    slope = jax.grad(total)(gains)
    for i in range(3):
        move = step * jnp.eye(3)[i]
        assert float(slope[i]) == pytest.approx(float((total(gains + move) - total(gains - move)) / (2 * step)), rel=1e-5)
