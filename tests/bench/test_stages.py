"""The bench of stages against a sensor whose every number is known: it is a matrix and a well, and knows no blur but that of its pixels."""

import numpy as np
import pytest
from scipy.optimize import brentq

from isp.bench.noise import LEVELS
from isp.bench.stages import CAPTURE, stages
from isp.core import ChainError
from isp.spec import load

SENSOR = """
isp: 1
title: a well of 1500 electrons that a perfect white fills
input: scene
stages:
  - exposure.settings: {iso: 100, exposure_time: 0.01, aperture: 2.8, pitch: 2.0}
  - scene.rgb
  - exposure.lens: {transmission: 1.0}
  - sensitivity.matrix:
      electrons: 2700.0
      matrices: [[[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]]
      illuminants: [6504.0]
  - cfa.bayer: {pattern: rggb}
  - noise.photon
  - pixel.full_well: {capacity: 1500.0, knee: 0.001}
  - noise.read: {deviation: 3.0}
  - adc.linear: {gain: 0.64, base_iso: 100, pedestal: 64, bits: 10}
"""
PIPELINE = """
isp: 1
stages:
  - level.subtract_black
  - measure.as_shot
  - white_balance.apply
  - denoise.guided
  - demosaic.bilinear
  - colour.matrix
  - encode.srgb
  - geometry.orient
"""


@pytest.fixture(scope="module")
def rows():
    told = []
    made = stages(load(PIPELINE), load(SENSOR), draws=16, probes=16, progress=lambda done, total: told.append((done, total)))
    assert told == [(i + 1, len(told)) for i in range(len(told))]
    return {row.stage: row for row in made}


def test_every_stage_has_a_row_but_what_only_moves_pixels(rows):
    assert list(rows) == [
        CAPTURE, "level.subtract_black", "measure.as_shot", "white_balance.apply", "denoise.guided", "demosaic.bilinear", "colour.matrix", "encode.srgb",
    ]  # fmt: skip
    assert [rows[name].domain for name in (CAPTURE, "denoise.guided", "demosaic.bilinear", "encode.srgb")] == [
        "mosaic_dn", "mosaic", "camera", "display",
    ]  # fmt: skip


def test_a_raw_frame_has_the_sharpness_of_its_pixels_and_the_clipping_of_its_well(rows):
    turn = np.radians(5)
    pixel = brentq(lambda f: np.sinc(f * np.cos(turn)) * np.sinc(f * np.sin(turn)) - 0.5, 0.1, 0.9)
    for name in (CAPTURE, "level.subtract_black", "white_balance.apply"):
        assert rows[name].seen.mtf50.value == pytest.approx(pixel, rel=0.03)
        assert rows[name].seen.clipped == pytest.approx(0.75, abs=0.02)  # the ramp goes to four times white
    assert rows["demosaic.bilinear"].seen.mtf50.value < 0.8 * pixel
    assert rows["encode.srgb"].seen.mtf50.value == pytest.approx(rows["colour.matrix"].seen.mtf50.value, rel=0.02)


def test_colours_of_a_camera_that_is_a_matrix_are_right_and_have_names_after_the_matrix_only(rows):
    for name, row in rows.items():
        assert row.seen.delta_e_fitted < 1.0
        assert np.isnan(row.seen.delta_e) == (name not in ("colour.matrix", "encode.srgb"))
    assert rows["colour.matrix"].seen.delta_e < 1.0


def test_noise_is_that_of_photons_and_of_reading(rows):
    noise = rows["level.subtract_black"].noise
    electrons = 1500 * np.array(LEVELS)
    wanted = np.sqrt(electrons + 9 + 1 / 12 / 0.64**2) / 1500
    np.testing.assert_allclose(noise.predicted.value.mean(1), wanted, rtol=0.05)
    np.testing.assert_allclose(noise.measured.value.mean(1), wanted, rtol=0.05)
    assert rows["level.subtract_black"].numbers()["snr_db"] == pytest.approx(20 * np.log10(0.18 / wanted[2]), abs=0.4)


def test_time_and_memory_are_those_of_programs(rows):
    for name, row in rows.items():
        assert (name == CAPTURE) == np.isnan(row.milliseconds) and (name == CAPTURE or row.milliseconds > 0)
    assert rows["level.subtract_black"].bytes_per_pixel == pytest.approx(4, abs=1), "one number of four bytes"
    assert rows["demosaic.bilinear"].bytes_per_pixel >= 12, "three of them"


def test_what_a_stage_brings_is_seen_where_it_is_missing(rows):
    assert rows["denoise.guided"].change.visual_noise > 0.1 and rows["denoise.guided"].how == "left out"
    assert rows["level.subtract_black"].change.delta_e > 2 and rows["level.subtract_black"].change.psnr_db < -1
    # The colours of this camera are those of sRGB in D65, so there is nothing to balance and no matrix to miss.
    assert abs(rows["colour.matrix"].change.delta_e) < 0.05 and abs(rows["white_balance.apply"].change.delta_e) < 0.05
    assert rows["measure.as_shot"].how == "left out with white_balance.apply"
    assert rows["measure.as_shot"].change == rows["white_balance.apply"].change
    assert rows["demosaic.bilinear"].change is None and "nothing plainer" in rows["demosaic.bilinear"].how
    assert abs(rows["encode.srgb"].change.psnr_db) < 0.1


def test_a_row_says_its_numbers_in_plain_values(rows):
    numbers = rows["denoise.guided"].numbers()
    assert numbers["mtf50"] == float(rows["denoise.guided"].seen.mtf50.value) and numbers["delta_e"] is None
    assert numbers["without_visual_noise"] == rows["denoise.guided"].change.visual_noise
    assert set(numbers) == set(rows[CAPTURE].numbers()) and all(isinstance(v, str | float | None) for v in numbers.values())


def test_a_sensor_that_does_not_fit_is_refused():
    with pytest.raises(ChainError):
        stages(load(PIPELINE), load("isp: 1\ninput: scene\nstages: [exposure.settings]\n"), draws=0, off=False)
