"""Falloff, colour and blur that are put in a profile come back out of flats, charts and edges seen through all three at once."""

import re

import numpy as np
import pytest

from isp.calibrate import Capture, as_json, calibrate, page, profile_of, recognised, rows
from isp.calibrate.captures import Raw
from isp.calibrate.colour import camera_matrix, reference
from isp.calibrate.sharpness import gaussian
from isp.core import Cfa, DataError, Domain, Frame
from isp.evaluate.chart.checker import middles
from isp.evaluate.measured import Measured
from isp.io import read
from isp.ops import charts
from isp.spec import load

SIZE = 192, 288
SIGMA = 0.9
MESH = [[1 + 0.5 * ((y / 2) ** 2 + (x / 3) ** 2) / 2 for x in range(-3, 4)] for y in range(-2, 3)]
MATRICES = {
    "A": [[0.8, -0.14, -0.045], [-0.48, 1.39, 0.38], [-0.07, 0.2, 0.83]],
    "D65": [[0.56, -0.036, -0.068], [-0.48, 1.2, 0.23], [-0.138, 0.248, 0.595]],
}
SENSOR = f"""isp: 1
title: Seeing
stages:
  - exposure.settings: {{iso: 100, aperture: 2.8, pitch: 2.0}}
  - scene.rgb
  - optics.gaussian_psf: {{sigma: {SIGMA}, corner: {SIGMA}}}
  - optics.vignetting_mesh: {{gains: [{MESH}]}}
  - exposure.lens: {{transmission: 1.0}}
  - sensitivity.matrix: {{electrons: 2000, matrices: {list(MATRICES.values())}, illuminants: [2856, 6504]}}
  - cfa.bayer: {{pattern: rggb}}
  - noise.read: {{deviation: 20.0}}
  - adc.linear: {{gain: 4.0, pedestal: 512, bits: 16}}
"""
TIME = 0.06


def scene(chart, light="D65"):
    return load(f"isp: 1\ninput: scene\nstages: [{{scene.light: {{illuminant: {light}, luminance: 1000}}}}, {chart}]")


@pytest.fixture(scope="module")
def lab(laboratory):
    sensor, flat = load(SENSOR), scene("{scene.flat: {share: 1}}")
    laboratory.shoot("stack_flat", sensor, flat, [TIME], SIZE, frames=4)
    laboratory.shoot("stack_dark", sensor, flat.replace({"scene.flat.share": 0.0}), [TIME], SIZE, frames=4, seed=1)
    for light in MATRICES:
        laboratory.shoot(f"chart_{light}", sensor, scene("scene.colour_checker", light), [TIME], SIZE, frames=1, seed=2)
    laboratory.shoot("edge", sensor, scene("{scene.slanted_edge: {angle: 5}}"), [TIME], SIZE, frames=1, seed=3)
    return laboratory


@pytest.fixture(scope="module")
def found(lab):
    return lab.measured()


def test_the_falloff_comes_back(found):
    gains = found.mesh.gains
    down, across = (np.linspace(0, 1, n) for n in gains.value.shape[1:])
    # The planted mesh is linear between its points, the one found has others between: it is held against the field itself.
    rows_, columns = np.linspace(0, 1, 5), np.linspace(0, 1, 7)
    truth = np.array([[np.interp(x, columns, [np.interp(y, rows_, c) for c in np.array(MESH).T]) for x in across] for y in down])
    for mesh in gains.value:
        off = mesh / truth / np.median(mesh / truth) - 1  # a mesh is 1 at its own brightest point, which lies beside that of the field
        assert np.abs(off)[1:-1, 1:-1].max() < 0.01 and np.abs(off).max() < 0.03


def test_the_matrices_come_back_within_their_errors(found):
    assert [c.light for c in found.colours] == ["A", "D65"] and [c.temperature for c in found.colours] == [2856, 6504]
    for colour in found.colours:
        _, white = reference(colour.light)
        truth = np.array(MATRICES[colour.light])
        truth = truth / (truth @ white).max()
        # What is left of the falloff is not in the errors, and takes one more of them.
        assert np.all(np.abs(colour.matrix.value - truth) < 5 * colour.matrix.error + 1e-3)
        assert colour.matrix.error.max() < 0.01
        np.testing.assert_allclose(colour.matrix.value @ white, truth @ white, atol=5e-3)
        assert list(colour.fits) == ["plain", "white_preserving", "least_difference", "root_polynomial"]
        assert all(fit.mean < 0.3 and fit.percentile95 < 0.8 for fit in colour.fits.values()), "a camera that is a matrix leaves nothing"


def test_the_chart_is_found_where_it_is(found):
    tall, wide = (np.mean(ends, 1) for ends in charts.grid(*SIZE, 4, 6, 0.06, 0.84))
    wanted = [(wide[0], tall[0]), (wide[-1], tall[0]), (wide[-1], tall[-1]), (wide[0], tall[-1])]
    for colour in found.colours:
        np.testing.assert_allclose(colour.corners, wanted, atol=4)


def test_the_blur_comes_back(found):
    (edge,) = found.edges
    assert float(edge.together.value) == pytest.approx(SIGMA, rel=0.02)
    assert set(edge.mtf50) == {"r", "g", "b"} and all(float(m.error) < 0.01 for m in edge.mtf50.values())


def test_the_profile_looks_through_the_same_lens(found):
    by = {stage.name: stage for stage in profile_of(found).chain}
    assert float(by["optics.gaussian_psf"].sigma) == pytest.approx(SIGMA, rel=0.02)
    assert by["sensitivity.matrix"].matrices.shape == (2, 3, 3) and by["optics.vignetting_mesh"].gains.shape[0] == 3


