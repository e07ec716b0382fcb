"""Filters of one pass down and one across."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isp.ops.separable import gaussian

RNG = np.random.default_rng(5)
REACH = 6


@pytest.mark.parametrize("radius", [0.3, 1.0, 2.0])
def test_a_gaussian_is_that_of_scipy(radius):
    plane = RNG.normal(size=(20, 23))
    theirs = gaussian_filter(plane, radius, mode="constant", radius=REACH)[REACH:-REACH, REACH:-REACH]
    np.testing.assert_allclose(gaussian(jnp.float32(plane), jnp.float32(radius), REACH), theirs, atol=1e-6)


def test_the_slopes_of_a_gaussian_are_those_of_finite_differences():
    with jax.enable_x64(True):
        plane, up, away = (jnp.asarray(RNG.normal(size=s)) for s in ((16, 19), (4, 7), (16, 19)))

        def total(plane, radius):
            return jnp.sum(up * jnp.sin(gaussian(plane, radius, REACH)))

        to_plane, to_radius = jax.grad(total, (0, 1))(plane, jnp.asarray(1.2))
        step = 1e-6
        rise = (total(plane + step * away, 1.2) - total(plane - step * away, 1.2)) / (2 * step)
        assert float(jnp.sum(to_plane * away)) == pytest.approx(float(rise), rel=1e-6)
        rise = (total(plane, 1.2 + step) - total(plane, 1.2 - step)) / (2 * step)
        assert float(to_radius) == pytest.approx(float(rise), rel=1e-6)
