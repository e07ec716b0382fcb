"""Distortion and lateral colour that were planted, by blobs that are drawn where a lens puts them and by the stages of the lens itself."""

import jax
import numpy as np
import pytest

from isp.capture.optics.distortion import Distortion
from isp.capture.optics.lateral_colour import LateralColour
from isp.capture.scene.dot_grid import DotGrid
from isp.core import Domain, Frame
from isp.core.errors import DataError
from isp.evaluate.chart.distortion import distortion
from isp.evaluate.chart.lateral_colour import lateral_colour

RNG = np.random.default_rng(0)
ROWS, COLUMNS = 240, 320
HALF = np.hypot(ROWS, COLUMNS) / 2


def blobs(k1, k2, axis=(0.0, 0.0), turn=0.0, tilt=0.0, shift=(0.0, 0.0), noise=0.0):
    """Dark Gaussians where the lens puts the points of a grid of 19 pixels; `axis` and `shift` from the middle in pixels."""
    x, y = (a.ravel().astype(float) * 19 for a in np.meshgrid(np.arange(-12, 13), np.arange(-9, 10)))
    x, y = np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y
    depth = 1 + tilt * x / HALF
    x, y = x / depth + shift[0] - axis[0], y / depth + shift[1] - axis[1]
    unit = np.hypot(COLUMNS / 2 + abs(axis[0]), ROWS / 2 + abs(axis[1]))
    square = (x**2 + y**2) / unit**2
    grown = 1 + k1 * square + k2 * square**2
    x, y = (a * grown + o + (n - 1) / 2 for a, o, n in ((x, axis[0], COLUMNS), (y, axis[1], ROWS)))
    across, down = (np.exp(-((np.arange(n) - a[:, None]) ** 2) / (2 * 2.5**2)) for n, a in ((COLUMNS, x), (ROWS, y)))
    plane = 0.8 - 0.7 * np.einsum("nr,nc->rc", down, across)
    return plane + noise * RNG.normal(size=plane.shape)


@pytest.mark.parametrize("k1, k2", [(-0.1, 0.01), (0.08, -0.02), (0.0, 0.0)])
def test_a_planted_lens_is_found(k1, k2):
    found = distortion(blobs(k1, k2, turn=0.02, tilt=0.03, shift=(4.3, -2.6)))
    assert found.k1.value == pytest.approx(k1, abs=1e-3) and found.k2.value == pytest.approx(k2, abs=2e-3)
    assert found.off < 0.02 and found.corner == pytest.approx(k1 + k2, abs=1e-3)
    # On a frame of 3:4 the middle of the upper edge lies at 0.6 of the way to the corner.
    sides = (1 + k1 + k2) / (1 + 0.36 * k1 + 0.1296 * k2) - 1
    assert found.smia_tv == pytest.approx(sides, abs=1e-3) and found.tv == pytest.approx(sides / 2, abs=1e-3)
    assert found.bent > 1 or not k1


def test_an_axis_that_is_off_is_found_and_noise_is_told_as_an_error():
    found = distortion(blobs(-0.09, 0.02, axis=(9.0, -6.0), noise=0.01), free_axis=True)
    assert found.k1.value == pytest.approx(-0.09, abs=4 * float(found.k1.error)) and 0 < found.k1.error < 3e-3
    assert found.axis == pytest.approx(((COLUMNS - 1) / 2 + 9, (ROWS - 1) / 2 - 6), abs=1.0)


@pytest.fixture(scope="module")
def chart():
    """Dots on 240 x 320 pixels, as the scene draws them."""
    return DotGrid()(Frame(pixels=np.ones((ROWS, COLUMNS, 3), np.float32), domain=Domain.SCENE))


def test_dots_cover_their_share_and_one_lies_in_the_middle(chart):
    plane = np.asarray(chart.pixels)[..., 1]
    pitch = 0.08 * ROWS
    middle = plane[round((ROWS - 1) / 2 - pitch / 2) :, :][: round(pitch)]
    assert plane.min() == pytest.approx(0.05, abs=1e-6) and plane.max() == pytest.approx(0.8, abs=1e-6)
    assert plane[119:121, 159:161] == pytest.approx(0.05, abs=1e-6) and middle.min() == pytest.approx(0.05, abs=1e-6)
    inside = plane[24:216, 32:288]  # whole periods
    assert ((0.8 - inside) / 0.75).mean() == pytest.approx(np.pi * 0.2**2, rel=0.02)
    np.testing.assert_allclose(plane, plane[::-1, ::-1], atol=1e-4)


@pytest.mark.parametrize("k1, k2", [(-0.1, 0.01), (0.06, 0.01)])
def test_the_lens_of_a_sensor_is_found(chart, k1, k2):
    plane = np.asarray(jax.jit(lambda lens, frame: lens(frame).pixels)(Distortion(k1=k1, k2=k2), chart))[..., 1]
    found = distortion(plane)
    assert found.k1.value == pytest.approx(k1, abs=1e-3) and found.k2.value == pytest.approx(k2, abs=2e-3)


def test_colours_that_a_lens_magnifies_are_told_apart(chart):
    seen = LateralColour(red=1.5, blue=-1.0, support=2)(chart)
    found = lateral_colour(np.asarray(seen.pixels))
    assert found.corner["red"].value == pytest.approx(1.5, abs=0.02) and found.corner["blue"].value == pytest.approx(-1.0, abs=0.02)
    assert found.percent["red"] == pytest.approx(100 * 1.5 / HALF, abs=0.01) and max(found.off.values()) < 0.03
    assert 1.0 < found.worst["red"] < 1.55
    still = lateral_colour(np.asarray(chart.pixels) * [0.5, 1.0, 0.7])
    assert abs(still.corner["red"].value) < 1e-3 and max(still.worst.values()) < 1e-3


def test_what_is_no_grid_is_refused():
    with pytest.raises(DataError, match="dark dots are seen"):
        distortion(np.full((64, 64), 0.5))
    with pytest.raises(DataError, match="three colours"):
        lateral_colour(np.ones((64, 64)))
    part = blobs(0.0, 0.0)
    part[:, :100], part[:, 220:], part[:60], part[180:] = 0.8, 0.8, 0.8, 0.8
    with pytest.raises(DataError, match="of the way to the corners"):
        distortion(part)
