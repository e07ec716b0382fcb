"""Resampling against Pillow, closed forms, and its own dense matrices."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from isp.ops import resample

PILLOW = {"lanczos3": Image.Resampling.LANCZOS, "cubic": Image.Resampling.BICUBIC}
PICTURE = np.random.default_rng(0).uniform(0, 1, (97, 120)).astype(np.float32)


@pytest.mark.parametrize("kernel", ["lanczos3", "cubic"])
@pytest.mark.parametrize("size", [(40, 51), (97, 60), (33, 120), (150, 200), (1, 1), (97, 120)])
def test_same_pixels_as_pillow(kernel, size):
    expected = Image.fromarray(PICTURE).resize(size[::-1], PILLOW[kernel])
    np.testing.assert_allclose(resample.resampled(jnp.asarray(PICTURE), *size, kernel), np.asarray(expected), atol=3e-6)


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_area_by_a_whole_factor_is_the_mean_of_blocks(factor):
    picture = PICTURE[:96, :120]
    blocks = picture.reshape(96 // factor, factor, 120 // factor, factor).mean((1, 3))
    np.testing.assert_allclose(resample.resampled(jnp.asarray(picture), *blocks.shape, "area"), blocks, atol=1e-6)


@pytest.mark.parametrize("kernel", ["lanczos3", "cubic", "area"])
@pytest.mark.parametrize(("size", "wanted"), [(97, 40), (97, 200), (500, 65), (5, 3), (3, 100), (1, 1)])
def test_bands_are_the_dense_matrix(kernel, size, wanted):
    column = np.random.default_rng(1).uniform(-1, 1, (size, 4))
    with jax.enable_x64(True):
        made = resample.resampled_rows(jnp.asarray(column), wanted, kernel)
    np.testing.assert_allclose(made, resample.weights(size, wanted, kernel) @ column, atol=1e-12)


def test_a_straight_line_stays_straight_inside():
    ramp = np.arange(200.0)[:, None]
    with jax.enable_x64(True):
        made = resample.resampled_rows(jnp.asarray(ramp), 80, "cubic")[5:-5, 0]
    np.testing.assert_allclose(made, ((np.arange(80) + 0.5) * 2.5 - 0.5)[5:-5], atol=1e-2)


@pytest.mark.parametrize("kernel", ["lanczos3", "cubic", "area"])
def test_share_of_the_noise_that_is_left(kernel):
    noise = np.random.default_rng(2).normal(size=(600, 500)).astype(np.float32)
    made = np.asarray(resample.resampled_rows(jnp.asarray(noise), 170, kernel))
    assert made.var() == pytest.approx(resample.noise_share(600, 170, kernel), rel=0.03)
