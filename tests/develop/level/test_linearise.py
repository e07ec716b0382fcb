"""Linearise against NumPy's interpolation and the slope of a known curve."""

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Cfa, Domain, Frame
from isp.develop.level.linearise import Linearise, looked_up


def frame(pixels, **facts):
    return Frame(pixels=np.asarray(pixels, np.float32), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), **facts)


def test_agrees_with_numpy_interpolation_and_ends_the_table():
    rng = np.random.default_rng(1)
    table = np.cumsum(rng.uniform(0, 9, 256)).astype(np.float32)
    stored = rng.uniform(-20, 280, (16, 18)).astype(np.float32)
    out = Linearise()(frame(stored, linearisation=table))
    np.testing.assert_allclose(out.pixels, np.interp(stored, np.arange(256), table), rtol=1e-5)
    assert out.linearisation is None
    assert out.domain is Domain.MOSAIC_DN


def test_a_companded_sensor_closes_its_loop():
    """Stored = 2 sqrt(linear), the table is its inverse: whole stored numbers come back exactly."""
    linear = (np.arange(64 * 64).reshape(64, 64) % 256) ** 2 / 4.0
    stored = 2 * np.sqrt(linear)
    out = Linearise()(frame(stored, linearisation=np.arange(512) ** 2 / 4.0))
    np.testing.assert_allclose(out.pixels, linear, rtol=1e-6)


def test_slope_is_that_of_the_table():
    table = jnp.asarray([0.0, 1.0, 5.0, 7.0])
    slopes = jax.vmap(jax.grad(lambda x: looked_up(table, x)))(jnp.asarray([-3.0, 0.5, 1.5, 2.25, 9.0]))
    np.testing.assert_allclose(slopes, [0, 1, 4, 2, 0])


def test_without_a_table_nothing_changes():
    stored = np.random.default_rng(0).normal(100, 50, (8, 8)).astype(np.float32)
    assert np.array_equal(Linearise()(frame(stored)).pixels, stored)


def test_a_table_of_one_entry_and_extreme_numbers_stay_finite():
    out = Linearise()(frame([[-1e30, 1e30], [np.float32(3e38), 0]], linearisation=np.array([7.0])))
    np.testing.assert_array_equal(out.pixels, 7)
