"""Displacements against closed forms: pictures of a smooth scene, which is known at every place."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.capture.optics.distortion import Distortion
from isp.capture.optics.lateral_colour import LateralColour
from isp.capture.optics.motion import Motion
from isp.capture.optics.rolling_shutter import RollingShutter
from isp.core import Domain, Frame, Random

ROWS, COLUMNS = 60, 80
run = jax.jit(lambda stage, frame: stage(frame))


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def scene(y, x):
    """Slow waves, at rows and columns counted from the middle of the first pixel."""
    return 1 + 0.4 * np.sin(0.21 * x + 0.1 * y) + 0.3 * np.cos(0.17 * y - 0.05 * x)


Y, X = np.mgrid[0:ROWS, 0:COLUMNS].astype(float)
MIDDLE = (ROWS - 1) / 2, (COLUMNS - 1) / 2
HALF = np.hypot(ROWS, COLUMNS) / 2


def frame(channels=3, **facts):
    return Frame(pixels=np.stack([scene(Y, X)] * channels, -1), domain=Domain.SCENE, **facts)


def inner(a, rim=10):
    return np.asarray(a)[rim:-rim, rim:-rim]


def dng_rectilinear(warp, y, x):
    """Chapter 7 of the DNG specification, in pixels: where the value of the corrected pixel at (y, x) is read."""
    kr, kt, (cx, cy) = warp[:4], warp[4:6], warp[6:] * (COLUMNS, ROWS) - 0.5
    m = np.hypot(max(cx + 0.5, COLUMNS - cx - 0.5), max(cy + 0.5, ROWS - cy - 0.5))
    dx, dy = (x - cx) / m, (y - cy) / m
    r2 = dx**2 + dy**2
    f = kr[0] + kr[1] * r2 + kr[2] * r2**2 + kr[3] * r2**3
    return (
        cy + m * (dy * f + kt[1] * 2 * dx * dy + kt[0] * (r2 + 2 * dy**2)),
        cx + m * (dx * f + kt[0] * 2 * dx * dy + kt[1] * (r2 + 2 * dx**2)),
    )


def test_lateral_colour_magnifies_red_and_blue_and_leaves_green():
    made = run(LateralColour(red=2.0, blue=-1.5, support=3), frame())
    for channel, shift in enumerate((2.0, 0.0, -1.5)):
        m = 1 + shift / HALF
        exact = scene(MIDDLE[0] + (Y - MIDDLE[0]) / m, MIDDLE[1] + (X - MIDDLE[1]) / m)
        np.testing.assert_allclose(inner(made.pixels)[..., channel], inner(exact), atol=2e-4)
    np.testing.assert_array_equal(np.asarray(made.pixels)[..., 1], frame().pixels[..., 1])


def test_wavelengths_lie_between_the_colours():
    made = run(LateralColour(red=2.0, blue=-1.5, support=3), frame(4, wavelengths=np.array([420.0, 500.0, 570.0, 700.0])))
    for channel, shift in enumerate((-1.5, -0.75, 1.0, 2.0)):
        m = 1 + shift / HALF
        exact = scene(MIDDLE[0] + (Y - MIDDLE[0]) / m, MIDDLE[1] + (X - MIDDLE[1]) / m)
        np.testing.assert_allclose(inner(made.pixels)[..., channel], inner(exact), atol=2e-4)


LENSES = {
    "barrel": {"k1": -0.1, "k2": 0.01},
    "cushion": {"k1": 0.08, "k2": -0.02, "scale": 0.95},
    "tilted": {"k1": -0.05, "k2": 0.0, "tangential": np.array([0.01, -0.006]), "centre": np.array([0.45, 0.53])},
}


@pytest.mark.parametrize("lens", LENSES.values(), ids=LENSES)
def test_the_warp_that_goes_along_undoes_the_distortion(lens):
    made = run(Distortion(**lens), frame())
    assert made.warp.shape == (1, 8)
    at_y, at_x = dng_rectilinear(np.asarray(made.warp)[0], Y, X)
    inside = (at_y > 1) & (at_y < ROWS - 2) & (at_x > 1) & (at_x < COLUMNS - 2)
    inside[:4], inside[-4:], inside[:, :4], inside[:, -4:] = False, False, False, False
    assert inside.mean() > 0.6
    from scipy.ndimage import map_coordinates

    corrected = map_coordinates(np.asarray(made.pixels)[..., 0], [at_y, at_x], order=3)
    np.testing.assert_allclose(corrected[inside], scene(Y, X)[inside], atol=2e-3)


def test_the_warp_knows_of_both_lateral_colour_and_distortion():
    distortion, lateral = Distortion(k1=-0.08), LateralColour(red=1.5, blue=-1.0, support=2)
    from scipy.ndimage import map_coordinates

    for stages in ((distortion, lateral), (lateral, distortion)):
        made = frame()
        for stage in stages:
            made = run(stage, made)
        assert made.warp.shape == (3, 8)
        for channel in range(3):
            at_y, at_x = dng_rectilinear(np.asarray(made.warp)[channel], Y, X)
            corrected = map_coordinates(np.asarray(made.pixels)[..., channel], [at_y, at_x], order=3)
            np.testing.assert_allclose(inner(corrected), inner(scene(Y, X)), atol=1e-3)


def test_a_barrel_bends_lines_outwards():
    """The corner of a frame shows what lies farther out in the scene: a dot near it moves inwards."""
    pixels = np.zeros((ROWS, COLUMNS, 3))
    pixels[8:11, 10:13] = 1
    made = np.asarray(run(Distortion(k1=-0.12, k2=0.0), Frame(pixels=pixels, domain=Domain.SCENE)).pixels)[..., 0]
    assert (made * Y).sum() / made.sum() > 10
    assert (made * X).sum() / made.sum() > 12


def test_slopes_of_the_warp_are_those_of_the_implicit_function():
    stage, light = Distortion(k1=-0.08, k2=0.02, tangential=np.array([0.004, 0.002])), frame()
    weights = np.random.default_rng(1).uniform(-1, 1, light.pixels.shape)

    @jax.jit
    def score(k1, k2):
        return jnp.sum(stage.with_values(k1=k1, k2=k2)(light).pixels * weights)

    found = jax.jit(jax.grad(score, (0, 1)))(-0.08, 0.02)
    h = 1e-6
    assert float(found[0]) == pytest.approx(float(score(-0.08 + h, 0.02) - score(-0.08 - h, 0.02)) / (2 * h), rel=1e-5)
    assert float(found[1]) == pytest.approx(float(score(-0.08, 0.02 + h) - score(-0.08, 0.02 - h)) / (2 * h), rel=1e-5)


def test_a_rolling_shutter_leans_what_moves():
    made = run(RollingShutter(row_time=1e-4, velocity=np.array([-300.0, 900.0]), support=4), frame())
    t = 1e-4 * (Y - MIDDLE[0])
    np.testing.assert_allclose(inner(made.pixels)[..., 1], inner(scene(Y + 300 * t, X - 900 * t)), atol=2e-4)
    still = run(RollingShutter(velocity=np.zeros(2)), frame()).pixels
    np.testing.assert_allclose(still, frame().pixels, rtol=1e-12)


def test_motion_is_the_mean_along_the_path():
    light = frame(exposure_time=np.array(0.01), moment=np.array(0.004))
    made = run(Motion(velocity=np.array([200.0, -150.0]), support=4), light)
    moments = 0.004 + 0.01 * (np.arange(400) + 0.5) / 400
    exact = np.mean([scene(Y - 200 * t, X + 150 * t) for t in moments], 0)
    np.testing.assert_allclose(inner(made.pixels)[..., 0], inner(exact), atol=3e-4)
    reach = made.psf.shape[-1] // 2
    place = np.arange(-reach, reach + 1)
    assert (np.asarray(made.psf)[0].sum(1) * place).sum() == pytest.approx(200 * 0.009, rel=1e-6)
    assert (np.asarray(made.psf)[0].sum(0) * place).sum() == pytest.approx(-150 * 0.009, rel=1e-6)


def test_frames_of_a_burst_lie_apart_and_shake_by_chance():
    stage = Motion(velocity=np.array([0.0, 100.0]), shake=5.0, support=6)
    place = np.arange(-7, 8)

    def middles(**facts):
        psf = np.asarray(run(stage, frame(1, exposure_time=np.array(0.01), **facts)).psf)[0]
        return (psf.sum(1) * place).sum(), (psf.sum(0) * place).sum()

    first, later = middles(moment=np.array(0.0)), middles(moment=np.array(0.03))
    assert later[1] - first[1] == pytest.approx(3, rel=1e-6)
    keys = jnp.asarray(np.random.default_rng(8).integers(0, 2**32, (200, 2)), jnp.uint32)
    light = frame(1, exposure_time=np.array(0.01), moment=np.array(0.02))
    psf = np.asarray(jax.jit(jax.vmap(lambda key: stage(light.but(random=Random(key, key, key))).psf[0]))(keys))
    walks = np.stack([(psf.sum(2) * place).sum(1), (psf.sum(1) * place).sum(1) - 2.5], 1)
    again = np.array(middles(moment=np.array(0.02), random=Random(keys[3], keys[4], keys[5]))) - (0, 2.5)
    np.testing.assert_allclose(again, walks[3], atol=1e-12, err_msg="a walk belongs to its exposure")
    # The mean of a walk over the time T varies by T / 3 of what it does in a second.
    assert walks.std(0) == pytest.approx(5 * np.sqrt(0.01 / 3), rel=0.15)
    assert np.abs(walks.mean(0)) == pytest.approx(0, abs=0.07)


def test_without_an_exposure_time_nothing_moves():
    np.testing.assert_array_equal(run(Motion(), frame()).pixels, frame().pixels)


@pytest.mark.parametrize("channels", [1, 2, 4, 31])
def test_any_number_of_channels_is_displaced(channels):
    facts = {"wavelengths": np.linspace(400, 700, 31)} if channels == 31 else {}
    pixels = np.stack([scene(Y, X)] * channels, -1) if channels > 1 else scene(Y, X)
    for stage in (LateralColour(), Distortion(), RollingShutter(), Motion()):
        made = run(stage, Frame(pixels=pixels, domain=Domain.SCENE, exposure_time=np.array(0.004), **facts))
        assert made.pixels.shape == pixels.shape
        np.testing.assert_allclose(inner(made.pixels), inner(pixels), atol=0.5)
        if channels != 3 and stage.name == "optics.lateral_colour":
            assert made.warp is None, "one plane for each of red, green and blue only"
