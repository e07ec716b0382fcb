"""A shot is what was asked for: metered, repeatable to the bit, the same in strips, another by another seed, unit, frame or reading."""

import numpy as np
import pytest

from isp.core import ChainError, Domain
from isp.execute import Shot, capture, light
from isp.execute.capture import joined, metered, readings
from isp.spec import load

SENSOR = """
isp: 1
stages:
  - exposure.settings: {iso: 200, aperture: 4.0, pitch: 1.4 um}
  - exposure.lens: {transmission: 0.8}
  - sensitivity.matrix: {electrons: 8000 e-/(lx s)}
  - cfa.bayer: {pattern: grbg}
  - noise.prnu
  - noise.photon
  - noise.read: {deviation: 2.5}
  - noise.row
  - adc.linear: {gain: 0.2, pedestal: 64, bits: 10}
"""
SCENE = "isp: 1\ninput: scene\nstages: [scene.light: {bands: rgb, luminance: 400}, scene.slanted_edge]"


@pytest.fixture(scope="module")
def sensor():
    return load(SENSOR, kind="sensors")


@pytest.fixture(scope="module")
def scene():
    return load(SCENE)


def one(sensor, scene, shot=Shot(), size=(60, 82), **how):  # noqa: B008
    return next(capture(sensor, scene, light(*size), shot, **how))


def test_a_frame_is_numbers_with_the_facts_of_a_raw_file(sensor, scene):
    frame = one(sensor, scene)
    assert frame.domain is Domain.MOSAIC_DN and frame.pixels.dtype == np.uint16 and frame.pixels.shape == (60, 82)
    for fact in ("black", "white", "cfa", "noise", "as_shot", "camera_matrix", "illuminants", "iso", "exposure_time", "aperture"):
        assert getattr(frame, fact) is not None
    assert frame.iso == 200 and frame.random is None


def test_the_meter_gives_middle_grey_its_lux_seconds(sensor, scene):
    """ISO 12232: 10 / ISO lux seconds on the sensor from 18 % of 400 cd/m2 at f/4, without the lens's loss."""
    seconds = metered(joined(scene, sensor), light(60, 82), Shot())
    assert np.pi * 0.18 * 400 * seconds / (4 * 4.0**2) == pytest.approx(10 / 200, rel=1e-5)
    brighter = metered(joined(scene, sensor), light(60, 82), Shot(iso=800, aperture=2.0, compensation=1.0))
    assert brighter == pytest.approx(seconds * (200 / 800) * (2 / 4) ** 2 * 2, rel=1e-5)
    assert float(one(sensor, scene).exposure_time) == pytest.approx(seconds)


def test_a_scene_without_a_white_cannot_be_metered(sensor):
    with pytest.raises(ChainError, match=r"metered.*give the exposure time"):
        one(sensor, None)
    assert float(one(sensor, None, Shot(exposure_time=0.02)).exposure_time) == pytest.approx(0.02)


def test_strips_are_the_whole_frame(sensor, scene):
    whole, strips = one(sensor, scene, size=(61, 83)), one(sensor, scene, size=(61, 83), strip_pixels=83 * 6)
    np.testing.assert_array_equal(whole.pixels, strips.pixels)
    np.testing.assert_allclose(whole.noise, strips.noise)


def test_the_same_shot_is_the_same_to_the_bit_and_another_is_not(sensor, scene):
    same = [one(sensor, scene, Shot(seed=5, unit=2)).pixels for _ in range(2)]
    np.testing.assert_array_equal(*same)
    for other, share in ((Shot(seed=6, unit=2), 0.5), (Shot(seed=5, unit=3), 0.2)):
        assert (one(sensor, scene, other).pixels != same[0]).mean() > share


def test_noise_off_is_the_expected_value(sensor, scene):
    quiet = one(sensor, scene, Shot(noise=False))
    many = np.mean([one(sensor, scene, Shot(seed=i, unit=i)).pixels for i in range(64)], axis=0)
    spread = np.sqrt(np.maximum(np.asarray(quiet.pixels, float) - 64, 1) * 0.2 / 64) + 0.2
    assert np.abs(many - quiet.pixels).mean() < spread.mean()


def test_frames_follow_in_time_with_noise_of_their_own(sensor, scene):
    first, second = capture(sensor, scene, light(60, 82), Shot(frames=2, interval=0.1))
    assert float(first.moment) == 0 and float(second.moment) == pytest.approx(0.1)
    assert (first.pixels != second.pixels).mean() > 0.5


def test_a_sensor_that_reads_twice_gives_two_frames_an_exposure(sensor, scene):
    double = load(SENSOR.replace("  - exposure.lens", "  - readout.bracket: {ratios: [1, 0.25]}\n  - exposure.lens"), kind="sensors")
    assert readings(double) == 2 and readings(sensor) == 1
    done = []
    long, short, *more = capture(double, scene, light(60, 82), Shot(frames=2), progress=lambda d, t: done.append(d / t))
    assert len(more) == 2 and float(long.exposure_time) == pytest.approx(4 * float(short.exposure_time))
    lit = np.asarray(long.pixels, float).mean() - 64, np.asarray(short.pixels, float).mean() - 64
    assert lit[0] == pytest.approx(4 * lit[1], rel=0.05)
    assert done == sorted(done) and done[-1] == 1


def test_a_name_in_scene_and_sensor_is_refused(sensor):
    with pytest.raises(ChainError, match=r"adc\.linear: is in the scene and in the sensor"):
        joined(sensor, sensor.swap("noise.row", sensor["noise.row"]))
