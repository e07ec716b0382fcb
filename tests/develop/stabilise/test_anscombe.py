import numpy as np
import pytest

from isp.develop.stabilise.anscombe import Anscombe

SIDE = 400


@pytest.mark.parametrize("mean", [0.04, 0.1, 0.4, 0.9])
def test_noise_becomes_what_the_frame_says(noise, mean, noisy_samples, a_mosaic):
    """Monte Carlo: the variance is the floor of the new noise model, to 3 % from ten photons up and to 5 % at five."""
    made = Anscombe()(a_mosaic(noisy_samples(np.full((SIDE, SIDE), mean), noise), noise))
    slope, floor = np.asarray(made.noise)[0]
    assert slope == 0
    assert np.var(np.asarray(made.pixels)) == pytest.approx(floor, rel=0.03 if mean >= 10 * noise[0] else 0.05)


def test_each_filter_keeps_its_own_noise(noisy_samples, a_mosaic):
    """After white balance red is noisier than green: one curve for all, a floor for each (2 % by Monte Carlo at mid grey)."""
    gains = np.array([2.1, 1.0, 1.0, 1.6], np.float32)
    pixels = noisy_samples(np.full((SIDE, SIDE), 0.18) / np.tile(gains.reshape(2, 2), (SIDE // 2, SIDE // 2)), (2e-3, 4.3e-6))
    pixels *= np.tile(gains.reshape(2, 2), (SIDE // 2, SIDE // 2))
    frame = a_mosaic(pixels).but(noise=np.stack([2e-3 * gains, 4.3e-6 * gains**2], -1))
    made = Anscombe()(frame)
    for phase, (y, x) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
        assert np.var(np.asarray(made.pixels)[y::2, x::2]) == pytest.approx(float(made.noise[phase, 1]), rel=0.03)


def test_grey_stays_grey_black_stays_0_and_white_1(noise, a_mosaic):
    level = np.array([[0.0, 0.25], [1.0, -0.001]], np.float32).repeat(4, 0).repeat(4, 1)
    made = Anscombe()(a_mosaic(level, noise))
    pixels = np.asarray(made.pixels)
    assert np.all(pixels[:4, :4] == 0)
    np.testing.assert_allclose(pixels[4:, :4], 1, rtol=1e-6)
    np.testing.assert_allclose(made.white, 1, rtol=1e-6)
    assert np.ptp(pixels[:4, 4:]) == 0
    assert np.all(pixels[4:, 4:] < 0)


def test_it_is_the_published_curve(noise, a_mosaic):
    a, b = noise
    x = np.linspace(0, 1.2, 64, dtype=np.float32).reshape(8, 8)

    def anscombe(x):
        return 2 / a * np.sqrt(a * x + 0.375 * a * a + b)

    expected = (anscombe(x.astype(float)) - anscombe(0.0)) / (anscombe(1.0) - anscombe(0.0))
    np.testing.assert_allclose(np.asarray(Anscombe()(a_mosaic(x, noise)).pixels), expected, atol=2e-7)


@pytest.mark.parametrize("none", [(0.0, 0.0), (0.0, 1e-6), (1e-30, 1e-30), (0.0, -1e-9)])
def test_without_noise_little_happens(none, a_mosaic):
    x = np.linspace(-0.1, 1.2, 64, dtype=np.float32).reshape(8, 8)
    made = np.asarray(Anscombe()(a_mosaic(x, none)).pixels)
    assert np.all(np.isfinite(made)) and np.all(np.diff(made.ravel()) > 0)
