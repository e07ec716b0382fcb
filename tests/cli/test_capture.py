"""`isp capture` as a person runs it: charts, photographs, frames, and everything that can be asked wrongly."""

import json

import numpy as np
import pytest
from PIL import Image

from isp.io import load_frame, read

SENSOR = """isp: 1
title: Small sensor
camera: {make: Acme, model: S1, rows: 40, columns: 56}
stages:
  - exposure.settings: {iso: 200, aperture: 4.0, pitch: 1.4 um}
  - exposure.lens
  - sensitivity.matrix: {electrons: 8000 e-/(lx s)}
  - cfa.bayer: {pattern: gbrg}
  - noise.photon
  - noise.read
  - adc.linear: {gain: 0.2, pedestal: 64, bits: 10}
"""


@pytest.fixture
def sensor(isp):
    (isp.folder / "s1.yaml").write_text(SENSOR)
    return "s1.yaml"


def test_a_chart_becomes_a_raw_file_of_the_sensors_size_that_our_reader_opens(isp, sensor):
    done = isp("capture", sensor, "grey_steps", "-o", "new/x.dng", "--seed", "3")
    assert (done.code, done.out, done.err) == (0, "new/x.dng\n", "")
    frame = read(isp.folder / "new/x.dng")
    assert frame.pixels.shape == (40, 56) and frame.cfa.sites == "gbrg" and (frame.make, frame.model) == ("Acme", "S1")
    assert float(frame.iso) == 200 and float(frame.aperture) == 4 and np.ptp(frame.pixels) > 100
    again = isp("capture", sensor, "grey_steps", "-o", "again.dng", "--seed", "3")
    assert again.code == 0 and (isp.folder / "again.dng").read_bytes() == (isp.folder / "new/x.dng").read_bytes()


def test_settings_reach_the_sensor_and_the_file(isp, sensor):
    words = ("--iso", "800", "--exposure", "1/250", "--aperture", "8", "--size", "30x22", "--illuminant", "A", "--luminance", "5000")
    done = isp("capture", sensor, "flat", "-o", "x.npz", *words, "--set", "noise.read.deviation=9", "--json")
    assert done.code == 0, done.err
    (told,) = json.loads(done.out)["written"]
    assert told["iso"] == 800 and told["exposure_time"] == pytest.approx(1 / 250) and told["aperture"] == 8
    frame = load_frame(isp.folder / "x.npz")
    assert frame.pixels.shape == (22, 30)
    gain = 0.2 * 800 / 200 * 2  # the gain at base ISO 100
    np.testing.assert_allclose(frame.noise[:, 0], gain, rtol=1e-5)
    np.testing.assert_allclose(frame.noise[:, 1], (9 * gain) ** 2 - gain * 64 + 1 / 12, rtol=1e-4)
    assert frame.as_shot[2] > 1.5 * frame.as_shot[0], "under a lamp, blue is what lacks"


def test_a_photograph_is_a_scene(isp, sensor):
    colours = np.zeros((24, 36, 3), np.uint8)
    colours[:, :12, 0] = colours[:, 12:24, 1] = colours[:, 24:, 2] = 200
    Image.fromarray(colours).save(isp.folder / "flag.png")
    assert isp("capture", sensor, "flag.png", "-o", "x.dng", "--no-noise").code == 0
    mosaic = np.asarray(read(isp.folder / "x.dng").pixels, float)
    assert mosaic.shape == (24, 36)
    green, red = mosaic[0::2, 0::2], mosaic[1::2, 0::2]
    assert red[:, 2:5].mean() > 2 * red[:, 13:17].mean() and green[:, 7:11].mean() > 2 * green[:, 13:17].mean()


def test_frames_and_readings_are_counted_in_the_names(isp, sensor):
    (isp.folder / "hdr.yaml").write_text(SENSOR.replace("  - exposure.lens", "  - readout.bracket: {ratios: [1, 0.25]}\n  - exposure.lens"))
    done = isp("capture", "hdr.yaml", "flat", "-o", "b.npz", "--frames", "2")
    assert done.out.split() == ["b_000_0.npz", "b_000_1.npz", "b_001_0.npz", "b_001_1.npz"]


