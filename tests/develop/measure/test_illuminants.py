"""Illuminant estimates on the field set of a phone sensor with measured lights, against published-protocol figures, and on planted lights."""

import json

import imagecodecs
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, ChainError, Domain, Frame
from isp.develop.measure.as_shot import AsShot
from isp.develop.measure.grey_edge import GreyEdge
from isp.develop.measure.grey_world import GreyWorld
from isp.develop.measure.illuminant_pca import IlluminantPca
from isp.develop.measure.shades_of_gray import ShadesOfGray
from isp.develop.measure.white_patch import WhitePatch

ALL = [GreyWorld(), WhitePatch(), ShadesOfGray(), GreyEdge(), IlluminantPca()]
XTRANS = Cfa(("gbgrgr", "rgrbgb", "gbgrgr", "grgbgb", "bgbrgr", "grgbgb"))
measured = jax.jit(lambda stage, frame: stage(frame).wb_gains)


def camera(rgb):
    return Frame(pixels=jnp.asarray(rgb, jnp.float32), domain=Domain.CAMERA, white=np.ones(3, np.float32))


def mosaic(rgb, cfa):
    height, width = cfa.tile
    channel = np.tile(np.array(["rgb".index(c) for c in cfa.sites]).reshape(height, width), np.array(rgb.shape[:2]) // cfa.tile)
    rgb = rgb[: channel.shape[0], : channel.shape[1]]
    pixels = np.take_along_axis(rgb, channel[..., None], -1)[..., 0]
    return Frame(pixels=jnp.asarray(pixels, jnp.float32), domain=Domain.MOSAIC, cfa=cfa, white=np.ones(height * width, np.float32))


def angle(a, b):
    return np.degrees(np.arccos(np.clip(np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)))


@pytest.fixture(scope="session")
def field(shared_data):
    folder = shared_data / "awb_imx135"
    truth = json.loads((folder / "illuminants.json").read_text())["gt"]
    return [(imagecodecs.imread(folder / name) / 65535, np.array(light)) for name, light in truth.items()]


# Mean and median error in degrees of each method on these 23 pictures, measured by an independent NumPy implementation.
KNOWN = [
    (GreyWorld(), 3.13, 2.28),
    (WhitePatch(percentile=99.0), 1.96, 1.26),
    (ShadesOfGray(order=6.0), 3.34, 2.46),
    (GreyEdge(order=1.0, sigma=2.0), 2.47, 1.84),
    (IlluminantPca(share=3.5), 2.25, 1.37),
]


@pytest.mark.parametrize("stage, mean, median", KNOWN, ids=[k[0].name for k in KNOWN])
def test_known_errors_are_reached(field, stage, mean, median):
    errors = [angle(1 / np.asarray(measured(stage, camera(rgb))), light) for rgb, light in field]
    assert np.mean(errors) == pytest.approx(mean, abs=0.1)
    assert np.median(errors) == pytest.approx(median, abs=0.2)


@pytest.mark.parametrize("stage", ALL, ids=lambda s: s.name)
def test_a_mosaic_tells_nearly_the_same_as_its_picture(field, stage):
    """Half the resolution and another sampling: the median difference of the two estimates stays under two degrees."""
    apart = [
        angle(1 / np.asarray(measured(stage, camera(rgb))), 1 / np.asarray(measured(stage, mosaic(rgb, Cfa.bayer("gbrg")))))
        for rgb, _ in field[::3]
    ]
    assert np.median(apart) < 2, apart


@pytest.mark.parametrize("cfa", [None, Cfa.bayer("bggr"), XTRANS], ids=["camera", "bayer", "xtrans"])
@pytest.mark.parametrize("stage", ALL, ids=lambda s: s.name)
def test_the_light_on_a_grey_scene_is_found_exactly(stage, cfa):
    """Grey texture under a coloured light, saturated lamps of another colour, and sites at black."""
    rng, light = np.random.default_rng(0), np.array([0.5, 1.0, 0.7])
    grey = np.repeat(np.repeat(rng.uniform(0.05, 0.8, (12, 14)), 12, 0), 12, 1)[..., None]
    scene = grey * light
    scene[20:26, 30:42] = [1.0, 1.0, 0.2]
    scene[60:66, 60:66] = 0
    gains = measured(stage, camera(scene) if cfa is None else mosaic(scene, cfa))
    # Blocks of different colours meet inside a cell, so a mosaic's second moments and edges are only nearly grey.
    exact = isinstance(stage, (GreyWorld, WhitePatch, ShadesOfGray)) and cfa is not XTRANS
    np.testing.assert_allclose(gains, 1 / light, rtol=1e-4 if exact or (cfa is None and not isinstance(stage, GreyEdge)) else 0.03)


@pytest.mark.parametrize(
    "scene", [np.zeros((16, 16, 3)), np.ones((16, 16, 3)), -np.ones((16, 16, 3)) / 10], ids=["black", "white", "negative"]
)
@pytest.mark.parametrize("stage", ALL, ids=lambda s: s.name)
def test_a_scene_that_tells_nothing_counts_as_grey(stage, scene):
    np.testing.assert_allclose(measured(stage, camera(scene)), 1, rtol=1e-5)


def test_order_one_is_grey_world_and_a_high_one_the_maximum():
    scene = np.random.default_rng(1).uniform(0.1, 0.9, (32, 32, 3)) * [0.9, 1.0, 0.5]
    np.testing.assert_allclose(measured(ShadesOfGray(order=1.0), camera(scene)), measured(GreyWorld(), camera(scene)), rtol=1e-4)
    top = scene.reshape(-1, 3).max(0)
    np.testing.assert_allclose(measured(WhitePatch(percentile=100.0), camera(scene)), top[1] / top, rtol=1e-5)


@pytest.mark.parametrize("percentile", [50.0, 90.0, 99.3])
def test_percentiles_are_those_of_numpy(percentile):
    scene = np.random.default_rng(2).uniform(0.1, 0.9, (40, 30, 3)) * [0.9, 1.0, 0.5]
    high = np.percentile(scene.astype(np.float32).reshape(-1, 3), percentile, axis=0)
    np.testing.assert_allclose(measured(WhitePatch(percentile=percentile), camera(scene)), high[1] / high, rtol=1e-5)


def test_the_principal_direction_is_that_of_an_eigenvalue_solver():
    """With a share of a half at each end every place is taken: the light is the first eigenvector of all colours."""
    scene = np.random.default_rng(3).uniform(0.1, 0.9, (40, 30, 3)) * [0.9, 1.0, 0.5]
    flat = scene.reshape(-1, 3)
    direction = np.abs(np.linalg.eigh(flat.T @ flat)[1][:, -1])
    assert angle(1 / np.asarray(measured(IlluminantPca(share=50.0), camera(scene))), direction) < 0.2


def test_big_frames_are_averaged_down_first():
    """A 2 MP mosaic of blocks agrees with its grey world by NumPy, although only blocks are looked at."""
    rng = np.random.default_rng(4)
    scene = np.kron(rng.uniform(0.1, 0.8, (60, 80, 3)), np.ones((16, 16, 1))) * [0.6, 1.0, 0.8]
    mean = scene.reshape(-1, 3).mean(0)
    np.testing.assert_allclose(measured(GreyWorld(), mosaic(scene, Cfa.bayer("rggb"))), mean[1] / mean, rtol=2e-3)


def test_as_shot_says_only_what_is_left_to_apply():
    frame = camera(np.ones((4, 4, 3))).but(as_shot=np.array([2.0, 1.0, 1.5]))
    np.testing.assert_allclose(AsShot()(frame).wb_gains, [2, 1, 1.5])
    np.testing.assert_allclose(AsShot()(frame.but(balanced=np.array([2.0, 1.0, 1.0]))).wb_gains, [1, 1, 1.5])
    kept = frame.but(as_shot=None, wb_gains=np.array([3.0, 1.0, 1.0]))
    np.testing.assert_array_equal(AsShot()(kept).wb_gains, kept.wb_gains)


def test_a_mosaic_without_three_colours_is_refused():
    grey = Frame(pixels=np.ones((8, 8), np.float32), domain=Domain.MOSAIC, cfa=Cfa(("w",)))
    with pytest.raises(ChainError, match="needs red, green and blue"):
        GreyWorld()(grey)
