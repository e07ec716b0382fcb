"""A denoiser that learned: exact without strength, told how much noise there is, honest about what it leaves."""

import jax
import numpy as np
import pytest

from isp.core import Cfa, Chain, Domain, Frame
from isp.develop.denoise.bilateral import Bilateral
from isp.develop.denoise.dilated_cnn import DilatedCnn, grown
from isp.develop.stabilise.anscombe import Anscombe
from isp.develop.stabilise.undo import Undo

LEVELS = {"low": (5e-4, 2.1e-7), "mid": (2e-3, 4.3e-6), "high": (8e-3, 8.9e-5)}


def noisy(mosaic, level, pattern="rggb", seed=1000):
    (a, b), random = LEVELS[level], np.random.default_rng(seed)
    seen = a * random.poisson(mosaic / a) + np.sqrt(b) * random.standard_normal(mosaic.shape)
    return Frame(pixels=seen.astype(np.float32), domain=Domain.MOSAIC, cfa=Cfa.bayer(pattern), noise=np.full((4, 2), (a, b), np.float32))


@pytest.mark.parametrize("pattern", ["rggb", "bggr", "grbg", "gbrg"])
def test_without_strength_or_fresh_nothing_changes(pattern):
    random = np.random.default_rng(4)
    frame = Anscombe()(noisy(random.random((44, 48)), "mid", pattern))
    nudged = {k: np.float32(w + 0.05 * random.standard_normal(w.shape)) for k, w in grown(random).items()}
    made = jax.jit(lambda s, f: s(f).pixels)
    np.testing.assert_array_equal(made(DilatedCnn.of(strength=0.0, weights=nudged), frame), frame.pixels)
    np.testing.assert_array_equal(made(DilatedCnn.of(weights=grown(random)), frame), frame.pixels)
    assert np.abs(np.asarray(made(DilatedCnn.of(weights=nudged), frame) - frame.pixels)).max() > 0.01


def test_it_listens_to_the_noise_model_and_leaves_about_what_it_says():
    """On a flat frame: less noise said, less removed; and the variance that is left is the one it states, to a factor of two and a half."""
    for level in LEVELS:
        frame = Anscombe()(noisy(np.full((128, 128), 0.25), level))
        after, deaf = DilatedCnn()(frame), DilatedCnn()(frame.but(noise=frame.noise * 1e-3))
        left = np.var(np.asarray(after.pixels))
        assert left < 0.5 * np.var(np.asarray(deaf.pixels))
        assert np.mean(after.noise[:, 1]) / 2.5 < left < 2.5 * np.mean(after.noise[:, 1]), level


@pytest.mark.parametrize(("level", "more"), [("mid", -0.2), ("high", 0.3)])
def test_where_noise_is_strong_it_beats_the_bilateral_filter_on_photographs_held_out(shared_data, level, more):
    """Linear values of the mosaic, peak 1, both under the Anscombe transform."""
    from PIL import Image

    from isp.ops.curve import decode_srgb

    gains = []
    for name in ("kodim07", "kodim19"):
        whole = np.asarray(Image.open(shared_data / "kodak" / f"{name}.png").convert("RGB")) / 255.0
        y, x = (whole.shape[0] - 160) // 2, (whole.shape[1] - 160) // 2
        linear = np.asarray(decode_srgb(whole[y : y + 160, x : x + 160]))
        mosaic = linear[..., 1].copy()
        mosaic[::2, ::2], mosaic[1::2, 1::2] = linear[::2, ::2, 0], linear[1::2, 1::2, 2]
        frame = noisy(mosaic, level)

        def decibels(stage, frame=frame, mosaic=mosaic):
            made = np.asarray(Chain.of(Anscombe(), stage, Undo())(frame).pixels)
            return -10 * np.log10(np.mean((made - mosaic) ** 2))

        gains.append(decibels(DilatedCnn()) - decibels(Bilateral()))
    assert np.mean(gains) > more, gains
