"""Malvar's interpolation plus a network: exact where it must be, and better than the classical methods on photographs it never saw."""

import jax
import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame
from isp.develop.demosaic.malvar2004 import Malvar2004
from isp.develop.demosaic.menon2007 import Menon2007
from isp.develop.demosaic.residual_cnn import ResidualCnn, grown

PATTERNS = ("rggb", "bggr", "grbg", "gbrg")


def noise(shape=(40, 44)):
    return np.random.default_rng(4).random(shape).astype(np.float32)


def nudged():
    random = np.random.default_rng(5)
    return {k: np.float32(w + 0.05 * random.standard_normal(w.shape)) for k, w in grown(random).items()}


def made(stage, mosaic, pattern="rggb"):
    frame = Frame(pixels=mosaic, domain=Domain.MOSAIC, cfa=Cfa.bayer(pattern))
    return np.asarray(jax.jit(lambda s, f: s(f).pixels)(stage, frame))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_without_strength_or_fresh_it_is_malvar_exactly(pattern):
    wanted = made(Malvar2004(), noise(), pattern)
    np.testing.assert_array_equal(made(ResidualCnn.of(strength=0.0, weights=nudged()), noise(), pattern), wanted)
    np.testing.assert_array_equal(made(ResidualCnn.of(weights=grown(np.random.default_rng(0))), noise(), pattern), wanted)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_colour_a_site_knows_is_kept(pattern):
    mosaic, cfa = noise(), Cfa.bayer(pattern)
    picture = made(ResidualCnn.of(weights=nudged()), mosaic, pattern)
    for i, channel in enumerate(cfa.channels):
        y, x = divmod(i, 2)
        np.testing.assert_array_equal(picture[y::2, x::2, channel], mosaic[y::2, x::2])


def test_strength_is_a_share():
    none, half, whole = (made(ResidualCnn.of(strength=s, weights=nudged()), noise()) for s in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(half, (none + whole) / 2, atol=1e-4 * np.abs(whole).max())


@pytest.mark.parametrize(("name", "more"), [("kodim19", 0.2), ("kodim03", 1.8)])
def test_it_beats_the_classical_methods_on_photographs_held_out(shared_data, name, more):
    """Light under the square root, judged encoded, a part of 256x256, 10 pixels of border left out; kodim19 is the picture of the fence."""
    from PIL import Image

    from isp.ops.curve import decode_srgb, encode_srgb

    whole = np.asarray(Image.open(shared_data / "kodak" / f"{name}.png").convert("RGB"), np.float32) / 255
    rows, columns = ((size // 2 - 128) // 2 * 2 for size in whole.shape[:2])
    picture = whole[rows : rows + 256, columns : columns + 256]
    root = np.sqrt(np.asarray(decode_srgb(picture)))
    mosaic = np.zeros(picture.shape[:2], np.float32)
    for i, channel in enumerate(Cfa.bayer("rggb").channels):
        y, x = divmod(i, 2)
        mosaic[y::2, x::2] = root[y::2, x::2, channel]

    def decibels(stage):
        encoded = np.asarray(encode_srgb(np.clip(made(stage, mosaic), 0, 1) ** 2))
        return -10 * np.log10(np.mean((encoded - picture)[10:-10, 10:-10] ** 2))

    assert decibels(ResidualCnn()) > decibels(Menon2007()) + more
