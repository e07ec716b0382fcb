"""Demosaicing and denoising in one: exact without strength, told how much noise there is, honest about what it leaves."""

import jax
import numpy as np
import pytest

from isp.core import Cfa, Chain, Domain, Frame
from isp.develop.demosaic.joint_cnn import JointCnn, grown
from isp.develop.demosaic.malvar2004 import Malvar2004
from isp.develop.demosaic.menon2007 import Menon2007
from isp.develop.denoise.bilateral import Bilateral
from isp.develop.stabilise.anscombe import Anscombe
from isp.develop.stabilise.undo import Undo

LEVELS = {"low": (5e-4, 2.1e-7), "mid": (2e-3, 4.3e-6), "high": (8e-3, 8.9e-5)}


def noisy(linear, level, pattern="rggb", seed=1000):
    """A frame of a linear picture (rows, columns, 3) under Poisson and Gaussian noise."""
    (a, b), random, cfa = LEVELS[level], np.random.default_rng(seed), Cfa.bayer(pattern)
    mosaic = np.zeros(linear.shape[:2])
    for i, channel in enumerate(cfa.channels):
        mosaic[i // 2 :: 2, i % 2 :: 2] = linear[i // 2 :: 2, i % 2 :: 2, channel]
    seen = a * random.poisson(mosaic / a) + np.sqrt(b) * random.standard_normal(mosaic.shape)
    return Frame(pixels=seen.astype(np.float32), domain=Domain.MOSAIC, cfa=cfa, noise=np.full((4, 2), (a, b), np.float32))


@pytest.mark.parametrize("pattern", ["rggb", "bggr", "grbg", "gbrg"])
def test_without_strength_or_fresh_it_is_malvar_exactly(pattern):
    random = np.random.default_rng(4)
    frame = Anscombe()(noisy(random.random((44, 48, 3)), "mid", pattern))
    nudged = {k: np.float32(w + 0.05 * random.standard_normal(w.shape)) for k, w in grown(random).items()}
    made = jax.jit(lambda s, f: s(f).pixels)
    wanted = np.asarray(made(Malvar2004(), frame))
    np.testing.assert_array_equal(made(JointCnn.of(strength=0.0, weights=nudged), frame), wanted)
    np.testing.assert_array_equal(made(JointCnn.of(weights=grown(random)), frame), wanted)


def test_a_network_of_another_width_is_run_by_the_same_stage_and_reaches_as_far():
    random = np.random.default_rng(4)
    picture, made = random.random((64, 64, 3)), jax.jit(lambda s, f: s(f).pixels)
    whole = Anscombe()(noisy(picture, "mid"))
    np.testing.assert_array_equal(made(JointCnn.of(weights=grown(random, wide=5)), whole), made(Malvar2004(), whole))
    nudged = JointCnn.of(weights={k: np.float32(w + 0.05 * random.standard_normal(w.shape)) for k, w in grown(random, wide=5).items()})
    far, edge = np.asarray(whole.pixels).copy(), sum(JointCnn.reach)
    far[: 32 - edge], far[32 + edge :] = 0, 0
    one, other = (np.asarray(made(nudged, whole.but(pixels=x)))[32] for x in (np.asarray(whole.pixels), far))
    assert np.abs(one - np.asarray(made(Malvar2004(), whole))[32]).max() > 1e-3
    np.testing.assert_array_equal(one, other)


def test_without_strength_the_noise_is_what_it_was():
    frame = Anscombe()(noisy(np.full((44, 48, 3), 0.3), "mid"))
    np.testing.assert_allclose(JointCnn.of(strength=0.0)(frame).noise, Malvar2004()(frame).noise, rtol=1e-5)


def test_it_listens_to_the_noise_model_and_leaves_about_what_it_says():
    """On a flat frame: less noise said, less removed; and the variance that is left is the one it states, to a factor of two and a half."""
    for level in LEVELS:
        frame = Anscombe()(noisy(np.full((128, 128, 3), 0.25), level))
        after, deaf = JointCnn()(frame), JointCnn()(frame.but(noise=frame.noise * 1e-3))
        left = np.var(np.asarray(after.pixels), axis=(0, 1))
        assert (left < 0.5 * np.var(np.asarray(deaf.pixels), axis=(0, 1))).all()
        assert (left < 2.5 * np.asarray(after.noise)[:, 1]).all() and (left > np.asarray(after.noise)[:, 1] / 2.5).all(), level


@pytest.mark.parametrize(("level", "more"), [("mid", 0.3), ("high", 0.6)])
def test_it_beats_denoising_before_demosaicing_on_photographs_held_out(shared_data, level, more):
    """In sRGB, 4 pixels of border left out, both under the Anscombe transform."""
    from PIL import Image

    from isp.ops.curve import decode_srgb

    def decibels(chain, frame, picture):
        light = np.clip(np.asarray(chain(frame).pixels), 0, 1)
        encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
        return -10 * np.log10(np.mean((encoded - picture)[4:-4, 4:-4] ** 2))

    gains = []
    for name in ("kodim07", "kodim19"):
        whole = np.asarray(Image.open(shared_data / "kodak" / f"{name}.png").convert("RGB")) / 255.0
        y, x = (whole.shape[0] - 160) // 2, (whole.shape[1] - 160) // 2
        picture = whole[y : y + 160, x : x + 160]
        frame = noisy(np.asarray(decode_srgb(picture)), level)
        classical = decibels(Chain.of(Anscombe(), Bilateral(), Menon2007(), Undo()), frame, picture)
        gains.append(decibels(Chain.of(Anscombe(), JointCnn(), Undo()), frame, picture) - classical)
    assert np.mean(gains) > more, gains
