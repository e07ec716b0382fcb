"""PSNR, SSIM and MS-SSIM against scikit-image, colour differences against colour-science, FLIP against the package of its authors, detail and
halos against closed forms."""

from importlib import import_module

import colour
import flip_evaluator
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import correlate1d, maximum_filter, minimum_filter
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from isp.core.errors import DataError
from isp.evaluate.picture import delta_e76, delta_e2000, metric
from isp.evaluate.picture.delta_e2000 import summary
from isp.evaluate.picture.gradient import gradient
from isp.evaluate.picture.halo import beyond
from isp.evaluate.picture.laplacian import laplacian
from isp.evaluate.picture.ms_ssim import WEIGHTS, halved, ms_ssim
from isp.evaluate.picture.psnr import psnr
from isp.evaluate.picture.ssim import ssim

# Compiled whole: operation by operation, each would be compiled by itself.
fast_ssim, fast_psnr = jax.jit(ssim), jax.jit(psnr)
fast_delta_e = {"2000": jax.jit(delta_e2000.sites), "76": jax.jit(delta_e76.sites)}
fast_ms_ssim = jax.jit(ms_ssim, static_argnames="scales")
fast_gradient, fast_laplacian = jax.jit(gradient), jax.jit(laplacian, static_argnames="scales")
SETTINGS = {"gaussian_weights": True, "use_sample_covariance": False, "channel_axis": -1, "data_range": 1.0}