@pytest.mark.parametrize(
    "words, code, told",
    [
        (("nosuch", "flat", "-o", "x.dng"), 2, "nosuch: no such file"),
        (("s1.yaml", "slantededge", "-o", "x.dng"), 2, "no such picture, scene file or chart"),
        (("s1.yaml", "nosuch.png", "-o", "x.dng"), 1, "nosuch.png: no such file"),
        (("s1.yaml", "s1.yaml", "-o", "x.dng"), 2, "is in the scene and in the sensor"),
        (("s1.yaml", "flat", "-o", "x.png"), 2, "end it in .dng or .npz"),
        (("s1.yaml", "flat", "-o", "x.dng", "--exposure", "1/0"), 2, "is no exposure time"),
        (("s1.yaml", "flat", "-o", "x.dng", "--size", "0x9"), 2, "is no size"),
        (("s1.yaml", "flat", "-o", "x.dng", "--illuminant", "D66"), 2, "'D66' is not one of D65"),
        (("s1.yaml", "flat", "-o", "x.dng", "--illuminant", "5K"), 2, "scene.black_body.temperature: 5 is not"),
        (("s1.yaml", "flat", "-o", "x.dng", "--set", "noise.read.deviation=-1"), 2, "-1 is not a number in"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_a_line(isp, sensor, words, code, told):
    done = isp("capture", *words)
    assert done.code == code and told in done.err and len(done.errors) == 1 and not done.out
    assert not list(isp.folder.glob("x.*"))


RANGED = """isp: 1
title: Many phones
stages:
  - exposure.settings: {iso: 100, aperture: 2.2, pitch: 1.4 um}
  - exposure.lens
  - sensitivity.matrix: {electrons: 6000 e-/(lx s)}
  - cfa.bayer:
      pattern: ~choice(rggb, bggr, grbg, gbrg)
  - noise.read:
      deviation: ~log_uniform(1, 8) e-
  - adc.linear: {gain: 0.16 DN/e-, pedestal: "~uniform(32, 96) DN", bits: 10}
"""


def test_a_seed_draws_from_ranges_once_and_says_what(isp):
    (isp.folder / "many.yaml").write_text(RANGED)
    words = ("capture", "many.yaml", "flat", "--size", "16x16", "--frames", "2")
    first = json.loads(isp(*words, "-o", "a.npz", "--seed", "3", "--json").out)
    assert set(first["drawn"]) == {"cfa.bayer.pattern", "noise.read.deviation", "adc.linear.pedestal"}
    again = isp(*words, "-o", "b.npz", "--seed", "3")
    assert again.err.splitlines() == [
        f"drew cfa.bayer.pattern = {first['drawn']['cfa.bayer.pattern']} of ~choice(rggb, bggr, grbg, gbrg)",
        f"drew noise.read.deviation = {first['drawn']['noise.read.deviation']} of ~log_uniform(1, 8) e-",
        f"drew adc.linear.pedestal = {first['drawn']['adc.linear.pedestal']} of ~uniform(32, 96) DN",
    ]
    set_ = [word for path, value in first["drawn"].items() for word in ("--set", f"{path}={value}")]
    said = json.loads(isp(*words, "-o", "c.npz", "--seed", "3", "--json", *set_).out)
    assert said["drawn"] == {}
    from isp.io import read

    frames = [read(str(isp.folder / f"{name}_{i:03d}.npz")) for name in "abc" for i in range(2)]
    for a, b in zip(frames[:2] * 2, frames[2:], strict=True):
        np.testing.assert_array_equal(a.pixels, b.pixels)
    assert frames[0].black[0] == pytest.approx(first["drawn"]["adc.linear.pedestal"]) == frames[1].black[0], "once for all frames"
    other = json.loads(isp(*words, "-o", "d.npz", "--seed", "4", "--json").out)["drawn"]
    assert other["noise.read.deviation"] != first["drawn"]["noise.read.deviation"]


def test_ranges_are_sound_for_check_and_refused_where_one_value_is_needed(isp):
    (isp.folder / "many.yaml").write_text(RANGED)
    done = isp("check", "many.yaml")
    assert done.code == 0 and "ranges to draw from: cfa.bayer.pattern ~choice(rggb, bggr, grbg, gbrg), noise.read.deviation" in done.out
    assert isp("cite", "many.yaml").code == 0
    done = isp("develop", "many.yaml", "none.dng", "-o", "x.png")
    assert done.code == 2 and [line.partition(": ")[2].partition(": ")[0] for line in done.errors] == [
        "many.yaml:8:16", "many.yaml:10:18", "many.yaml:11:46"
    ]  # fmt: skip
    assert "one value is needed here" in done.errors[0] and "--set cfa.bayer.pattern=..." in done.errors[0]
