"""Fast transfer functions against the exact ones."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.ops import curve


def bt2020(x):
    """The formula of the recommendation, with its constants unrounded: the value and the slope are continuous at the knee."""
    x = np.asarray(x)
    return np.where(x < 0.018053968510807, 4.5 * x, 1.09929682680944 * x**0.45 - 0.09929682680944)


CURVES = {
    "srgb": (curve.encode_srgb, colour.models.eotf_inverse_sRGB, curve.encode_srgb.knee),
    "bt2020": (curve.encode_bt2020, bt2020, curve.encode_bt2020.knee),
}
LIGHT = np.concatenate([np.linspace(0, 1, 20001), np.geomspace(1e-6, 1, 2001)])


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("x64", [False, True])
def test_values_are_the_standard_s(name, x64):
    ours, exact, _ = CURVES[name]
    with jax.enable_x64(x64):
        np.testing.assert_allclose(ours(jnp.asarray(LIGHT)), exact(LIGHT), atol=2e-6)


@pytest.mark.parametrize("name", CURVES)
def test_eight_bits_need_no_finer_fit(name):
    """A twentieth of a step: fewer than one value in ten is rounded to the neighbour, none farther."""
    ours, exact, _ = CURVES[name]
    values = np.asarray(ours(jnp.asarray(LIGHT, jnp.float32), 8))
    np.testing.assert_allclose(values, exact(LIGHT), atol=0.05 / 255)
    assert np.all(np.diff(values[:20001]) > -1e-6)


def test_bt2020_is_within_the_rounding_of_the_12_bit_constants():
    np.testing.assert_allclose(curve.encode_bt2020(jnp.asarray(LIGHT)), colour.models.oetf_BT2020(LIGHT, is_12_bits_system=True), atol=1e-5)


@pytest.mark.parametrize("name", CURVES)
def test_slopes_are_the_exact_ones(name):
    ours, exact, knee = CURVES[name]
    inside = LIGHT[(LIGHT > 1e-5) & (np.abs(LIGHT - knee) > 1e-4) & (LIGHT < 1 - 1e-4)]
    step = 1e-6 * inside
    with jax.enable_x64(True):
        slopes = jax.vmap(jax.grad(ours))(jnp.asarray(inside))
    np.testing.assert_allclose(slopes, (exact(inside + step) - exact(inside - step)) / (2 * step), rtol=1e-4)


@pytest.mark.parametrize("name", CURVES)
def test_never_falls(name):
    assert np.all(np.diff(CURVES[name][0](jnp.asarray(np.sort(LIGHT), jnp.float32))) > -1e-6)


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("x", [-1e3, -0.1, 0.0, 1e-30, 1.0, 2.0, 1e3])
def test_slope_is_finite_and_alive(name, x):
    slope = float(jax.grad(CURVES[name][0])(jnp.float32(x)))
    assert np.isfinite(slope)
    assert abs(slope) > 0 or x > 2


def test_srgb_there_and_back():
    with jax.enable_x64(True):
        np.testing.assert_allclose(curve.decode_srgb(curve.encode_srgb(jnp.asarray(LIGHT))), LIGHT, atol=6e-6)
        np.testing.assert_allclose(curve.decode_srgb(jnp.asarray(LIGHT)), colour.models.eotf_sRGB(LIGHT), atol=1e-8)


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_rounding_is_to_the_nearest_step_and_straight_through(bits):
    levels = 2**bits - 1
    x = np.linspace(0, 1, 1001)
    with jax.enable_x64(True):
        codes = np.asarray(curve.rounded(jnp.asarray(x), levels)) * levels
        np.testing.assert_allclose(codes, np.round(codes), atol=1e-9)
        assert np.max(np.abs(codes - x * levels)) <= 0.5 + 1e-9
        assert float(jax.grad(lambda v: curve.rounded(v, levels))(0.3)) == 1.0


def test_clipping_holds_the_range_and_lets_a_pull_back_through():
    np.testing.assert_array_equal(curve.clipped(jnp.asarray([-1.0, 0.0, 0.4, 1.0, 7.0])), np.float32([0, 0, 0.4, 1, 1]))
    x = 3.0
    for _ in range(200):
        x -= 0.1 * float(jax.grad(lambda v: (curve.clipped(v) - 0.25) ** 2)(x))
    assert x == pytest.approx(0.25, abs=1e-3)


def test_whoever_asks_what_noise_does_is_told_that_clipping_stops_it_and_gets_nothing_rounded():
    slope = jax.vmap(jax.grad(curve.clipped))
    x = jnp.asarray([-1.0, 0.4, 7.0])
    with curve.exact_slopes():
        np.testing.assert_array_equal(slope(x), [0, 1, 0])
        np.testing.assert_array_equal(curve.rounded(x, 255), x)
    np.testing.assert_array_equal(slope(x), [1, 1, 1])
    assert float(curve.rounded(0.4, 2)) == 0.5
