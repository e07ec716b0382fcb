"""Blurs against the transfer functions of physics: a kernel's Fourier transform is the law it was made from."""

import jax
import numpy as np
import pytest
from scipy.special import j1

from isp.capture.exposure.settings import Settings
from isp.capture.optics.antialias import Antialias
from isp.capture.optics.defocus import Defocus
from isp.capture.optics.diffraction import Diffraction
from isp.capture.optics.gaussian_psf import GaussianPsf
from isp.capture.optics.pixel import Pixel
from isp.core import Chain, ChainError, Domain, Frame


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


run = jax.jit(lambda stage, frame: stage(frame))


def point(side=65, channels=3, **facts):
    """A single bright sample in the middle."""
    pixels = np.zeros((side, side, channels))
    pixels[side // 2, side // 2] = 1
    return Frame(pixels=pixels if channels > 1 else pixels[..., 0], domain=Domain.SCENE, **facts)


def transfer(picture, frequency):
    """Real part of the Fourier transform over columns, at frequencies in cycles per sample, of a picture of one point."""
    line = np.asarray(picture, float).sum(0)
    place = np.arange(line.size) - line.size // 2
    return np.cos(2 * np.pi * np.asarray(frequency)[:, None] * place) @ line


F = np.linspace(0, 0.5, 11)


@pytest.mark.parametrize("sigma", [0.7, 1.3, 2.5])
def test_a_gaussian_has_a_gaussian_transfer_function(sigma):
    made = np.asarray(run(GaussianPsf(sigma=sigma, corner=sigma, support=14), point()).pixels)[..., 1]
    # A sample gathers over its area, and what lies beyond half a cycle per sample folds back.
    exact = sum(np.exp(-2 * (np.pi * sigma * (F + m)) ** 2) * np.sinc(F + m) for m in range(-3, 4))
    np.testing.assert_allclose(transfer(made, F), exact, atol=2e-7)


def test_a_gaussian_grows_with_the_square_of_field_height():
    stage, rows, columns = GaussianPsf(sigma=0.8, corner=2.0, support=9), 61, 81
    for row, column in ((30, 40), (10, 40), (30, 70), (8, 9)):
        pixels = np.zeros((rows, columns))
        pixels[row, column] = 1
        made = np.asarray(run(stage, Frame(pixels=pixels, domain=Domain.SCENE)).pixels)
        height2 = ((row - 30) ** 2 + (column - 40) ** 2) / ((61**2 + 81**2) / 4)
        expected = (0.8 + 1.2 * height2) ** 2 + 1 / 12
        y = np.arange(rows)
        variance = (made.sum(1) * (y - row) ** 2).sum() / made.sum()
        # A point is seen by sites of slightly different deviations, so this is near and not exact.
        assert variance == pytest.approx(expected, rel=0.08 if height2 else 5e-3)


@pytest.mark.parametrize("f_number", [8.0, 16.0])
def test_diffraction_has_the_transfer_function_of_a_round_aperture(f_number):
    frame = point(161, aperture=np.array(f_number), pitch=np.array(2.0))
    made = np.asarray(run(Diffraction(support=64), frame).pixels)
    for channel, wavelength in enumerate((0.6, 0.54, 0.46)):
        cutoff = 2.0 / (wavelength * f_number)
        exact = 0
        for folded in (F - 1, F, F + 1):
            s = np.clip(np.abs(folded) / cutoff, 0, 1)
            exact = exact + 2 / np.pi * (np.arccos(s) - s * np.sqrt(1 - s * s)) * np.sinc(folded)
        # One or two hundredths of the light fall beyond the support, which the lowest frequencies feel.
        np.testing.assert_allclose(transfer(made[..., channel], F)[1:], exact[1:], rtol=0.002, atol=0.001)


def test_diffraction_is_the_airy_pattern():
    """At 1/8 of the usual pitch a sample gathers hardly more than the pattern's value in its middle."""
    frame = point(97, aperture=np.array(4.0), pitch=np.array(0.25))
    made = np.asarray(run(Diffraction(support=48), frame).pixels)[..., 1]
    r = np.hypot(*np.mgrid[-48:49, -48:49]) * 0.25
    x = np.pi * r / (0.54 * 4.0)
    exact = np.where(r == 0, 1, (2 * j1(np.maximum(x, 1e-9)) / np.maximum(x, 1e-9)) ** 2)
    np.testing.assert_allclose(made / made.max(), exact, atol=0.004)
    dark = 1.2197 * 0.54 * 4 / 0.25
    line = made[48, 48:]
    assert abs(np.argmin(line[:14]) - dark) < 0.6, "the first dark ring lies at 1.22 wavelengths times the f-number"


def test_diffraction_needs_to_know_the_pitch_and_widens_with_the_f_number():
    with pytest.raises(ChainError, match=r"frame\.pitch"):
        Diffraction()(point(aperture=np.array(2.8)))
    sharp, soft = (run(Diffraction(), point(33, aperture=np.array(n), pitch=np.array(2.0))).pixels[16, 16, 1] for n in (2.0, 11.0))
    assert sharp > 2 * soft


def test_a_disc_has_the_transfer_function_of_a_disc():
    diameter, edge = 9.0, 0.3
    made = run(Defocus(diameter=diameter, edge=edge, support=10), point()).pixels[..., 0]
    x = np.pi * diameter * np.maximum(F, 1e-9)
    exact = 2 * j1(x) / x * np.exp(-2 * (np.pi * edge * F) ** 2) * np.sinc(F)
    np.testing.assert_allclose(transfer(made, F), exact, atol=0.02)


def test_four_spots_are_blind_at_half_a_cycle_per_displacement():
    made = run(Antialias(spots=np.array([2.0, 4.0]), support=2), point()).pixels[..., 0]
    np.testing.assert_allclose(transfer(made, F), np.cos(np.pi * 4 * F), atol=1e-12)
    np.testing.assert_allclose(transfer(np.asarray(made).T, F), np.cos(np.pi * 2 * F), atol=1e-12)


@pytest.mark.parametrize(
    "stage",
    [GaussianPsf(sigma=0.05, corner=0.05), Defocus(diameter=0.01, edge=0.1), Antialias(spots=np.zeros(2))],
    ids=lambda s: s.name,
)
def test_a_vanishing_blur_leaves_the_scene(stage):
    pixels = np.random.default_rng(1).uniform(0, 1, (20, 24, 3))
    np.testing.assert_allclose(run(stage, Frame(pixels=pixels, domain=Domain.SCENE)).pixels, pixels, atol=1e-3)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 31])
