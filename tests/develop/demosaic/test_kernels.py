"""Free kernels against the formulas whose weights they begin with, and against a convolution of SciPy."""

import jax
import numpy as np
import pytest
from scipy.ndimage import correlate

from isp.core import Cfa, Domain, Frame
from isp.develop.demosaic.kernels import Kernels
from isp.develop.demosaic.malvar2004 import Malvar2004


def _frame(pattern):
    pixels = np.random.default_rng(5).random((18, 22)).astype(np.float32)
    return Frame(pixels=pixels, domain=Domain.MOSAIC, cfa=Cfa.bayer(pattern))


@pytest.mark.parametrize("pattern", ["rggb", "bggr", "grbg", "gbrg"])
def test_the_default_is_malvar(pattern):
    frame = _frame(pattern)
    assert np.allclose(Kernels()(frame).array, Malvar2004()(frame).array, atol=2e-6)


@pytest.mark.parametrize("pattern", ["rggb", "gbrg"])
def test_each_kernel_is_a_correlation_at_its_own_sites(pattern):
    frame = _frame(pattern)
    weights = np.random.default_rng(6).normal(0, 0.2, (8, 5, 5))
    made = np.asarray(Kernels(weights=weights)(frame).array)[4:-4, 4:-4]
    seen = [correlate(np.asarray(frame.pixels, float), kernel)[4:-4, 4:-4] for kernel in weights]
    sites = np.tile(np.array([list(pattern[:2]), list(pattern[2:])]), (9, 11))[4:-4, 4:-4]
    blue_row = (sites == "b").any(1)[:, None] & np.ones_like(sites, bool)
    green = sites == "g"
    expected = {
        "r": {0: (sites == "b", 3), 1: (green & ~blue_row, 4), 2: (green & blue_row, 7)},
        "g": {0: (sites == "r", 0), 1: (sites == "b", 1)},
        "b": {0: (sites == "r", 2), 1: (green & blue_row, 5), 2: (green & ~blue_row, 6)},
    }
    for channel, colour in enumerate("rgb"):
        for where, kernel in expected[colour].values():
            assert np.allclose(made[..., channel][where], seen[kernel][where], atol=1e-5), (colour, kernel)


def test_weights_have_a_slope():
    frame = _frame("rggb")
    slope = jax.grad(lambda w: (Kernels(weights=w)(frame).pixels ** 2).sum())(np.asarray(Kernels().weights, np.float32))
    assert np.count_nonzero(slope) == 200
