"""A weighted window against SciPy, and its stated gradient against differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import correlate1d

from isp.ops.window import windowed

RNG = np.random.default_rng(0)
WEIGHTS = (0.1, 0.2, 0.4, 0.2, 0.1)


@pytest.mark.parametrize("shape", [(12, 9), (8, 11, 3)])
def test_it_is_that_of_scipy_where_it_fits(shape):
    picture = RNG.normal(size=shape)
    wanted = correlate1d(correlate1d(picture, WEIGHTS, 0), WEIGHTS, 1)[2:-2, 2:-2]
    made = windowed(jnp.asarray(picture, jnp.float32), WEIGHTS)
    np.testing.assert_allclose(made, wanted, atol=1e-6)
    assert made.dtype == jnp.float32


def test_the_gradient_is_that_of_slices_under_vmap_too():
    pictures = RNG.normal(size=(2, 9, 10, 3))

    def plain(x):
        down = sum(w * x[k : k + 5] for k, w in enumerate(WEIGHTS))
        return jnp.sum(jnp.sin(sum(w * down[:, k : k + 6] for k, w in enumerate(WEIGHTS))))

    with jax.enable_x64(True):
        stated = jax.jit(jax.vmap(jax.grad(lambda x: jnp.sum(jnp.sin(windowed(x, WEIGHTS))))))(jnp.asarray(pictures))
        np.testing.assert_allclose(stated, jax.jit(jax.vmap(jax.grad(plain)))(jnp.asarray(pictures)), atol=1e-12)


def test_curvature_passes():
    with jax.enable_x64(True):
        x, towards = jnp.asarray(RNG.normal(size=(2, 7, 8)))
        slope = jax.grad(lambda x: jnp.sum(jnp.sin(windowed(x, WEIGHTS))))
        _, found = jax.jvp(slope, (x,), (towards,))
        np.testing.assert_allclose(found, (slope(x + 1e-5 * towards) - slope(x - 1e-5 * towards)) / 2e-5, atol=1e-8)
