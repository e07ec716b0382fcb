"""Radial shading against its polynomial, and a planted falloff undone and found by descent."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame
from isp.develop.shading.radial import Radial


def mosaic(pixels, cfa="rggb", **facts):
    return Frame(pixels=jnp.asarray(pixels, jnp.float32), domain=Domain.MOSAIC, cfa=Cfa.bayer(cfa), **facts)


def square(rows, columns, centre=(0.5, 0.5)):
    y, x = np.meshgrid(np.arange(rows) + 0.5 - centre[0] * rows, np.arange(columns) + 0.5 - centre[1] * columns, indexing="ij")
    return 4 * (y**2 + x**2) / (rows**2 + columns**2)


def test_planted_falloff_is_undone_to_a_thousandth():
    r2 = square(60, 80, (0.45, 0.55))
    falloff = 0.5 / (1 + 0.6 * r2 + 0.3 * r2**2 - 0.1 * r2**3)
    out = Radial.of(k2=0.6, k4=0.3, k6=-0.1, centre=(0.45, 0.55))(mosaic(falloff))
    np.testing.assert_allclose(out.pixels, 0.5, rtol=1e-5)


def test_tint_follows_the_filters():
    out = np.asarray(Radial.of(k2=0.0, tint=(0.3, 0.0, -0.2))(mosaic(np.ones((12, 12)), "grbg")).pixels)
    expected = np.ones((12, 12))
    expected[::2, 1::2] += 0.3 * square(12, 12)[::2, 1::2]
    expected[1::2, ::2] -= 0.2 * square(12, 12)[1::2, ::2]
    np.testing.assert_allclose(out, expected, rtol=1e-6)


def test_zeros_change_nothing_and_white_stays():
    noise = np.random.default_rng(0).uniform(0, 1, (8, 10)).astype(np.float32)
    out = Radial(k2=0.0)(mosaic(noise, white=np.ones(4)))
    np.testing.assert_array_equal(out.pixels, noise)
    np.testing.assert_array_equal(out.white, 1)
    assert np.allclose(Radial(k2=1.0)(mosaic(noise, white=np.ones(4))).white, 1), "gains above 1 do not lower it"
    assert np.allclose(Radial(k2=-0.5)(mosaic(noise, white=np.ones(4))).white, 0.5), "gains below 1 do"


def test_falloff_is_found_by_descent():
    """Gauss-Newton from zero on the flatness of a flat frame finds the three planted coefficients to 1 %."""
    r2 = square(40, 52)
    frame = mosaic(0.5 / (1 + 0.5 * r2 + 0.25 * r2**2 + 0.1 * r2**3))

    def departure(k):
        return Radial(k2=k[0], k4=k[1], k6=k[2])(frame).pixels.ravel() - 0.5

    k = jnp.zeros(3)
    for _ in range(3):
        k = k - jnp.linalg.lstsq(jax.jacfwd(departure)(k), departure(k))[0]
    assert np.asarray(k) == pytest.approx([0.5, 0.25, 0.1], rel=0.01)
