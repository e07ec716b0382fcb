import numpy as np
import pytest

from isp.core import Chain, ChainError
from isp.develop.demosaic.malvar2004 import Malvar2004
from isp.develop.stabilise.anscombe import Anscombe
from isp.develop.stabilise.square_root import SquareRoot
from isp.develop.stabilise.undo import Undo


@pytest.mark.parametrize("photons", [0.5, 1, 3, 10, 100])
@pytest.mark.parametrize("read", [0.0, 0.5, 2.0])
def test_the_mean_under_the_curve_comes_back_as_the_mean(photons, read, noisy_samples, a_mosaic):
    """What an ideal denoiser leaves: the mean of many stabilised samples. Without correction it is short by about a quarter photon."""
    a = 1e-3
    noise = (a, (read * a) ** 2)
    clean = np.full((1000, 1000), photons * a)
    under = Anscombe()(a_mosaic(noisy_samples(clean, noise, seed=int(photons * 10 + read)), noise))
    mean = under.but(pixels=np.full((4, 4), np.mean(np.asarray(under.pixels), dtype=np.float64), np.float32))
    exact, algebraic = (float(Undo.of(correction=c)(mean).pixels[0, 0]) / a for c in (1.0, 0.0))
    assert exact == pytest.approx(photons, abs=0.06, rel=0.002)
    if photons >= 3:
        assert algebraic - photons == pytest.approx(-0.25, abs=0.06)


def test_untouched_values_come_back_within_a_quarter_photon(noise, a_mosaic):
    x = np.linspace(-0.05, 1.5, 256, dtype=np.float32).reshape(16, 16)
    frame = a_mosaic(x, noise)
    after = Chain.of(Anscombe(), Undo())(frame)
    away = np.asarray(after.pixels) - x
    assert away.min() > -1e-6 and away.max() < 0.27 * noise[0]
    np.testing.assert_allclose(after.white, frame.white, rtol=1e-6)
    np.testing.assert_allclose(after.noise, frame.noise, rtol=1e-5)
    plain = Chain.of(Anscombe(), Undo.of(correction=0.0))(frame)
    np.testing.assert_allclose(plain.pixels, x, atol=1e-6)


def test_it_finds_the_noise_that_was_left_behind_and_works_on_colour(a_mosaic):
    """A denoiser that halves the deviation halves it after the inverse too; phases become colours."""
    frame = a_mosaic(np.full((8, 8), 0.3, np.float32), (2e-3, 4e-6))
    under = Anscombe()(frame)
    quieter = Undo()(under.but(noise=np.asarray(under.noise) / 4))
    np.testing.assert_allclose(quieter.noise, np.asarray(frame.noise) / 4, rtol=1e-5)
    picture = Chain.of(Anscombe(), Malvar2004(), Undo())(frame)
    assert picture.pixels.shape == (8, 8, 3) and np.shape(picture.noise) == (3, 2)
    np.testing.assert_allclose(picture.pixels, 0.3, atol=0.27 * 2e-3)


def test_what_is_not_stabilised_is_refused(a_mosaic):
    with pytest.raises(ChainError, match="stabiliser"):
        Undo()(a_mosaic(np.zeros((4, 4))))
    with pytest.raises(ChainError, match="undo"):
        Chain.of(Anscombe(), SquareRoot())