def test_the_page_and_the_document_hold_everything(found):
    html = page(found)
    assert html.count("<svg") == 4 and "ColorChecker in A" in html and "://" not in html.replace("http://www.w3.org", "")
    assert not re.search(r"\bnan\b", html, re.I)
    told = as_json(found)
    assert len(told["colour"]) == 2 and len(told["colour"][0]["fits"]["plain"]["differences"]) == 24
    assert {r.unit for r in rows(found)} >= {"dE00", "c/px", "px"}


def test_a_turned_chart_is_found_by_its_corners_and_upside_down_by_itself(lab, tmp_path):
    frame = read(lab.folder / "chart_D65" / "00100_000_00.dng")
    turned = frame.but(pixels=np.ascontiguousarray(np.asarray(frame.pixels)[::-1, ::-1]), cfa=Cfa.bayer("bggr"))
    from isp.io import save_frame

    (tmp_path / "chart_D65").mkdir()
    save_frame(turned, tmp_path / "chart_D65" / "turned.npz")
    (colour,) = calibrate(recognised([tmp_path]), trusted=True).colours
    assert colour.corners[0][0] > colour.corners[1][0] and colour.fits["plain"].mean < 3, "the falloff is not undone here"
    again = calibrate(recognised([tmp_path]), trusted=True, corners=colour.corners).colours[0]
    np.testing.assert_allclose(again.matrix.value, colour.matrix.value)


def test_what_is_no_chart_is_refused_and_saturated_patches_are_named(lab, tmp_path):
    flat = next((lab.folder / "stack_flat").iterdir())
    with pytest.raises(DataError, match=r"no ColorChecker found.*--corners"):
        calibrate([Capture(flat, "chart", "D65")], trusted=True)
    with pytest.raises(DataError, match="patch dark skin: lies at -50, 10, not within 288 x 192"):
        calibrate([Capture(flat, "chart", "D65")], trusted=True, corners=[(-50, 10), (200, 10), (200, 100), (-50, 100)])
    frame = read(lab.folder / "chart_D65" / "00100_000_00.dng")
    from isp.io import save_frame

    top = np.asarray(frame.pixels)[150:167, 30:46].min()  # the white patch: all of it is above this
    save_frame(
        frame.but(pixels=np.minimum(np.asarray(frame.pixels), top), white=np.full(4, float(top), np.float32)), tmp_path / "bright.npz"
    )
    with pytest.raises(DataError) as refused:
        calibrate([Capture(tmp_path / "bright.npz", "chart", "D65")], trusted=True, corners=[(38, 32), (249, 32), (249, 159), (38, 159)])
    assert any("patch white" in line and "100% of its sites are saturated" in line for line in str(refused.value).splitlines())
    assert len(refused.value.problems) > 2, "every patch at fault is named at once"


def test_corners_of_a_tilted_chart_are_a_projection():
    places = middles([(10, 20), (110, 30), (120, 95), (5, 80)])
    np.testing.assert_allclose(places[[0, 5, 23, 18]], [(10, 20), (110, 30), (120, 95), (5, 80)], atol=1e-9)
    # Straight lines stay straight: the patches of a row lie on one line.
    for row in places.reshape(4, 6, 2):
        np.testing.assert_allclose((row - row[0]) @ [row[0, 1] - row[-1, 1], row[-1, 0] - row[0, 0]], 0, atol=1e-8)


def test_a_colour_matrix_has_white_exact():
    xyz, white = reference("LED-B3")
    truth = np.array(MATRICES["D65"])
    camera = xyz @ truth.T * 700
    found = camera_matrix(camera, xyz, white)
    np.testing.assert_allclose(found.value, truth / (truth @ white).max(), atol=1e-9)
    bent = camera * (1 + 0.05 * np.sin(np.arange(24)))[:, None]
    assert (camera_matrix(bent, xyz, white).value @ white).max() == pytest.approx(1)


@pytest.mark.parametrize("sigma", [0.6, 0.9, 2.0])
def test_the_gaussian_of_an_mtf50_has_that_mtf50(sigma):
    """Its closed form: a Gaussian through two boxes, one of the scene's squares and one of the pixels."""
    angle, f = np.radians(5), np.linspace(1e-3, 0.9, 20000)
    box = np.sinc(f * np.cos(angle)) * np.sinc(f * np.sin(angle))
    at = float(np.interp(-0.5, -(box**2 * np.exp(-2 * (np.pi * sigma * f) ** 2)), f))
    found = gaussian(Measured(np.array(at), np.array(1e-3)), 5.0)
    # A small Gaussian is not sampled often enough to follow its closed form; the stage is, and the stage is what counts.
    assert float(found.value) == pytest.approx(sigma, rel=0.03 if sigma < 0.8 else 3e-3) and float(found.error) > 0


def test_a_frame_without_filters_has_no_colour():
    frame = Frame(pixels=np.full((64, 64), 9, np.uint16), domain=Domain.MOSAIC_DN, cfa=Cfa(("w",)))
    from isp.calibrate.colour import colour_of

    with pytest.raises(DataError, match="filters w"):
        colour_of(Raw("x", frame.pixels, frame, 0, 0, 0), np.ones((1, 64, 64)), "D65")


def test_without_darks_the_black_that_files_state_will_do(lab):
    files = [lab.folder / "stack_flat", lab.folder / "chart_D65"]
    found = calibrate(recognised(files), trusted=True)
    assert found.mesh is not None and found.colours[0].fits["plain"].mean < 0.3
