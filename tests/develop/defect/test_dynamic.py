"""Dynamic correction: planted defects of the Nikon rose against its truth and its author's repair; stars, texture and borders kept."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import median_filter

from isp.core import Cfa, Domain, Frame
from isp.develop.defect.dynamic import Dynamic
from isp.develop.demosaic.malvar2004 import Malvar2004

RGGB = Cfa.bayer("rggb")


def mosaic(pixels, cfa=RGGB, **facts):
    return Frame(pixels=jnp.asarray(pixels, np.float32), domain=Domain.MOSAIC, cfa=cfa, **{"white": np.ones(len(cfa.sites)), **facts})


def rose(shared_data, kind):
    dn = np.fromfile(shared_data / "raw" / f"nikon_dsc1339_768x512_14bit_{kind}.raw", "<u2").reshape(512, 768)
    return (dn - 600.0) / (15520 - 600)


def test_planted_defects_of_the_rose_are_repaired(shared_data):
    good, bad = rose(shared_data, "RGGB"), rose(shared_data, "RGGB_badpixels")
    out = np.asarray(Dynamic()(mosaic(bad)).pixels)
    planted, before, after = good != bad, np.abs(bad - good), np.abs(out - good)
    assert planted.sum() == 400
    assert np.all(after[planted & (bad > 1)] < 0.1), "every hot site is repaired"
    assert (after[planted] > 0.05).sum() < 0.04 * (before > 0.05).sum()
    assert np.sqrt(np.mean(after**2)) < np.sqrt(np.mean(before**2)) / 100
    assert ((after > 0.01) & ~planted).sum() < 12, "sound sites of 393216 that were touched"


def test_agrees_with_the_repair_of_the_author(shared_data):
    """His picture has a smooth lens shading gain besides, which is taken out by a wide median of its ratio to the clean frame. At the
    planted sites ours agrees with it to 0.3 % of white in the median, and the whole frame to 0.4 % rms (before repair: 9.7 %), of which his gain's own detail is most."""
    good, bad = rose(shared_data, "RGGB"), rose(shared_data, "RGGB_badpixels")
    theirs = np.asarray(Image.open(shared_data / "reference" / "nikon_dsc1339_bad_pixel_correction.png")) / 16383
    ratio = theirs / np.maximum(good, 0.002)
    theirs = theirs / median_filter(ratio, 31)
    out = np.asarray(Dynamic()(mosaic(bad)).pixels)
    assert np.median(np.abs(out - theirs)[good != bad]) < 0.003
    assert np.sqrt(np.mean((out - theirs) ** 2)) < 0.004


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("cfa", [RGGB, Cfa.bayer("gbrg"), Cfa(("rrgg", "rrgg", "ggbb", "ggbb"))])
def test_a_defect_anywhere_in_a_grey_wedge_goes_borders_included(value, cfa):
    wedge = 0.3 + 0.3 * np.linspace(0, 1, 24)[:, None] * np.linspace(0, 1, 24)[None]
    fix = jax.jit(lambda p: Dynamic()(mosaic(wedge, cfa).but(pixels=p)).pixels)
    for row, column in ((0, 0), (1, 1), (1, 8), (0, 9), (22, 22), (23, 23), (22, 10), (12, 13), (11, 22)):
        planted = wedge.astype(np.float32)
        planted[row, column] = value
        assert np.abs(np.asarray(fix(planted)) - wedge).max() < 0.04, (row, column)


def test_kodak_texture_survives(shared_data):
    """Malvar's picture of the repaired mosaic is at most 0.05 dB worse than that of the untouched one, in linear light too."""
    develop = jax.jit(lambda frame: (Malvar2004()(frame).pixels, Malvar2004()(Dynamic()(frame)).pixels))

    def linear(y):
        return np.where(y <= 0.04045, y / 12.92, ((y + 0.055) / 1.055) ** 2.4)

    def encoded(x):
        return np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 0.0031308) ** (1 / 2.4) - 0.055)

    losses = []
    for name in ("kodim05", "kodim13", "kodim23"):
        rgb = np.asarray(Image.open(shared_data / "kodak" / f"{name}.png")) / 255
        light = linear(rgb)
        raw = light[..., 1].copy()
        raw[::2, ::2], raw[1::2, 1::2] = light[::2, ::2, 0], light[1::2, 1::2, 2]
        errors = [np.mean((np.clip(encoded(np.asarray(p)), 0, 1) - rgb)[10:-10, 10:-10] ** 2) for p in develop(mosaic(raw))]
        losses.append(10 * np.log10(errors[1] / errors[0]))
    assert max(losses) < 0.05, losses


def test_stars_survive():
    """A star of 0.7 px deviation, anywhere within a pixel, keeps its peak to 3 %; a lone hot site as bright does not."""
    y, x = np.mgrid[:32, :32]
    fix = jax.jit(lambda p: Dynamic()(mosaic(p)).pixels)
    for dy in np.linspace(0, 1, 4):
        for dx in np.linspace(0, 1, 4):
            star = 0.02 + 0.8 * np.exp(-((y - 16 - dy) ** 2 + (x - 16 - dx) ** 2) / (2 * 0.7**2))
            assert np.abs(np.asarray(fix(star.astype(np.float32))) - star).max() < 0.03 * 0.8
    hot = np.full((32, 32), 0.02, np.float32)
    hot[16, 17] = 0.82
    assert np.abs(np.asarray(fix(hot)) - 0.02).max() < 1e-3


def test_the_noise_model_sets_the_threshold():
    """The same outlier is kept where the noise explains it."""
    flat = np.full((16, 16), 0.2)
    flat[8, 8] = 0.3
    noisy, clean = (np.tile([0.0, s**2], (4, 1)) for s in (0.05, 0.005))
    assert Dynamic()(mosaic(flat, noise=noisy)).pixels[8, 8] == pytest.approx(0.3, abs=0.01)
    assert Dynamic()(mosaic(flat, noise=clean)).pixels[8, 8] == pytest.approx(0.2, abs=0.01)


def test_pure_noise_is_hardly_touched():
    rng = np.random.default_rng(0)
    noisy = 0.2 + rng.normal(0, 0.02, (128, 128))
    out = np.asarray(Dynamic()(mosaic(noisy, noise=np.tile([0.0, 0.02**2], (4, 1)))).pixels)
    assert np.std(out - 0.2) == pytest.approx(np.std(noisy - 0.2), rel=0.002)


@pytest.mark.parametrize("name", ["threshold", "spread", "shared", "unknown_noise"])
def test_slopes_are_true_and_live(name):
    with jax.enable_x64(True):
        rng = np.random.default_rng(2)
        raw = mosaic(0.3 + rng.normal(0, 0.05, (12, 12))).but(white=np.ones(4))
        raw = raw.but(pixels=np.asarray(raw.pixels, float))

        def loss(v):
            return (Dynamic(**{name: v})(raw).pixels ** 3).sum()

        at = float(Dynamic.declared()[name].default)
        step = at * 1e-5
        difference = float(loss(at + step) - loss(at - step)) / (2 * step)
        assert float(jax.grad(loss)(at)) == pytest.approx(difference, rel=1e-4)
        assert difference != 0
