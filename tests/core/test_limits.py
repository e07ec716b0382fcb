"""Limits bend the real line onto their range, with a slope that is right near and finite anywhere."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import at_least, between

FAR = (-1e30, -8e4, -90.0, 90.0, 8e4, 1e30)


@pytest.mark.parametrize("limit", [between(0.1, 10), between(-16, 16), at_least(2)])
@pytest.mark.parametrize("free", FAR)
def test_a_number_far_out_is_bound_with_a_finite_slope(limit, free):
    """An exponential that overflows makes a slope of inf / inf, from which nothing recovers."""
    value, slope = jax.value_and_grad(limit.bind)(jnp.float32(free))
    assert limit.low <= value <= limit.high and np.isfinite(value) and np.isfinite(slope)


def test_the_curve_between_two_limits_is_the_logistic_one():
    x = np.linspace(-20, 20, 81)
    with jax.enable_x64(True):
        assert np.allclose(between(0.1, 10).bind(x), 0.1 + 9.9 / (1 + np.exp(-x)), rtol=1e-14)
    assert between(0, 2).bind(0) == 1
