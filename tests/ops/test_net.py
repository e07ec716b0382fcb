"""Small networks: cells of a mosaic, and layers whose borders shrink."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import correlate2d

from isp.ops.net import cells, convolution, convolved, deviations, fresh_trunk, in_cells, inside, sites, trunk

CORNERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("lost", [0, 2])
def test_cells_go_back_to_where_they_came_from(corner, lost):
    mosaic = np.arange(16.0 * 18).reshape(16, 18)
    planes = [mosaic[y::2, x::2] for y in range(2) for x in range(2)]
    back = sites(inside(cells(planes, corner), lost), corner, lost, planes[0].shape)
    for (plane,), whole in zip(back, planes, strict=True):
        np.testing.assert_array_equal(plane, whole[lost + 1 : -lost - 1, lost + 1 : -lost - 1])


@pytest.mark.parametrize("corner", CORNERS)
def test_a_cell_begins_at_its_corner(corner):
    mosaic = np.arange(8.0 * 8).reshape(8, 8)
    made = np.asarray(cells([mosaic[y::2, x::2] for y in range(2) for x in range(2)], corner))
    y, x = corner
    np.testing.assert_array_equal(made[0, 0], [mosaic[y, x], mosaic[y, x + 1], mosaic[y + 1, x], mosaic[y + 1, x + 1]])
    phases = np.array([0, 1, 2, 3])
    order = [2 * ((y + dy) % 2) + (x + dx) % 2 for dy in range(2) for dx in range(2)]
    np.testing.assert_array_equal(in_cells(phases, corner), order)


@pytest.mark.parametrize("dilation", [1, 2])
def test_a_convolution_is_the_sum_that_its_name_says(dilation):
    random = np.random.default_rng(2)
    weights = convolution(random, "one", 3, 2, 3)
    weights["one/bias"] = random.standard_normal(3).astype(np.float32)
    x = random.standard_normal((9, 11, 2)).astype(np.float32)
    made = convolved(weights, "one", jnp.asarray(x), dilation)
    for out in range(3):
        wanted = weights["one/bias"][out]
        for c in range(2):
            spread = np.zeros((2 * dilation + 1,) * 2)
            spread[::dilation, ::dilation] = weights["one/kernel"][..., c, out]
            wanted = wanted + correlate2d(x[..., c], spread, "valid")
        np.testing.assert_allclose(made[..., out], wanted, rtol=1e-4, atol=1e-5)


def test_a_fresh_trunk_says_nothing_and_loses_what_it_says():
    weights = fresh_trunk(np.random.default_rng(3), 4, 8, 5, 2)
    made = np.asarray(trunk(weights, jnp.ones((20, 22, 4)), (1, 3)))
    assert made.shape == (20 - 12, 22 - 12, 5) and not made.any()


def test_no_channel_of_a_trunk_falls_silent():
    """A slope reaches every weight, also where each channel of each layer is far below zero everywhere."""
    random = np.random.default_rng(4)
    weights = fresh_trunk(random, 4, 8, 5, 3) | convolution(random, "last", 3, 8, 5)
    weights |= {f"{layer}/bias": np.full(8, -20, np.float32) for layer in ("first", "body0", "body1", "body2")}
    x = random.standard_normal((24, 24, 4)).astype(np.float32)
    slopes = jax.grad(lambda w: jnp.sum(jnp.square(trunk(w, x, (1, 2, 1)))))(weights)
    for name, slope in slopes.items():
        assert (np.abs(slope) > 0).all(), name


def test_deviations_are_those_of_constant_noise_and_finite_without_any():
    np.testing.assert_allclose(deviations(np.array([[0.0, 4e-4], [1e-2, 0.0]])), [0.02, 0.0018**0.5], rtol=1e-6)
    assert np.isfinite(deviations(np.zeros((4, 2)))).all()
