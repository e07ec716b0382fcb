import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from isp.ops.stabilise import compressed, expanded, linear, unbiased

CURVES = [(1e-9, 1e-12), (1e-5, 1e-8), (8e-3, 8.9e-5), (1.0, 1e-4)]


@pytest.mark.parametrize("a, c", CURVES)
def test_it_is_the_integral_of_one_over_the_deviation(a, c):
    from scipy.integrate import quad

    for x in (-0.5 * c / a, 0.01, 0.7, 3.0):
        expected = quad(lambda t: 1 / np.sqrt(a * t + c), 0, x, epsabs=0, epsrel=1e-10)[0]
        with jax.enable_x64(True):
            assert float(compressed(x, a, c)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("a, c", CURVES)
def test_the_inverse_is_one_and_both_are_smooth(a, c):
    with jax.enable_x64(True):
        x = jnp.asarray([-1e3, -0.1, -1e-6, 0.0, 1e-30, 0.3, 1.0, 1e6])
        np.testing.assert_allclose(expanded(compressed(x, a, c), a, c), x, rtol=1e-9, atol=1e-12)
        toe = -0.75 * c / a
        below, above = (float(jax.grad(compressed)(toe * (1 + d), a, c)) for d in (1e-6, -1e-6))
        assert below == pytest.approx(above, rel=1e-4)
        check_grads(lambda x, k: compressed(x, k * a, c), (0.2, 1.0), order=1, modes=("rev",))


def test_the_correction_is_makitalo_and_fois():
    """Their closed form for Poisson noise of unit gain, minus the algebraic inverse, at D = 2 sqrt(x + 3/8)."""
    d = np.linspace(2 * np.sqrt(3 / 8), 60, 50)
    exact = d**2 / 4 + np.sqrt(1.5) / 4 / d - 11 / 8 / d**2 + 5 / 8 * np.sqrt(1.5) / d**3 - 1 / 8
    c = 3 / 8
    np.testing.assert_allclose(unbiased(d - 2 * np.sqrt(c), 1.0, c), exact - (d**2 / 4 - 3 / 8), atol=1e-5)


@pytest.mark.parametrize("rows", [3, 4, 5])
def test_slopes_of_the_way_back_are_those_of_differences(rows):
    """Of values on either side of the toe, and of fewer and more deviations than the correction is cut at."""
    with jax.enable_x64(True):
        planes = list(jnp.asarray(np.random.default_rng(rows).uniform(-4, 9, (2, rows, 7))))
        check_grads(linear, (planes, *map(jnp.asarray, (0.8, 1.3, 0.9, 0.7))), order=1, modes=("rev",), eps=1e-7)
