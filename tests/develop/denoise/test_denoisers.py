"""What every raw denoiser owes: noise gone by as much as it says, edges and levels kept, nothing done at strength 0."""

import jax
import numpy as np
import pytest

from isp.core import Chain
from isp.develop.demosaic.bilinear import Bilinear
from isp.develop.denoise.bilateral import Bilateral
from isp.develop.denoise.guided import Guided

NOISE = (2e-3, 4.3e-6)
BOTH = pytest.mark.parametrize("method", [Bilateral, Guided])


def flat(shape, level=0.3, seed=0):
    deviation = np.sqrt(NOISE[0] * level + NOISE[1])
    return level + deviation * np.random.default_rng(seed).standard_normal(shape)


@BOTH
@pytest.mark.parametrize("strength", [0.5, 1.0, 1.7, 2.25, 4.0])
def test_flat_noise_is_left_as_the_noise_model_says(method, strength, a_frame):
    """Monte Carlo, white noise on a flat grey: variance as told to 15 %, mean kept."""
    frame = a_frame(flat((256, 256)), NOISE)
    after = method.of(strength=strength)(frame)
    pixels = np.asarray(after.pixels)
    told = after.noise[0, 0] * 0.3 + after.noise[0, 1]
    assert np.var(pixels) == pytest.approx(float(told), rel=0.15)
    assert np.mean(pixels) == pytest.approx(np.mean(frame.pixels), abs=2e-4)


@BOTH
def test_strength_0_changes_nothing_and_has_a_slope(method, a_frame):
    frame = a_frame(flat((32, 36)), NOISE)
    after = method.of(strength=0.0)(frame)
    np.testing.assert_allclose(after.pixels, frame.pixels, atol=1e-6)
    np.testing.assert_allclose(after.noise, frame.noise, rtol=1e-3)
    slope = jax.grad(lambda s: (method(strength=s)(frame).pixels ** 2).sum())(0.0)
    assert np.isfinite(slope)


@BOTH
def test_an_edge_far_above_the_noise_stays(method, a_frame):
    edge = np.where(np.arange(64) < 32, 0.2, 0.8) * np.ones((48, 1))
    clean = a_frame(edge, (1e-5, 1e-8))
    np.testing.assert_allclose(method()(clean).pixels, edge, atol=2e-3)


@BOTH
@pytest.mark.parametrize("cfa", ["xtrans", "quad"])
def test_filters_never_mix(method, cfa, a_frame):
    """Any filter array: each filter at a level of its own, all flat; nothing may move."""
    frame = a_frame(np.zeros((48, 48)), NOISE, cfa)
    tile = frame.cfa.tile[0]
    levels = np.array(["rgb".index(c) for c in frame.cfa.sites], float).reshape(tile, tile) * 0.01
    pixels = np.tile(levels, (48 // tile, 48 // tile)) + 0.3
    after = method()(frame.but(pixels=pixels.astype(np.float32)))
    np.testing.assert_allclose(after.pixels, pixels, atol=1e-6)


@BOTH
def test_a_picture_is_the_same_inside_a_chain_and_alone(method, a_frame):
    """After demosaicing the planes are still in phases; a window counts pixels all the same."""
    frame = a_frame(flat((41, 44)), NOISE)
    after = Chain.of(Bilinear(), method())(frame)
    alone = method()(Bilinear()(frame))
    # The halo is filled before demosaicing in one case and after it in the other: inside they agree.
    np.testing.assert_allclose(np.asarray(after.pixels)[14:-14, 14:-14], np.asarray(alone.pixels)[14:-14, 14:-14], atol=1e-6)
    np.testing.assert_allclose(after.noise, alone.noise, rtol=1e-6)


@BOTH
def test_noise_that_grows_with_the_signal_is_met_where_it_is(method, a_frame):
    """Without a stabiliser dark and bright halves, each with its own noise, are cleaned by the same share."""
    pixels = np.concatenate([flat((128, 128), 0.02), flat((128, 128), 0.8, seed=1)], axis=1)
    after = np.asarray(method()(a_frame(pixels, NOISE)).pixels)
    dark, bright = (np.var(after[:, part]) / np.var(pixels[:, part]) for part in (slice(16, 112), slice(144, 240)))
    assert dark == pytest.approx(bright, rel=0.15)
