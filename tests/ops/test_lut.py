"""Tables of colours, against colour-science, and moves of roots, against the curve itself."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from isp.ops.curve import rooted, squared
from isp.ops.lut import moved, tetrahedral

RNG = np.random.default_rng(1)


@pytest.mark.parametrize("points", [2, 5, 17])
def test_tetrahedral_interpolation_is_that_of_colour_science(points):
    table, places = RNG.uniform(0, 1, (points, points, points, 3)), RNG.uniform(0, 1, (4000, 3))
    places[:27] = np.stack(np.meshgrid(*[[0, 0.5, 1]] * 3), -1).reshape(-1, 3)
    found = np.stack(tetrahedral(jnp.asarray(table), tuple(jnp.asarray(places.T))), 1)
    wanted = colour.LUT3D(table).apply(places, interpolator=colour.algebra.table_interpolation_tetrahedral)
    np.testing.assert_allclose(found, wanted, atol=3e-6)


def test_beyond_the_ends_it_holds():
    table = RNG.uniform(0, 1, (5, 5, 5, 1))
    inside, outside = (0.0, 1.0, 0.3), (-0.2, 7.0, 0.3)
    for a, b in zip(*(tetrahedral(jnp.asarray(table), tuple(map(jnp.asarray, p))) for p in (inside, outside)), strict=True):
        assert a == b


def test_slopes_of_table_and_places_are_exact():
    with jax.enable_x64(True):
        table, places = jnp.asarray(RNG.uniform(0, 1, (5, 5, 5, 3))), jnp.asarray(RNG.uniform(0.01, 0.99, (3, 50)))
        check_grads(lambda t, p: sum(jnp.sum(c**2) for c in tetrahedral(t, tuple(p))), (table, places), 1, eps=1e-7)


def test_a_moved_root_is_the_light_of_the_new_root():
    light, by = RNG.uniform(0, 1.5, 1000).astype(np.float32), RNG.uniform(0, 0.3, 1000).astype(np.float32)
    root = np.asarray(rooted(light))
    np.testing.assert_allclose(moved(light, root, by), squared(root + by), atol=3e-6)
    np.testing.assert_array_equal(moved(light, root, 0 * by), light)
