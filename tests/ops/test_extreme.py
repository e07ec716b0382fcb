import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from isp.ops.extreme import higher, largest, lower, middle_of_four, smallest

PLANES = np.random.default_rng(0).random((8, 3, 4))


def test_they_are_numpys():
    np.testing.assert_array_equal(smallest(PLANES), PLANES.min(0).astype(np.float32))
    np.testing.assert_array_equal(largest(PLANES), PLANES.max(0).astype(np.float32))
    np.testing.assert_allclose(middle_of_four(*PLANES[:4]), np.median(PLANES[:4], 0), rtol=1e-6)
    np.testing.assert_array_equal(lower(PLANES[0], PLANES[1]), PLANES[:2].min(0).astype(np.float32))
    np.testing.assert_array_equal(higher(PLANES[0], 0.5), np.maximum(PLANES[0], 0.5).astype(np.float32))


BOTH, BACK = ("fwd", "rev"), ("rev",)


@pytest.mark.parametrize(
    ("function", "modes"),
    [
        (lambda *v: smallest(v), BOTH),
        (lambda *v: largest(v), BOTH),
        (lambda *v: middle_of_four(*v[:4]), BACK),  # its pullback is by hand
        (lambda *v: lower(v[0], v[1]), BOTH),
    ],
)
def test_slopes_are_those_of_differences(function, modes):
    with jax.enable_x64(True):
        check_grads(function, tuple(map(jnp.asarray, PLANES)), order=1, modes=modes)


def test_equals_share_the_slope():
    slopes = jax.grad(lambda v: smallest(list(v)).sum())(jnp.array([1.0, 3.0, 1.0, 2.0])[:, None])
    np.testing.assert_allclose(slopes[:, 0], [0.5, 0, 0.5, 0])
    assert jax.grad(lambda x: higher(x, 0.0))(0.0) == 0.5
    np.testing.assert_allclose(jax.grad(lambda v: middle_of_four(*v))(jnp.ones(4)), 0.25)
