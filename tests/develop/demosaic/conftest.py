"""Mosaics, and the Kodak protocol: sample RGGB in floats, demosaic, round and clip to 0..255, PSNR over all pixels and channels,
mean over images, with 0 and with 10 pixels cut off each side."""

import numpy as np
import pytest
from PIL import Image

from isp.core import Cfa, Chain, Domain, Frame

PATTERNS = ("rggb", "bggr", "grbg", "gbrg")


def sampled(picture, pattern):
    """The mosaic that a sensor of this pattern sees of a picture."""
    mosaic = np.empty(picture.shape[:2], picture.dtype)
    for i, letter in enumerate(pattern):
        y, x = divmod(i, 2)
        mosaic[y::2, x::2] = picture[y::2, x::2, "rgb".index(letter)]
    return mosaic


def developed(stage, mosaic, pattern="rggb"):
    return np.asarray(Chain.of(stage)(Frame(pixels=mosaic, domain=Domain.MOSAIC, cfa=Cfa.bayer(pattern))).pixels)


@pytest.fixture(scope="session")
def kodak(shared_data):
    """The twelve shared images, 0..255 in float32."""
    return [np.asarray(Image.open(path).convert("RGB")).astype(np.float32) for path in sorted((shared_data / "kodak").glob("*.png"))]


@pytest.fixture(scope="session")
def kodak_score(kodak):
    """PSNR of a demosaicing stage in dB: (whole, 10 pixels cropped). Pixels go in as shares of white."""

    def score(stage):
        def psnr(made, truth):
            return 10 * np.log10(255**2 / np.mean((made - truth) ** 2, dtype=np.float64))

        scores = []
        for truth in kodak:
            made = np.clip(np.round(developed(stage, sampled(truth, "rggb") / 255) * 255), 0, 255)
            scores.append([psnr(made, truth), psnr(made[10:-10, 10:-10], truth[10:-10, 10:-10])])
        assert len(scores) == 12
        return np.mean(scores, axis=0)

    return score


@pytest.fixture(scope="session")
def mosaics(kodak):
    """(pattern, mosaic, white): every Bayer phase, even and odd sides, white noise and photographs. Photographs stay whole numbers, so
    that a tie is a tie in any precision."""
    noise = np.random.default_rng(7)
    made = []
    for i, pattern in enumerate(PATTERNS):
        for j, (rows, columns) in enumerate(((96, 128), (97, 127))):
            made.append((pattern, noise.random((rows, columns)).astype(np.float32), 1))
            made.append((pattern, sampled(kodak[2 * i + j][100 : 100 + rows, 200 : 200 + columns], pattern), 255))
    return made


@pytest.fixture(scope="session")
def disagreement(mosaics):
    """Largest difference, and share of values that differ by more than 1e-3, inside a border of 10, over all mosaics."""

    def measure(stage, oracle):
        away = []
        for pattern, mosaic, white in mosaics:
            theirs = np.asarray(oracle(mosaic.astype(np.float64), pattern.upper()))
            away.append(np.abs(developed(stage, mosaic, pattern) - theirs)[10:-10, 10:-10].ravel() / white)
        everything = np.concatenate(away)
        return everything.max(), np.mean(everything > 1e-3)

    return measure


@pytest.fixture(scope="session")
def demosaiced():
    return developed


@pytest.fixture(scope="session")
def sample():
    return sampled
