import jax
import numpy as np
import pytest

from isp.core import Chain
from isp.develop.stabilise.square_root import SquareRoot
from isp.develop.stabilise.undo import Undo


def test_it_is_a_root_with_a_foot(a_mosaic):
    x = np.linspace(-0.002, 1.3, 64, dtype=np.float32).reshape(8, 8)
    made = SquareRoot.of(offset=0.004)(a_mosaic(x)).pixels
    root = np.sqrt(x.astype(float) + 0.004) - np.sqrt(0.004)
    np.testing.assert_allclose(made, root / (np.sqrt(1.004) - np.sqrt(0.004)), atol=3e-7)


@pytest.mark.parametrize("offset", [1e-4, 0.003, 1.0])
def test_undone_it_is_the_same_frame(offset, a_mosaic):
    x = np.concatenate([np.linspace(-0.3, 4, 60), [0, 1, -1e-30, 1e3]]).astype(np.float32).reshape(8, 8)
    frame = a_mosaic(x, (2e-3, 4e-6))
    after = Chain.of(SquareRoot.of(offset=offset), Undo())(frame)
    np.testing.assert_allclose(after.pixels, x, rtol=2e-6, atol=1e-7)
    np.testing.assert_allclose(after.noise, frame.noise, rtol=1e-5)
    np.testing.assert_allclose(after.white, frame.white, rtol=1e-6)
    assert after.stabiliser is None


def test_its_noise_is_that_of_mid_grey(noise, noisy_samples, a_mosaic):
    made = SquareRoot()(a_mosaic(noisy_samples(np.full((400, 400), 0.18), noise), noise))
    assert np.var(np.asarray(made.pixels)) == pytest.approx(float(made.noise[0, 1]), rel=0.05)


def test_offset_has_the_slope_of_differences(a_mosaic):
    with jax.enable_x64(True):
        x = np.linspace(-0.3, 1.2, 64).reshape(8, 8)

        @jax.jit
        def energy(offset):
            return (SquareRoot(offset=offset)(a_mosaic(x)).pixels ** 2).sum()

        slope, step = float(jax.grad(energy)(0.01)), 1e-7
        assert slope == pytest.approx(float(energy(0.01 + step) - energy(0.01 - step)) / (2 * step), rel=1e-5)
