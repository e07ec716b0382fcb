"""Gain maps: bilinear interpolation against SciPy, planted falloff undone, and the GoPro's own map on its own frame."""

import jax
import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator

import isp
from isp.core import Cfa, Domain, Frame, Shading
from isp.develop.level.linearise import Linearise
from isp.develop.level.subtract_black import SubtractBlack
from isp.develop.shading.gain_map import GainMap

GBRG = Cfa.bayer("gbrg")


def mosaic(pixels, shading=None, cfa=GBRG, **facts):
    return Frame(pixels=np.asarray(pixels, np.float32), domain=Domain.MOSAIC, cfa=cfa, shading=shading, **facts)


def mesh(gains, origin=(0.0, 0.0), extent=(1.0, 1.0)):
    return Shading(gains=np.asarray(gains, np.float32), origin=np.array(origin), extent=np.array(extent))


@pytest.mark.parametrize("origin, extent", [((0, 0), (1, 1)), ((0.1, 0.05), (0.7, 0.9))])
@pytest.mark.parametrize("points", [(2, 2), (5, 7), (23, 23)])
def test_interpolates_as_scipy_does(points, origin, extent):
    rng = np.random.default_rng(1)
    gains = rng.uniform(1, 4, (4, *points))
    out = np.asarray(GainMap()(mosaic(np.ones((31, 46)), mesh(gains, origin, extent))).pixels)
    knots = [o + e * np.linspace(0, 1, n) for o, e, n in zip(origin, extent, points)]
    place = np.stack(np.meshgrid((np.arange(31) + 0.5) / 31, (np.arange(46) + 0.5) / 46, indexing="ij"), -1)
    place = np.clip(place, [k[0] for k in knots], [k[-1] for k in knots])
    for phase, (y, x) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
        theirs = RegularGridInterpolator(knots, gains[phase])(place[y::2, x::2])
        np.testing.assert_allclose(out[y::2, x::2], theirs, rtol=2e-5)


def test_a_planted_falloff_is_undone_to_a_thousandth():
    """cos^4 falloff to a quarter, each colour a little different, described by a 65x65 mesh of its reciprocal."""

    def falloff(y, x, phase):
        square = (y - 0.48) ** 2 + (x - 0.53) ** 2
        return 1 / (1 + (1.8 + 0.1 * phase) * square) ** 2

    y, x = np.meshgrid((np.arange(120) + 0.5) / 120, (np.arange(160) + 0.5) / 160, indexing="ij")
    phase = 2 * (np.arange(120)[:, None] % 2) + np.arange(160)[None] % 2
    net = np.meshgrid(np.linspace(0, 1, 65), np.linspace(0, 1, 65), indexing="ij")
    out = GainMap()(mosaic(0.5 * falloff(y, x, phase), mesh([1 / falloff(*net, p) for p in range(4)])))
    np.testing.assert_allclose(out.pixels, 0.5, rtol=1e-3)
    assert out.shading is None


def test_one_mesh_or_one_a_colour_serve_all_phases():
    flat = np.ones((8, 8))
    assert np.allclose(GainMap()(mosaic(flat, mesh(np.full((1, 3, 3), 2.0)))).pixels, 2)
    colours = np.array([1.0, 2.0, 3.0])[:, None, None] * np.ones((3, 3, 3))
    assert np.allclose(GainMap()(mosaic(flat, mesh(colours))).pixels[:2, :2], [[2, 3], [1, 2]])


def test_strength_scales_the_departure_from_one_and_its_slope_is_true():
    gains = np.random.default_rng(2).uniform(1, 3, (4, 5, 5))
    frame = mosaic(np.ones((12, 12)), mesh(gains))
    whole, half, none = (np.asarray(GainMap(strength=s)(frame).pixels) for s in (1.0, 0.5, 0.0))
    np.testing.assert_allclose(half, (whole + none) / 2, rtol=1e-6)
    np.testing.assert_array_equal(none, 1)
    slope = jax.grad(lambda s: GainMap(strength=s)(frame).pixels.sum())(0.7)
    assert float(slope) == pytest.approx((whole - 1).sum(), rel=1e-5)


def test_white_is_the_lowest_level_of_saturation():
    gains = np.stack([1 + i * 0.5 + np.eye(3) for i in range(4)])
    out = GainMap()(mosaic(np.ones((8, 8)), mesh(gains), white=np.ones(4), noise=np.tile([1e-3, 1e-5], (4, 1))))
    np.testing.assert_allclose(out.white, [1, 1.5, 2, 2.5])
    assert np.all(np.asarray(out.pixels).reshape(4, 2, 4, 2).min((0, 2)).ravel() >= np.asarray(out.white) - 1e-6)
    np.testing.assert_allclose(np.asarray(out.noise)[:, 0], 1e-3 * gains.mean((1, 2)), rtol=1e-6)


def test_without_a_mesh_nothing_changes():
    noise = np.random.default_rng(0).uniform(0, 1, (8, 8)).astype(np.float32)
    assert np.array_equal(GainMap()(mosaic(noise)).pixels, noise)


def test_the_gopro_map_lifts_its_corners(shared_data):
    """Light by distance from the middle: the file's own map leaves the middle (gain 1 there) and lifts the last tenth of the radius,
    the corners, by more than 1.5; that is what the lens took."""
    frame = isp.read(shared_data / "raw" / "gopro_hero6_iso100_GOPR0024.dng")
    before = SubtractBlack()(Linearise()(frame))
    after = GainMap()(before)
    rows, columns = before.pixels.shape
    y, x = np.meshgrid(np.arange(0, rows, 4) + 0.5 - rows / 2, np.arange(0, columns, 4) + 0.5 - columns / 2, indexing="ij")
    radius = np.hypot(y, x) / np.hypot(rows / 2, columns / 2)

    def light(frame, low, high):
        return np.asarray(frame.pixels)[::4, ::4][(radius >= low) & (radius < high)].mean()

    assert light(after, 0, 0.1) == pytest.approx(light(before, 0, 0.1), rel=0.005)
    corner = [light(f, 0.9, 1) / light(f, 0, 0.1) for f in (before, after)]
    assert corner[1] > 1.5 * corner[0]
    np.testing.assert_allclose(after.white, before.white, rtol=1e-6)
