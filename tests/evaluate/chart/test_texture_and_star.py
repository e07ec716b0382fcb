"""The Siemens star and dead leaves, shared and drawn, against the closed form of a Gaussian blur."""

import json

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import fourier_gaussian, fourier_shift, gaussian_filter

from isp.core.errors import DataError
from isp.evaluate.chart.dead_leaves import dead_leaves
from isp.evaluate.chart.siemens_star import siemens_star
from isp.ops.perceptual import seen_lightness

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def star():
    """A star of 36 periods through a Gaussian of 0.7 pixels and the box of the pixel, by 7 x 7 points a pixel; its middle is at 127.5."""
    fine = (np.arange(256 * 7) + 0.5) / 7 - 128
    wave = 0.45 + 0.35 * np.sin(36 * np.arctan2(fine[:, None], fine[None, :]))
    return gaussian_filter(wave, 0.7 * 7, truncate=5).reshape(256, 7, 256, 7).mean((1, 3))


def blurred(frequency, sigma=0.7):
    """Gaussian and pixel; the box is seen at all angles."""
    turn = np.linspace(0, np.pi, 181)[:, None]
    return np.exp(-2 * (np.pi * sigma * frequency) ** 2) * np.mean(np.sinc(frequency * np.sin(turn)) * np.sinc(frequency * np.cos(turn)), 0)


def test_a_star_has_the_response_of_its_blur_in_every_sector(star):
    found = siemens_star(star, 36)
    np.testing.assert_allclose(found.sfr.value, blurred(found.frequency), atol=0.004)
    np.testing.assert_allclose(found.sectors, np.tile(blurred(found.frequency), (8, 1)), atol=0.02)
    assert found.contrast == pytest.approx(0.35 / 0.45, rel=0.002) and found.centre == pytest.approx((127.5, 127.5), abs=0.01)
    assert found.mtf50 == pytest.approx(np.interp(-0.5, -blurred(found.frequency), found.frequency), abs=0.003)


def test_the_middle_of_a_star_is_found_and_noise_adds_nothing(star):
    found = siemens_star(star[5:, 3:] + 0.02 * RNG.normal(size=(251, 253)), 36)
    assert found.centre == pytest.approx((124.5, 122.5), abs=0.05)
    low = found.frequency < 0.4
    np.testing.assert_allclose(found.sfr.value[low], blurred(found.frequency)[low], atol=0.02)


def test_the_shared_star(shared_data):
    truth = json.loads((shared_data / "charts" / "truth.json").read_text())["siemens_sine_36cyc_s0.7.png"]
    found = siemens_star(np.asarray(Image.open(shared_data / "charts" / "siemens_sine_36cyc_s0.7.png")) / 65535, truth["cycles"])
    assert found.centre == pytest.approx(truth["centre_xy"], abs=0.01)
    low = found.frequency <= 0.4
    wanted = np.exp(-2 * (np.pi * truth["gaussian_sigma_px"] * found.frequency) ** 2) * np.sinc(found.frequency)
    np.testing.assert_allclose(found.sfr.value[low], wanted[low], atol=0.02)


def test_what_is_no_star_is_refused():
    with pytest.raises(DataError, match="no star of 36 periods"):
        siemens_star(RNG.normal(size=(128, 128)) + 9, 36)
    with pytest.raises(DataError, match="begin at"):
        siemens_star(np.ones((64, 64)), 144)


@pytest.fixture(scope="module")
def leaves(shared_data):
    return ((np.asarray(Image.open(shared_data / "charts" / "dead_leaves_seed11.png")).mean(-1) / 255)[:256, :256]).astype(float)


@pytest.mark.parametrize("sigma", [0.5, 0.8, 1.2, 2.0])
def test_acutance_is_that_of_the_blur_whatever_exposure_noise_and_shift(leaves, sigma):
    f = np.linspace(1e-6, 0.5, 5001)
    weight = np.asarray(seen_lightness(60 * f))
    wanted = np.sum(weight * np.exp(-2 * (np.pi * sigma * f) ** 2)) / np.sum(weight)
    seen = np.fft.ifft2(fourier_gaussian(np.fft.fft2(leaves), sigma)).real
    assert dead_leaves(seen, leaves).acutance == pytest.approx(wanted, abs=0.02)
    noisy = 0.6 * seen + 0.02 * RNG.normal(size=seen.shape)
    assert dead_leaves(noisy, leaves).acutance == pytest.approx(wanted, abs=0.02)
    shifted = np.fft.ifft2(fourier_shift(np.fft.fft2(seen), (2.3, -4.6))).real
    found = dead_leaves(shifted, leaves)
    assert found.shift == pytest.approx((-4.6, 2.3), abs=0.1) and found.acutance == pytest.approx(wanted, abs=0.02)


def test_a_picture_of_something_else_is_refused(leaves):
    with pytest.raises(DataError, match="not that of the chart"):
        dead_leaves(leaves[::-1, ::-1].copy(), leaves)
