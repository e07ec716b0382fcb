import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from isp.ops.bilateral import bilateral


def by_hand(plane, precision, falloff, down, right):
    """The formula, pixel by pixel."""
    rows, columns = plane.shape[0] - 2 * down, plane.shape[1] - 2 * right
    made = np.zeros((rows, columns))
    for y in range(rows):
        for x in range(columns):
            window, centre = plane[y : y + 2 * down + 1, x : x + 2 * right + 1], plane[y + down, x + right]
            far = np.add.outer(np.arange(-down, down + 1) ** 2, np.arange(-right, right + 1) ** 2)
            weight = np.exp(-falloff * far) * np.maximum(1 - precision[y, x] * (window - centre) ** 2, 0) ** 3
            made[y, x] = (weight * window).sum() / weight.sum()
    return made


@pytest.mark.parametrize("reach", [(1, 1), (3, 2)])
def test_it_is_the_formula(reach):
    random = np.random.default_rng(0)
    plane = random.random((14, 15))
    precision = random.random((14 - 2 * reach[0], 15 - 2 * reach[1])) * 20
    np.testing.assert_allclose(bilateral(plane, precision, 0.2, reach), by_hand(plane, precision, 0.2, *reach), rtol=1e-5)


def test_with_range_weights_of_one_it_is_scipys_gaussian():
    from scipy.ndimage import gaussian_filter

    plane = np.random.default_rng(0).random((24, 25))
    expected = gaussian_filter(plane, 1.2, radius=3)[3:-3, 3:-3]
    np.testing.assert_allclose(bilateral(plane, 0.0, 1 / (2 * 1.2**2), (3, 3)), expected, rtol=1e-5)


@pytest.mark.parametrize("shape", [(), (1, 1), (2, 1, 1), (2, 6, 7)])
def test_the_hand_written_slope_is_that_of_differences(shape):
    """Of the plane, of precision however it broadcasts, of falloff."""
    random = np.random.default_rng(1)
    with jax.enable_x64(True):
        plane, precision = jnp.asarray(random.random((2, 10, 13))), jnp.asarray(1 + random.random(shape))
        check_grads(lambda p, q, f: bilateral(p, q, f, (2, 3)) ** 2, (plane, precision, 0.3), order=1, modes=("rev",))


@pytest.mark.parametrize("value", [0.0, 1.0, -0.1, 1e-30, 1e6])
def test_slopes_are_finite_on_flat_planes(value):
    for precision in (0.0, 1.0, 1e12):
        slopes = jax.grad(lambda *a: bilateral(*a, (1, 1)).sum(), argnums=(0, 1, 2))(jnp.full((6, 6), value), precision, 0.3)
        assert all(np.isfinite(s).all() for s in slopes)
