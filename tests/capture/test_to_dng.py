"""Capture to DNG: LibRaw unpacks the very integers that the simulation made, and every fact is read back."""

import numpy as np
import pytest
import rawpy

from isp.execute import Shot, capture, light
from isp.io import read, write_dng
from isp.spec import load

SENSOR = """
isp: 1
stages:
  - exposure.settings: {{iso: 320, aperture: 2.8, pitch: 1.4 um}}
  - exposure.lens
  - sensitivity.gaussian: {{filters: {filters}}}
  - optics.vignetting
  - cfa.{mosaic}
  - noise.prnu
  - noise.photon
  - noise.dark_current
  - noise.read
  - adc.linear: {{gain: 0.3, pedestal: 240, bits: 12}}
"""
SCENE = "{isp: 1, input: scene, stages: [{scene.light: {illuminant: A, luminance: 700}}, scene.colour_checker]}"
MOSAICS = [("bayer: {pattern: gbrg}", "rgb"), ("quad: {pattern: bggr}", "rgb"), ("xtrans", "rgb"), ("rgbw", "rgbw"), ("ryyb", "rby")]


@pytest.mark.parametrize("mosaic, filters", MOSAICS, ids=lambda m: m.split(":")[0])
def test_a_capture_comes_back_whole(mosaic, filters, tmp_path):
    sensor = load(SENSOR.format(mosaic=mosaic, filters=filters), kind="sensors")
    (frame,) = capture(sensor, load(SCENE), light(48, 66), Shot(seed=1, exposure_time=1 / 30))
    frame = frame.but(make="Acme", model="S1")
    path = write_dng(frame, tmp_path / "x.dng")
    with rawpy.imread(str(path)) as raw:
        np.testing.assert_array_equal(raw.raw_image_visible, frame.pixels)
        assert raw.white_level == int(frame.white[0])
        if mosaic.startswith("bayer"):
            names = "".join("RGBG"[i] for i in raw.raw_pattern.ravel())
            assert names.lower() == frame.cfa.sites
            np.testing.assert_allclose(raw.black_level_per_channel, np.mean(frame.black), atol=1)
            np.testing.assert_allclose(np.array(raw.camera_whitebalance[:3]) / raw.camera_whitebalance[1], frame.as_shot, rtol=1e-3)
    back = read(path)
    np.testing.assert_array_equal(back.pixels, frame.pixels)
    assert back.cfa == frame.cfa and (back.make, back.model) == ("Acme", "S1")
    for fact in ("iso", "exposure_time", "aperture", "black", "as_shot", "noise"):
        np.testing.assert_allclose(getattr(back, fact), np.asarray(getattr(frame, fact)), rtol=1e-3, atol=1e-3, err_msg=fact)
    np.testing.assert_allclose(back.camera_matrix, frame.camera_matrix, atol=1e-4)
    np.testing.assert_allclose(back.illuminants, frame.illuminants, rtol=1e-3)
    gains = np.broadcast_to(np.asarray(frame.shading.gains), back.shading.gains.shape) if len(frame.shading.gains) == 1 else None
    if gains is not None:
        np.testing.assert_allclose(back.shading.gains, gains, rtol=1e-5)