def test_any_number_of_channels_keeps_its_light(channels):
    facts = {"wavelengths": np.linspace(400, 700, 31)} if channels == 31 else {}
    frame = point(33, channels, aperture=np.array(8.0), pitch=np.array(2.0), **facts)
    for stage in (GaussianPsf(), Diffraction(support=3), Defocus(), Antialias()):
        made = run(stage, frame)
        assert made.pixels.shape == frame.pixels.shape
        np.testing.assert_allclose(np.asarray(made.pixels).sum((0, 1)), 1, rtol=0.02)
        np.testing.assert_allclose(np.asarray(made.psf).sum((1, 2)), 1, rtol=1e-6)


def test_the_psf_that_goes_along_is_the_picture_of_a_point():
    chain = Chain.of(Settings(), GaussianPsf(sigma=0.8, corner=0.8), Diffraction(support=3), Defocus(support=2, diameter=2.0), Antialias())
    made = chain(point(41, aperture=np.array(5.6)))
    reach = made.psf.shape[-1] // 2
    around = np.asarray(made.pixels)[20 - reach : 21 + reach, 20 - reach : 21 + reach]
    np.testing.assert_allclose(np.moveaxis(around, -1, 0), made.psf, atol=1e-12)


def test_a_pixel_is_the_mean_over_its_opening():
    pixels = np.random.default_rng(2).uniform(0, 1, (8 * 5 + 3, 8 * 6, 3))
    frame = Frame(pixels=pixels, domain=Domain.SCENE, pitch=np.array(0.25))
    made = run(Pixel(oversampling=8, width=0.75), frame)
    assert made.pixels.shape == (5, 6, 3)
    assert made.pitch == 2.0
    cells = pixels[:40].reshape(5, 8, 6, 8, 3)[:, 1:7, :, 1:7]
    np.testing.assert_allclose(made.pixels, cells.mean((1, 3)), rtol=1e-12)
    part = run(Pixel(oversampling=8, width=0.875), frame).pixels
    weights = np.array([0.5, 1, 1, 1, 1, 1, 1, 0.5]) / 7
    np.testing.assert_allclose(part, np.einsum("riqjc,i,j->rqc", pixels[:40].reshape(5, 8, 6, 8, 3), weights, weights), rtol=1e-12)


def test_a_pixels_psf_is_what_it_gets_from_squares_of_light():
    """Blur and pixels, over a scene of squares of light as large as pixels, are a convolution with the psf that goes along."""
    scene = np.random.default_rng(3).uniform(0, 1, (12, 14))
    fine = np.kron(scene, np.ones((4, 4)))
    frame = run(
        Pixel(oversampling=4, width=0.6), run(GaussianPsf(sigma=2.5, corner=2.5, support=8), Frame(pixels=fine, domain=Domain.SCENE))
    )
    psf = np.asarray(frame.psf)[0]
    assert psf.sum() == pytest.approx(1, abs=1e-9)
    reach = psf.shape[0] // 2
    expected = [
        [(scene[y - reach : y + reach + 1, x - reach : x + reach + 1] * psf[::-1, ::-1]).sum() for x in range(reach, 14 - reach)]
        for y in range(reach, 12 - reach)
    ]
    np.testing.assert_allclose(np.asarray(frame.pixels)[reach:-reach, reach:-reach], expected, rtol=1e-9)


def test_slopes_reach_aperture_through_diffraction():
    frame = point(33, aperture=np.array(4.0), pitch=np.array(1.0))

    @jax.jit
    def peak(n):
        return Diffraction(support=4)(frame.but(aperture=n)).pixels[16, 16, 1]

    slope = float(jax.jit(jax.grad(peak))(4.0))
    assert slope < 0
    assert slope == pytest.approx(float(peak(4.0 + 1e-5) - peak(4.0 - 1e-5)) / 2e-5, rel=1e-6)
