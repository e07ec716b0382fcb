"""Saturation and contrast: closed forms, monotonicity, gradients at the edges."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.core import Domain, Frame
from isp.develop.look.contrast import Contrast
from isp.develop.look.saturation import Saturation

WEIGHTS = np.array([0.2126, 0.7152, 0.0722])
EDGES = np.float32([[0, 0, 0], [1, 1, 1], [1, 0, 0], [-0.1, -0.1, -0.1], [-0.1, 0.5, 3.0], [1e3, 1e3, 1e3], [1e30, 1e30, 0], [1e-30, 0, 0]])


def frame(pixels, **facts):
    return Frame(pixels=jnp.asarray(pixels)[None], domain=Domain.WORKING, primaries="srgb", **facts)


def test_saturation_keeps_the_luminance_and_scales_the_rest():
    pixels = np.random.default_rng(0).uniform(0, 1, (50, 3))
    made = np.asarray(Saturation(amount=1.7)(frame(pixels)).array)[0]
    luminance = (pixels @ WEIGHTS)[:, None]
    np.testing.assert_allclose(made, luminance + 1.7 * (pixels - luminance), atol=1e-4)
    np.testing.assert_allclose(Saturation(amount=1.0)(frame(pixels)).array[0], pixels, atol=1e-6)


def test_no_saturation_is_grey():
    made = np.asarray(Saturation(amount=0.0)(frame(EDGES[:6])).array)[0]
    np.testing.assert_allclose(np.ptp(made, axis=1), 0, atol=1e-6)


@pytest.mark.parametrize("amount", [0.5, 1.0, 1.8])
def test_contrast_is_a_power_at_the_pivot(amount):
    def grey(v):
        return float(Contrast(amount=amount)(frame(np.full((1, 3), v))).array[0, 0, 0])

    with jax.enable_x64(True):
        assert grey(0.18) == pytest.approx(0.18, rel=1e-5)
        assert np.log(grey(0.18 * 1.001) / grey(0.18 / 1.001)) / np.log(1.001**2) == pytest.approx(amount, rel=1e-4)


def test_contrast_keeps_hue_and_saturation():
    pixels = np.float32([[0.5, 0.2, 0.05], [0.02, 0.3, 0.6]])
    made = np.asarray(Contrast(amount=2.0)(frame(pixels)).array)[0]
    np.testing.assert_allclose(made / made.sum(1, keepdims=True), pixels / pixels.sum(1, keepdims=True), atol=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.25, 3.9), st.floats(0.02, 1.9), st.floats(0.3, 11), st.floats(-0.5, 100), st.floats(1e-4, 10))
def test_contrast_never_falls(amount, pivot, width, low, more):
    with jax.enable_x64(True):
        made = Contrast(amount=amount, pivot=pivot, width=width)(frame(np.float64([[low] * 3, [low + more] * 3]))).array[0, :, 0]
    assert made[1] >= made[0]


@pytest.mark.parametrize(("stage", "value"), [(Saturation, 1.3), (Contrast, 1.4), (Contrast, 0.5)])
@pytest.mark.parametrize("pixel", EDGES)
def test_gradients_are_finite_at_the_edges(stage, value, pixel):
    def total(v, p):
        return jnp.sum(stage(amount=v)(frame(p[None])).array / 1e3)

    slopes = jax.grad(total, (0, 1))(jnp.float32(value), jnp.asarray(pixel))
    assert all(np.isfinite(s).all() for s in slopes)


def test_contrast_moves_the_white_and_drops_the_noise_model():
    made = Contrast(amount=1.5)(frame(np.ones((1, 3)), white=np.ones(3), noise=np.ones((3, 2))))
    np.testing.assert_allclose(made.white, made.array[0, 0], rtol=1e-6)
    assert made.noise is None
