"""`isp.capture(sensor, scene)`: what the command line writes as a file, as a frame."""

import numpy as np
import pytest

import isp
from isp.core import Domain, Frame, SpecError
from isp.execute import Shot, capture, light
from isp.execute.pose import posed
from isp.spec import load

SENSOR = """
isp: 1
camera: {make: Acme, model: S1, rows: 40, columns: 60}
stages:
  - exposure.settings: {iso: 200, aperture: 4.0, pitch: 1.4 um}
  - exposure.lens
  - sensitivity.matrix: {electrons: 8000 e-/(lx s)}
  - cfa.bayer: {pattern: grbg}
  - noise.photon
  - noise.read: {deviation: 2.5}
  - adc.linear: {gain: 0.2, pedestal: 64, bits: 10}
"""


def test_it_is_the_frame_that_a_scene_of_stages_gives():
    scene = load("isp: 1\ninput: scene\nstages: [scene.light: {illuminant: D65, bands: rgb}, scene.slanted_edge]")
    (wanted,) = capture(load(SENSOR, kind="sensors"), scene, light(40, 60), Shot(iso=400, seed=3))
    made = isp.capture(SENSOR, "slanted_edge", iso=400, seed=3)
    assert made.domain is Domain.MOSAIC_DN and (made.make, made.model) == ("Acme", "S1")
    assert np.array_equal(made.pixels, wanted.pixels)


def test_a_chain_and_an_array_are_a_sensor_and_a_scene():
    sensor = load(SENSOR, kind="sensors")
    grey = np.full((40, 60, 3), 0.5, np.float32)
    made = isp.capture(sensor, grey, noise=False)
    assert made.pixels.shape == (40, 60)
    framed = Frame(pixels=grey, domain=Domain.DISPLAY, primaries="srgb", transfer="srgb")
    assert np.array_equal(made.pixels, isp.capture(sensor, framed, noise=False).pixels)


def test_where_there_are_more_frames_it_is_their_list():
    frames = isp.capture(SENSOR, "slanted_edge", frames=2)
    assert len(frames) == 2 and not np.array_equal(frames[0].pixels, frames[1].pixels)


def test_sensor_and_scene_are_changed_by_their_names_and_a_seed_draws_ranges():
    said = posed(SENSOR, "slanted_edge", seed=1, set=["scene.slanted_edge.angle=8", "noise.read.deviation=~uniform(1, 4) e-"])
    assert said.chain["scene.slanted_edge"].angle == 8
    assert 1 <= said.drawn["noise.read.deviation"] <= 4
    assert said.chain["noise.read"].deviation == pytest.approx(said.drawn["noise.read.deviation"])


def test_a_scene_that_is_not_known_says_which_are():
    with pytest.raises(SpecError, match=r"no such picture, scene file or chart.*colour_checker"):
        isp.capture(SENSOR, "slanted")