def pair(rows, columns, noise, seed=0):
    """A picture with structure at all scales, and the same with noise and another contrast."""
    rng = np.random.default_rng(seed)
    wanted = (
        sum(
            np.kron(rng.uniform(0, 1, (rows // s + 1, columns // s + 1, 3)), np.ones((s, s, 1)))[:rows, :columns]
            for s in (1, 2, 4, 8, 16, 32)
        )
        / 6
    )
    return np.clip(0.9 * wanted + 0.03 + noise * rng.normal(size=wanted.shape), 0, 1), wanted


@pytest.mark.parametrize("noise", [0.003, 0.1, 0.5])
def test_psnr_and_ssim_are_those_of_scikit_image(noise):
    made, wanted = pair(32, 41, noise)
    with jax.enable_x64(True):
        assert float(fast_psnr(jnp.asarray(made), jnp.asarray(wanted))) == pytest.approx(
            peak_signal_noise_ratio(wanted, made, data_range=1), abs=1e-9
        )
        assert float(fast_ssim(jnp.asarray(made), jnp.asarray(wanted))) == pytest.approx(
            structural_similarity(wanted, made, **SETTINGS), abs=1e-12
        )
    single = float(fast_ssim(jnp.asarray(made, jnp.float32), jnp.asarray(wanted, jnp.float32)))
    assert single == pytest.approx(structural_similarity(wanted, made, **SETTINGS), abs=3e-6)


def by_scikit_image(made, wanted, scales):
    """MS-SSIM from its SSIM: a huge K1 makes the factor of luminance 1, and leaves contrast and structure."""
    weights = np.array(WEIGHTS[:scales]) / (sum(WEIGHTS[:scales]) if scales < 5 else 1)
    found = np.ones(3)
    for i in range(scales):
        more = {} if i == scales - 1 else {"K1": 1e9}
        found *= (
            np.array([structural_similarity(wanted[..., c], made[..., c], **(SETTINGS | {"channel_axis": None} | more)) for c in range(3)])
            ** weights[i]
        )
        made, wanted = np.array(halved(made)), np.array(halved(wanted))
    return found.mean()


@pytest.mark.parametrize("size, scales", [((176, 180), 5), ((49, 66), 3), ((12, 11), 1)])
def test_ms_ssim_is_made_of_the_parts_of_scikit_image(size, scales):
    made, wanted = pair(*size, 0.1)
    with jax.enable_x64(True):
        found = fast_ms_ssim(jnp.asarray(made), jnp.asarray(wanted), scales=scales)
    assert float(found) == pytest.approx(by_scikit_image(made, wanted, scales), abs=1e-9)


def test_the_weights_of_the_scales_are_the_published_ones():
    assert sum(WEIGHTS) == pytest.approx(1, abs=2e-4) and len(WEIGHTS) == 5


def test_an_inverted_picture_has_an_ms_ssim_with_a_slope():
    _, wanted = pair(44, 44, 0.0)
    made, slope = jax.jit(jax.value_and_grad(lambda x: ms_ssim(x, jnp.asarray(wanted), scales=3)))(1 - jnp.asarray(wanted))
    assert 0 < made < 0.2 and np.isfinite(slope).all() and float(jnp.abs(slope).max()) > 0


@pytest.mark.parametrize(
    "measure, size, said",
    [(ssim, 10, "11 x 11"), (ms_ssim, 175, "176 x 176"), (laplacian, 28, "29 x 29")],
    ids=["ssim", "ms_ssim", "laplacian"],
)
def test_a_picture_that_is_too_small_is_refused_and_the_least_size_said(measure, size, said):
    with pytest.raises(DataError, match=said):
        measure(np.zeros((size, 300, 3), np.float32), np.zeros((size, 300, 3), np.float32))


def test_equal_pictures():
    _, wanted = pair(32, 32, 0.0)
    wanted = jnp.asarray(wanted, jnp.float32)
    assert (
        float(fast_ssim(wanted, wanted)) == 1 and np.isinf(fast_psnr(wanted, wanted)) and float(fast_ms_ssim(wanted, wanted, scales=2)) == 1
    )
    assert (
        float(fast_delta_e["2000"](wanted, wanted).max())
        == 0
        == float(fast_gradient(wanted, wanted))
        == float(fast_laplacian(wanted, wanted))
    )


@pytest.mark.parametrize("formula, method", [("2000", "CIE 2000"), ("76", "CIE 1976")])
def test_differences_of_colour_and_their_summary(formula, method):
    made, wanted = pair(12, 16, 0.1)
    white = [0.3127, 0.3290]
    with jax.enable_x64(True):
        found = fast_delta_e[formula](jnp.asarray(made), jnp.asarray(wanted))
        one, other = (colour.XYZ_to_Lab(colour.RGB_to_XYZ(light, "sRGB"), white) for light in (made, wanted))
        expected = colour.delta_E(one, other, method=method)
        # The matrices of sRGB are rounded to four digits there.
        np.testing.assert_allclose(found, expected, atol=0.02)
        said = summary(found)
        assert float(said["p95"]) == pytest.approx(np.percentile(expected, 95), abs=0.02)
        assert float(said["mean"]) == pytest.approx(expected.mean(), abs=0.01) and float(said["max"]) == pytest.approx(
            expected.max(), abs=0.02
        )


def test_gradient_of_a_ramp_and_laplacian_of_a_wave():
    flat, ramp = np.zeros((40, 48, 3)), np.ones((40, 1, 3)) * (0.01 * np.arange(48))[None, :, None]
    assert float(fast_gradient(ramp, flat)) == pytest.approx(0.005, rel=1e-4)
    assert float(fast_laplacian(ramp + 0.3, flat)) == pytest.approx(0, abs=1e-6)
    # A wave of frequency f loses cos^4(pi f) to a binomial of five: the band holds the rest.
    wave = np.cos(2 * np.pi * 0.25 * np.arange(48))[None, :, None] * np.ones((40, 1, 3))
    assert float(fast_laplacian(wave, flat, scales=1)) == pytest.approx((1 - np.cos(np.pi * 0.25) ** 4) * 0.5, rel=1e-5)


def test_laplacian_bands_are_those_of_scipy():
    made, wanted = pair(33, 30, 0.1)
    off, expected = made - wanted, 0.0
    for _ in range(3):
        low = off
        for axis in (0, 1):
            low = correlate1d(low, np.array([1, 4, 6, 4, 1]) / 16, axis)
        inside = (slice(2, -2), slice(2, -2))
        expected += np.abs(off - low)[inside].mean()
        off = low[inside][::2, ::2]
    assert float(fast_laplacian(jnp.asarray(made), jnp.asarray(wanted))) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("reach", [1, 3])
def test_halos_lie_beyond_the_extremes_of_scipy(reach):
    made, wanted = (x.astype(np.float32) for x in pair(20, 23, 0.2))
    over, under = jax.jit(beyond, static_argnums=2)(jnp.asarray(made), jnp.asarray(wanted), reach)
    size = (2 * reach + 1, 2 * reach + 1, 1)
    np.testing.assert_allclose(over, np.maximum(made - maximum_filter(wanted, size, mode="nearest"), 0), atol=1e-7)
    np.testing.assert_allclose(under, np.maximum(minimum_filter(wanted, size, mode="nearest") - made, 0), atol=1e-7)


# ---------------------------------------------------------------------- FLIP, ICtCp, OkLab
@pytest.mark.parametrize("pixels_per_degree", [67.0, 25.0])
def test_flip_is_that_of_its_authors(pixels_per_degree):
    made, wanted = (x.astype(np.float32) for x in pair(48, 57, 0.1))
    made[:16] = wanted[:16]
    wanted[-10:], made[-10:, ::2] = 0, 1
    settings = {"ppd": pixels_per_degree}
    theirs, mean, _ = flip_evaluator.evaluate(wanted, made, "LDR", applyMagma=False, parameters=settings)
    ours = metric("flip")
    np.testing.assert_allclose(ours.sites(made, wanted, pixels_per_degree=pixels_per_degree), theirs[..., 0], atol=2e-4)
    assert float(ours(made, wanted, pixels_per_degree=pixels_per_degree)) == pytest.approx(mean, abs=1e-5)
    assert mean > 0.05 and float(ours(wanted, wanted)) == 0


def test_flip_rounded_is_nearly_flip_and_has_a_slope_everywhere():
    made, wanted = (jnp.asarray(x, jnp.float32) for x in pair(48, 57, 0.1))
    flip = import_module("isp.evaluate.picture.flip").flip
    rounded = jax.jit(jax.value_and_grad(lambda m, w: flip(m, w, rounding=0.01)))
    value, slope = rounded(made, wanted)
    assert float(value) == pytest.approx(float(metric("flip")(made, wanted)), abs=0.03)
    still, flat = rounded(wanted, wanted)
    assert np.isfinite(slope).all() and float(jnp.abs(slope).max()) > 0 and float(still) == 0 == float(jnp.abs(flat).max())


def test_ictcp_is_bt2124_and_oklab_its_distance():
    made, wanted = (x + 0.02 for x in pair(12, 16, 0.1))
    sizes = [1.0, 4.0]
    rec2020 = colour.RGB_COLOURSPACES["ITU-R BT.2020"]
    with jax.enable_x64(True):
        for size in sizes:  # light of sRGB primaries up to 400 cd/m2
            one, other = (
                colour.RGB_to_ICtCp(100 * size * colour.RGB_to_RGB(p, "sRGB", rec2020, chromatic_adaptation_transform=None))
                for p in (made, wanted)
            )
            # The matrices of sRGB are rounded to four digits there.
            np.testing.assert_allclose(
                metric("ictcp").sites(size * made, size * wanted), colour.delta_E(one, other, method="ITP"), atol=0.05
            )
        one, other = (colour.XYZ_to_Oklab(colour.RGB_to_XYZ(p, "sRGB")) for p in (made, wanted))
        np.testing.assert_allclose(metric("oklab").sites(made, wanted), 100 * np.linalg.norm(one - other, axis=-1), atol=0.1)


# ---------------------------------------------------------------------- demosaicing
def test_zippers_are_pixels_set_apart_and_false_colour_is_no_cast():
    wanted = np.full((40, 44, 3), 0.4, np.float32)
    made = wanted.copy()
    made[20, 10:30] *= 1.5
    assert float(metric("zipper")(wanted, wanted)) == 0
    count = np.asarray(metric("zipper").sites(made, wanted))
    assert (
        count.shape == (38, 42)
        and set(np.unique(count)) == {0, 100}
        and float(metric("zipper")(made, wanted)) == pytest.approx(count.mean())
    )
    cast = wanted * np.float32([1.1, 1, 0.9])
    fringe = wanted.copy()
    fringe[:, 22] *= np.float32([1.4, 1, 0.6])
    assert float(metric("false_colour")(cast, wanted)) < 1e-3 < 0.2 < float(metric("false_colour")(fringe, wanted))
    with pytest.raises(DataError, match="21 x 21"):
        metric("false_colour")(wanted[:20], wanted[:20])
