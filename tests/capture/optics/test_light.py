"""Where light is lost and strays: against closed forms, and against the stages that undo it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.capture.optics.flicker import Flicker
from isp.capture.optics.infrared_cut import InfraredCut
from isp.capture.optics.veiling_glare import VeilingGlare
from isp.capture.optics.vignetting import Vignetting
from isp.capture.optics.vignetting_mesh import VignettingMesh
from isp.core import Cfa, Domain, Frame
from isp.develop.shading.gain_map import GainMap
from isp.develop.shading.radial import Radial

ROWS, COLUMNS = 48, 64
run = jax.jit(lambda stage, frame: stage(frame))
light = np.random.default_rng(5).uniform(0.1, 2, (ROWS, COLUMNS, 3))


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def frame(pixels=light, **facts):
    return Frame(pixels=pixels, domain=Domain.SCENE, **facts)


def mosaic_of(scene, **facts):
    """The red, green and blue sites of a scene, as a mosaic whose black is gone."""
    pixels = np.asarray(scene.pixels)
    cfa = Cfa.bayer("grbg")
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    channel = np.array(cfa.channels).reshape(2, 2)[y % 2, x % 2]
    sites = np.take_along_axis(pixels, channel[..., None], -1)[..., 0]
    return Frame(pixels=sites, domain=Domain.MOSAIC, cfa=cfa, shading=scene.shading, **facts), np.take_along_axis(
        light, channel[..., None], -1
    )[..., 0]


def test_cos4_is_the_law_of_slanted_light():
    made = run(Vignetting(field=30.0, k2=0.0, k4=0.0, k6=0.0), frame(np.ones((ROWS, COLUMNS, 3)))).pixels
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    r = np.hypot(y - (ROWS - 1) / 2, x - (COLUMNS - 1) / 2) / (np.hypot(ROWS, COLUMNS) / 2)
    exact = np.cos(np.arctan(r * np.tan(np.radians(30)))) ** 4
    np.testing.assert_allclose(np.asarray(made)[..., 2], exact, rtol=1e-12)


def test_radial_shading_undoes_vignetting_to_single_precision():
    tint, centre = np.array([0.1, 0.0, -0.05]), np.array([0.47, 0.55])
    made = run(Vignetting(field=28.0, k2=0.3, k4=-0.1, k6=0.05, tint=tint, centre=centre), frame())
    t2 = np.tan(np.radians(28.0)) ** 2
    mosaic, truth = mosaic_of(made)
    undone = run(Radial(k2=0.3 + 2 * t2, k4=-0.1 + t2**2, k6=0.05, tint=tint, centre=centre), mosaic)
    np.testing.assert_allclose(undone.pixels, truth, rtol=1e-6)


def test_the_mesh_that_goes_along_undoes_vignetting_nearly():
    made = run(Vignetting(tint=np.array([0.1, 0.0, -0.05])), frame())
    assert made.shading.gains.shape[0] == 3
    mosaic, truth = mosaic_of(made)
    np.testing.assert_allclose(run(GainMap(), mosaic).pixels, truth, rtol=1e-3)


@pytest.mark.parametrize("meshes", [1, 3])
def test_gain_map_undoes_a_measured_falloff_to_single_precision(meshes):
    gains = 1 + np.random.default_rng(6).uniform(0, 1.5, (meshes, 5, 7))
    mosaic, truth = mosaic_of(run(VignettingMesh(gains=gains), frame()))
    np.testing.assert_allclose(run(GainMap(), mosaic).pixels, truth, rtol=1e-6)


def test_two_falloffs_are_undone_together():
    made = run(VignettingMesh(), run(Vignetting(), frame()))
    mosaic, truth = mosaic_of(made)
    np.testing.assert_allclose(run(GainMap(), mosaic).pixels, truth, rtol=4e-3)


@pytest.mark.parametrize("channels", [1, 2, 4, 31])
def test_other_channels_have_one_mesh(channels):
    facts = {"wavelengths": np.linspace(400, 700, 31)} if channels == 31 else {}
    pixels = np.ones((ROWS, COLUMNS, channels)) if channels > 1 else np.ones((ROWS, COLUMNS))
    for stage in (Vignetting(), VignettingMesh()):
        made = run(stage, frame(pixels, **facts))
        assert made.shading.gains.shape[0] == 1
        assert made.pixels.shape == pixels.shape
    for stage in (VeilingGlare(), Flicker(), InfraredCut()):
        assert run(stage, frame(pixels, exposure_time=np.array(0.004), **facts)).pixels.shape == pixels.shape


def test_glare_keeps_light_and_leaves_a_flat_field():
    stage = VeilingGlare(veil=0.05, skirt=0.1, width=0.15)
    flat = np.broadcast_to(np.array([3.0, 2.0, 1.0]), light.shape)
    np.testing.assert_allclose(run(stage, frame(flat)).pixels, flat, rtol=1e-12)
    pixels = np.zeros((ROWS, COLUMNS, 3))
    pixels[ROWS // 2, COLUMNS // 2] = 1.0
    made = np.asarray(run(stage, frame(pixels)).pixels)[..., 0]
    assert made.sum() == pytest.approx(1, rel=0.05)
    assert made[0, 0] == pytest.approx(0.05 / made.size, rel=0.15), "far from the light only the veil is left"
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    distance = np.hypot(y - ROWS // 2, x - COLUMNS // 2)
    near, far = made[(distance > 3) & (distance < 5)].mean(), made[(distance > 13) & (distance < 15)].mean()
    sigma = 0.15 * COLUMNS
    veil = 0.05 / made.size
    assert (far - veil) / (near - veil) == pytest.approx(np.exp(-(14**2 - 4**2) / (2 * sigma**2)), rel=0.1)


def test_flicker_is_the_mean_of_the_lamp_over_each_rows_exposure():
    stage = Flicker(frequency=100.0, depth=0.4, phase=0.7, row_time=1e-4)
    made = np.asarray(run(stage, frame(np.ones((ROWS, COLUMNS, 3)), exposure_time=np.array(0.004), moment=np.array(0.013))).pixels)
    for row in (0, 11, 47):
        t = 0.013 + 1e-4 * row + 0.004 * (np.arange(4000) + 0.5) / 4000
        assert made[row, 5, 1] == pytest.approx(np.mean(1 + 0.4 * np.cos(2 * np.pi * 100 * t + 0.7)), rel=1e-6)
    whole = run(stage, frame(exposure_time=np.array(0.02))).pixels
    np.testing.assert_allclose(whole, light, rtol=1e-12, err_msg="whole periods leave no bands")
    np.testing.assert_array_equal(run(stage, frame()).pixels, light)


def test_infrared_is_cut_and_colours_pass():
    waves = np.array([500.0, 630.0, 640.0, 650.0, 660.0, 800.0])
    made = run(InfraredCut(edge=640.0, width=20.0), frame(np.ones((4, 5, 6)), wavelengths=waves, scene_white=np.full(6, 3.0)))
    np.testing.assert_allclose(np.asarray(made.pixels)[2, 3], [1, 0.9, 0.5, 0.1, 1 / (1 + 81), 0], atol=1e-6)
    np.testing.assert_allclose(made.scene_white, 3 * np.asarray(made.pixels)[0, 0])
    np.testing.assert_array_equal(run(InfraredCut(), frame()).pixels, light)


def test_a_strip_of_a_frame_darkens_as_the_whole():
    """Places are those of the whole frame."""
    stage = Vignetting(tint=np.array([0.1, 0.0, 0.1]))
    whole = np.asarray(run(stage, frame()).pixels)
    window = jnp.array([20.0, 0, ROWS, COLUMNS])
    from isp.core import Planes

    part = frame(Planes.split(jnp.asarray(light[20:30]), (1, 1)), window=window)
    np.testing.assert_allclose(run(stage, part).array, whole[20:30], rtol=1e-12)
