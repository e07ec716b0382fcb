"""Damped least squares against closed forms, planted numbers and SciPy."""

import sys

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from isp.core import PlaceError
from isp.tune.least_squares import fitted

RANDOM = np.random.default_rng(5)
CAMERA = RANDOM.uniform(0.02, 0.9, (24, 3)).astype(np.float32)
MATRIX = np.float32([[1.7, -0.5, -0.2], [-0.2, 1.5, -0.3], [0.0, -0.6, 1.6]])


def test_a_linear_fit_is_the_closed_form():
    seen = CAMERA @ MATRIX.T + RANDOM.normal(0, 0.01, CAMERA.shape).astype(np.float32)
    fit = fitted(lambda m, x, y: x @ m.T - y, np.eye(3, dtype=np.float32), CAMERA, seen)
    best, squares, *_ = np.linalg.lstsq(CAMERA.astype(float), seen.astype(float))
    np.testing.assert_allclose(fit.theta, best.T, atol=2e-4)
    np.testing.assert_allclose(fit.loss, squares.sum() / 2, rtol=1e-4)
    assert fit.converged and fit.steps < 20


def test_planted_numbers_of_a_noise_model_are_found():
    level = np.geomspace(1e-3, 1, 40, dtype=np.float32)
    variance = 0.004 * level + 2e-5
    theta = {"shot": np.log(0.02), "read": np.log(1e-3)}
    fit = fitted(lambda t: jnp.log(jnp.exp(t["shot"]) * level + jnp.exp(t["read"])) - jnp.log(variance), theta)
    assert fit.converged
    np.testing.assert_allclose([np.exp(fit.theta["shot"]), np.exp(fit.theta["read"])], [0.004, 2e-5], rtol=1e-3)


def test_a_curved_fit_is_that_of_scipy():
    t = np.linspace(0, 4, 30)
    seen = 2.5 * np.exp(-1.3 * t) + 0.4 + RANDOM.normal(0, 0.02, 30)
    theirs, _ = scipy.optimize.curve_fit(lambda t, a, b, c: a * np.exp(-b * t) + c, t, seen, p0=(1, 1, 0))
    fit = fitted(lambda p, t, y: p[0] * jnp.exp(-p[1] * t) + p[2] - y, np.float32([1, 1, 0]), t, seen)
    np.testing.assert_allclose(fit.theta, theirs, rtol=2e-3)


def test_what_does_not_come_to_rest_says_so():
    assert not fitted(lambda p: jnp.array([10 * (p[1] - p[0] ** 2), 1 - p[0]]), np.float32([-1.2, 1]), steps=2).converged
    fit = fitted(lambda p: p / 0, np.float32([1.0]))
    assert not fit.converged and fit.steps == 0 and fit.theta[0] == 1


def test_rosenbrock():
    fit = fitted(lambda p: jnp.array([10 * (p[1] - p[0] ** 2), 1 - p[0]]), np.float32([-1.2, 1]))
    assert fit.converged and fit.loss < 1e-10
    np.testing.assert_allclose(fit.theta, 1, atol=1e-4)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "optimistix", None)
    with pytest.raises(PlaceError, match=r"optimistix: is not installed \(pip install 'isp\[tune\]'\)"):
        fitted(lambda p: p, np.float32([1.0]))
