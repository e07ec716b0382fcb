"""Wells that run over, leak into each other, bend and differ, against closed forms and a photon transfer curve."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import convolve2d

from isp.capture.noise.photon import Photon
from isp.capture.noise.read import Read
from isp.capture.pixel.crosstalk import Crosstalk
from isp.capture.pixel.full_well import FullWell
from isp.capture.pixel.green_imbalance import GreenImbalance
from isp.capture.pixel.nonlinearity import Nonlinearity
from isp.core import Cfa, Domain, Frame, Random, Table
from isp.core.run import run

MOSAICS = {"bayer": Cfa.bayer("grbg"), "quad": Cfa(("rrgg", "rrgg", "ggbb", "ggbb")), "rgbw": Cfa(("wbwg", "bwgw", "wgwr", "gwrw"))}


def electrons(pixels, cfa=MOSAICS["bayer"], **facts):
    return Frame(pixels=np.asarray(pixels, np.float32), domain=Domain.ELECTRONS, cfa=cfa, **facts)


def test_a_well_holds_its_capacity_and_bends_softly_before():
    x = np.linspace(-100, 3000, 64 * 64).reshape(64, 64)
    made = FullWell(capacity=1000.0, knee=0.01)(electrons(x))
    soft = -10 * np.logaddexp(-x / 10, -100)
    np.testing.assert_allclose(made.pixels, soft, atol=2e-3)
    np.testing.assert_array_equal(made.white, 1000)
    assert np.asarray(made.pixels).max() <= 1000
    assert FullWell(capacity=1000.0)(electrons(x, white=np.full(4, 700, np.float32))).white[0] == 700
    slopes = jax.vmap(
        jax.grad(lambda v: jnp.sum(FullWell(capacity=1000.0)(electrons(np.zeros((2, 2))).but(pixels=jnp.full((2, 2), v))).pixels))
    )
    assert np.isfinite(slopes(jnp.asarray([-1e30, 0.0, 999.9, 1000.0, 1e4, 1e30], jnp.float32))).all()


def test_dual_conversion_is_two_tables_over_iso():
    """Two knots side by side: below the switch a deep well and more read noise, above it the opposite."""
    knots = (100.0, 799.0, 800.0, 6400.0)
    well = FullWell(capacity=Table(np.array([20000.0, 20000.0, 5000.0, 5000.0]), "iso", knots))
    read = Read(deviation=Table(np.array([5.0, 4.0, 1.5, 1.2]), "iso", knots))
    for iso, capacity, deviation in ((100, 20000, 5), (799, 20000, 4), (800, 5000, 1.5), (6400, 5000, 1.2)):
        full = run((Photon(), well), electrons(np.full((64, 64), 1e5), iso=np.float32(iso), random=Random.of(1)))
        dark = run((read,), electrons(np.zeros((256, 256)), iso=np.float32(iso), random=Random.of(1)))
        np.testing.assert_allclose(full.pixels, capacity, rtol=1e-4)
        np.testing.assert_allclose(full.white, capacity, rtol=1e-4)
        assert abs(np.asarray(dark.pixels).std() / deviation - 1) < 0.02


@pytest.mark.parametrize("name", MOSAICS)
def test_crosstalk_is_a_small_cross_whatever_the_mosaic(name):
    x = np.random.default_rng(1).uniform(0, 1000, (24, 24)).astype(np.float32)
    made = np.asarray(Crosstalk(share=0.1)(electrons(x, MOSAICS[name])).pixels)
    cross = np.array([[0, 0.025, 0], [0.025, 0.9, 0.025], [0, 0.025, 0]])
    np.testing.assert_allclose(made[1:-1, 1:-1], convolve2d(x, cross, "valid"), rtol=1e-5)


@pytest.mark.parametrize("name", ["bayer", "quad"])
def test_the_colour_matrix_and_the_white_balance_follow_crosstalk(name):
    """A flat colour through the stage: its mean at the sites of each filter is what the new matrix says."""
    cfa, matrix = MOSAICS[name], np.array([[0.9, -0.3, -0.1], [-0.4, 1.2, 0.2], [-0.1, 0.2, 0.6]])
    xyz, white = np.array([300.0, 200.0, 50.0]), np.array([950.0, 1000.0, 1089.0])

    def mosaic(colour):
        return np.tile((matrix @ colour)[np.array(cfa.channels)].reshape(cfa.tile), (8, 8))

    neutral = matrix @ white
    facts = {"camera_matrix": matrix[None].astype(np.float32), "as_shot": (neutral[1] / neutral).astype(np.float32)}
    made = Crosstalk(share=0.2)(electrons(mosaic(xyz), cfa, **facts))
    grey = np.asarray(Crosstalk(share=0.2)(electrons(mosaic(white), cfa)).pixels, np.float64)

    def means(pixels):
        sites, channels = np.asarray(pixels, np.float64), np.tile(np.array(cfa.channels).reshape(cfa.tile), (8, 8))
        inside = np.zeros(sites.shape, bool)
        inside[cfa.tile[0] : -cfa.tile[0], cfa.tile[1] : -cfa.tile[1]] = True
        return np.array([sites[inside & (channels == c)].mean() for c in range(3)])

    np.testing.assert_allclose(means(made.pixels), np.asarray(made.camera_matrix)[0] @ xyz, rtol=1e-4)
    np.testing.assert_allclose(made.as_shot, means(grey)[1] / means(grey), rtol=1e-4)


def test_crosstalk_keeps_the_charge_and_divided_photons_are_still_photons():
    frame = electrons(np.full((128, 128), 500.0), random=Random.of(4))
    made = np.asarray(run((Crosstalk(share=0.2), Photon()), frame).pixels, np.float64)
    assert made.mean() == pytest.approx(500, rel=2e-3) and made.var() == pytest.approx(500, rel=0.03)


def test_the_response_bends_as_its_two_numbers_say():
    x = np.linspace(-50, 2000, 32 * 32).reshape(32, 32)
    made = Nonlinearity(quadratic=-0.04, cubic=0.01, full=1000.0)(electrons(x, white=np.full(4, 1000, np.float32)))
    t = np.clip(x / 1000, 0, 1)
    np.testing.assert_allclose(made.pixels, x * (1 - 0.04 * t + 0.01 * t * t), rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(made.white, 970, rtol=1e-6)


@pytest.mark.parametrize("pattern", ["rggb", "bggr", "grbg", "gbrg"])
def test_the_two_greens_differ_and_their_mean_stays(pattern):
    made = np.asarray(GreenImbalance(difference=0.04)(electrons(np.full((4, 4), 100.0), Cfa.bayer(pattern))).pixels)[:2, :2].ravel()
    beside_red = {"rggb": 1, "bggr": 2, "grbg": 0, "gbrg": 3}[pattern]
    expected = [102 if i == beside_red else 98 if c == "g" else 100 for i, c in enumerate(pattern)]
    np.testing.assert_allclose(made, expected, rtol=1e-6)
