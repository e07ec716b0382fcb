"""Texture, noise and overshoot of charts, against filters and noise whose effect is known."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isp.core.errors import DataError
from isp.evaluate.chart.noise import cut, signal_to_noise, visual_noise
from isp.evaluate.chart.slanted_edge import slanted_edge
from isp.evaluate.chart.soft_edge import soft_overshoot
from isp.evaluate.chart.texture import acutance, texture_error, texture_response
from isp.ops.perceptual import seen_lightness

overshoot, seen_noise = jax.jit(soft_overshoot), jax.jit(visual_noise)
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def texture():
    """A texture with power at all frequencies, falling as that of leaves does."""
    spectrum = np.fft.rfft2(RNG.normal(size=(96, 128)))
    f = np.hypot(np.fft.fftfreq(96)[:, None], np.fft.rfftfreq(128)[None, :])
    made = np.fft.irfft2(spectrum / np.maximum(f, 0.02), s=(96, 128))
    return (0.45 + 0.12 * made / made.std()).astype(np.float32)


def test_a_blurred_texture_has_the_response_of_the_blur(texture):
    for sigma in (0.8, 1.2):
        frequency, found = texture_response(gaussian_filter(texture, sigma), texture)
        wanted = np.exp(-2 * (np.pi * sigma * frequency) ** 2)
        middle = (frequency > 0.04) & (wanted > 0.1)
        np.testing.assert_allclose(np.asarray(found)[middle], wanted[middle], rtol=0.08, atol=0.01)


def test_noise_is_no_texture_and_gain_is(texture):
    noisy = texture + np.float32(0.05) * RNG.normal(size=texture.shape).astype(np.float32)
    _, found = texture_response(noisy, texture)
    assert np.mean(np.asarray(found)) == pytest.approx(1, abs=0.05)
    np.testing.assert_allclose(texture_response(1.3 * texture - 0.1, texture)[1], 1.3, rtol=1e-3)
    assert float(texture_error(jnp.asarray(1.3 * texture - 0.1), jnp.asarray(texture))) == pytest.approx(0.09, rel=1e-3)
    assert float(texture_error(texture, texture)) == 0
    # A texture that is shifted is not the wanted one: |H - 1|^2 is that of the wave's phase.
    assert float(texture_error(np.roll(texture, 8, 1), texture)) > 0.5


def test_acutance_weights_by_what_is_seen(texture):
    frequency, _ = texture_response(texture, texture)
    assert float(acutance(frequency, jnp.ones(frequency.size))) == pytest.approx(1)
    low = jnp.where(frequency < 0.1, 1.0, 0.0)
    fine = np.linspace(1e-6, 0.5, 20001)
    weight = np.asarray(seen_lightness(60 * fine))
    assert float(acutance(frequency, low)) == pytest.approx(weight[fine < 0.1].sum() / weight.sum(), abs=0.03)
    assert float(acutance(frequency, low, 20.0)) < float(acutance(frequency, low, 60.0)), "seen from nearer, fine texture counts more"


def greys(levels, sigma, side=48, coloured=False):
    noise = RNG.normal(size=(len(levels), side, side, 3 if coloured else 1))
    return np.float32(np.asarray(levels)[:, None, None, None] + sigma * noise * np.ones(3))


def test_signal_to_noise_is_20_log_of_the_ratio():
    found = signal_to_noise(jnp.asarray(greys([0.2, 0.8], 0.01)))
    np.testing.assert_allclose(found, 20 * np.log10([20, 80]), atol=0.2)
    assert float(signal_to_noise(jnp.full((1, 4, 4, 3), 0.5))[0]) == pytest.approx(80, abs=0.1)
    assert np.isfinite(jax.grad(lambda x: jnp.sum(signal_to_noise(x)))(jnp.zeros((1, 4, 4, 3)))).all()


def test_visual_noise_of_grey_noise_is_that_of_lightness_weighted_in_frequency():
    levels, sigma = [0.1, 0.3, 0.7], 0.002
    patches = greys(levels, sigma, 64)
    found = seen_noise(jnp.asarray(patches))
    f = 60 * np.hypot(*np.meshgrid(np.fft.fftfreq(64), np.fft.fftfreq(64)))
    share = np.sqrt(np.mean(np.where(f > 0, np.asarray(seen_lightness(np.maximum(f, 1e-6))), 0) ** 2))
    slope = [(colour.algebra.spow(y + 1e-4, 1 / 3) - colour.algebra.spow(y - 1e-4, 1 / 3)) * 116 / 2e-4 for y in levels]
    np.testing.assert_allclose(found, share * sigma * np.array(slope), rtol=0.05)


def test_slow_noise_is_seen_and_fine_noise_is_not_and_even_patches_have_none():
    x = np.arange(64)
    seen = []
    for cycles in (4, 30):
        wave = 0.3 + 0.01 * np.cos(2 * np.pi * cycles * x / 64)
        seen.append(float(seen_noise(jnp.asarray(np.float32(wave[None, None, :, None] * np.ones((1, 64, 1, 3)))))[0]))
    # 4 periods over 64 pixels of 1/60 degree are 3.75 cycles a degree, where the eye sees best; 30 are 28.
    assert seen[0] == pytest.approx(0.01 / np.sqrt(2) * 116 / 3 * 0.3 ** (-2 / 3), rel=0.02) and seen[1] < 0.06 * seen[0]
    flat = jnp.full((1, 16, 16, 3), 0.3)
    assert float(seen_noise(flat)[0]) == pytest.approx(0, abs=1e-4)
    slope = jax.jit(jax.grad(lambda p: jnp.sum(visual_noise(p))))
    for level in (0.0, 0.3, -0.1, 1e4):
        patch = jnp.asarray(np.float32(level + 0.01 * RNG.normal(size=(1, 16, 16, 3))))
        assert np.isfinite(slope(patch)).all()


def test_noise_of_colour_counts_less_where_it_is_fine():
    grey, coloured = (float(seen_noise(jnp.asarray(greys([0.4], 0.01, 64, c)))[0]) for c in (False, True))
    assert coloured > 0.5 * grey
    fine = greys([0.4], 0.01, 64, True)
    fine[..., 1] = 0.4 - (fine[..., 0] - 0.4) * 0.2126 / 0.7152  # red against green, of one luminance
    fine[..., 2] = 0.4
    assert float(seen_noise(jnp.asarray(fine))[0]) < 3 * grey


def test_patches_are_cut_to_one_size_and_refused_where_they_are_slivers():
    picture = jnp.arange(100.0).reshape(10, 10)[..., None] * jnp.ones(3)
    made = cut(picture, [(slice(0, 4), slice(0, 5)), (slice(5, 8), slice(2, 6))])
    np.testing.assert_array_equal(made[0, :, :, 0], [[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]])
    np.testing.assert_array_equal(made[1, 0, :, 0], [52, 53, 54, 55])
    with pytest.raises(DataError, match="larger frame than 10 x 10"):
        cut(picture, [(slice(0, 4), slice(0, 1))])


def test_overshoot_is_that_of_the_measured_profile(edge):
    sharp = edge(96, 98, 5, 0.5)
    blurred = (sharp[:, :-2] + sharp[:, 1:-1] + sharp[:, 2:]) / 3
    plane = sharp[:, 1:-1] + 1.5 * (sharp[:, 1:-1] - blurred)
    hard = slanted_edge(plane)
    over, under = overshoot(jnp.asarray(plane, jnp.float32))
    assert float(over) == pytest.approx(hard.overshoot, rel=0.05) and float(under) == pytest.approx(hard.undershoot, rel=0.05)
    mirrored = overshoot(jnp.asarray(plane[:, ::-1], jnp.float32))
    np.testing.assert_allclose(mirrored, (over, under), rtol=0.02)
    np.testing.assert_allclose(overshoot(jnp.asarray(sharp, jnp.float32)), 0, atol=2e-3)
    np.testing.assert_allclose(overshoot(jnp.full((32, 32), 0.4)), 0, atol=1e-3)
