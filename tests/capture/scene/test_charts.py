"""Charts against what they say of themselves: closed forms, and areas counted on a fine grid."""

import jax
import numpy as np
import pytest

import isp.capture.scene as family
from isp.capture.scene.colour_checker import ColourChecker
from isp.capture.scene.dark import Dark
from isp.capture.scene.dead_leaves import DeadLeaves
from isp.capture.scene.flat import Flat
from isp.capture.scene.grey_ramp import GreyRamp
from isp.capture.scene.grey_steps import GreySteps
from isp.capture.scene.hdr import Hdr
from isp.capture.scene.light import Light
from isp.capture.scene.moving_patch import MovingPatch
from isp.capture.scene.siemens_star import SiemensStar
from isp.capture.scene.slanted_edge import SlantedEdge
from isp.capture.scene.zone_plate import ZonePlate
from isp.core import Domain, Frame
from isp.ops import charts, spectra

FINE = 32
"""Samples along each side of a pixel, where areas are counted."""


def ones(rows, columns, **facts):
    return Frame(pixels=np.ones((rows, columns, 3), np.float32), domain=Domain.SCENE, **facts)


def shown(stage, rows, columns, **facts):
    """The reflectance of a grey chart."""
    made = np.asarray(stage(ones(rows, columns, **facts)).pixels, float)
    np.testing.assert_array_equal(made[..., 0], made[..., 2])
    return made[..., 0]


def counted(function, rows, columns):
    """The mean of `function(y, x)` over each pixel."""
    inside = (np.arange(FINE) + 0.5) / FINE - 0.5
    y = (np.arange(rows)[:, None] + inside).reshape(-1)[:, None]
    x = (np.arange(columns)[:, None] + inside).reshape(-1)[None, :]
    return function(y, x).reshape(rows, FINE, columns, FINE).mean((1, 3))


@pytest.mark.parametrize("angle", [0.5, 2.0, 5.0, 30.0, 45.0, 88.0])
def test_a_slanted_edge_covers_each_pixel_by_area(angle):
    rows, columns = 21, 26
    turn = np.radians(angle)

    def right(y, x):
        return ((x - (columns - 1) / 2 - 0.1 * columns) * np.cos(turn) + (y - (rows - 1) / 2) * np.sin(turn) > 0).astype(float)

    found = shown(SlantedEdge(angle=angle, across=0.1, dark=0.1, light=0.9), rows, columns)
    np.testing.assert_allclose(found, 0.1 + 0.8 * counted(right, rows, columns), atol=0.03)
    assert abs(found - 0.1 - 0.8 * counted(right, rows, columns)).mean() < 1e-3


def test_flat_dark_and_ramp_are_what_they_say():
    np.testing.assert_allclose(shown(Flat(share=0.3), 4, 6), 0.3)
    np.testing.assert_array_equal(shown(Dark(), 4, 6), 0)
    np.testing.assert_allclose(shown(GreyRamp(dark=0.1, light=0.7), 3, 12)[1], 0.1 + 0.6 * (np.arange(12) + 0.5) / 12, rtol=1e-6)


def test_grey_steps_are_even_in_density_and_mix_by_area():
    found = shown(GreySteps(lightest=0.1, darkest=1.9, steps=7), 3, 32)[0]
    grey = 10 ** -np.linspace(0.1, 1.9, 7)

    def stripes(y, x):
        return grey[np.clip(((x + 0.5) / 32 * 7).astype(int), 0, 6)] + 0 * y

    np.testing.assert_allclose(found, counted(stripes, 3, 32)[0], atol=0.012)
    np.testing.assert_allclose(found[[2, 15, 30]], grey[[0, 3, 6]], rtol=1e-5)


def test_a_star_holds_the_mean_of_its_wave_over_each_pixel():
    rows = columns = 96
    star = SiemensStar(cycles=24, contrast=0.8, mean=0.5, radius=0.9)

    def wave(y, x):
        return 0.5 + 0.4 * np.cos(24 * np.arctan2(y - 47.5, x - 47.5))

    y, x = np.mgrid[:rows, :columns] - 47.5
    fine = (np.hypot(y, x) > 24 * 4 / 2 / np.pi) & (np.hypot(y, x) < 0.9 * 48 - 1)
    assert abs(shown(star, rows, columns) - counted(wave, rows, columns))[fine].max() < 1.5e-3
    np.testing.assert_allclose(shown(star, rows, columns)[0, 0], 0.5, atol=1e-6)


def test_a_zone_plate_holds_the_mean_of_its_wave_over_each_pixel():
    def wave(y, x):
        return 0.5 + 0.4 * np.cos(np.pi * 0.5 / 40 * ((y - 39.5) ** 2 + (x - 39.5) ** 2))

    found = shown(ZonePlate(contrast=0.8, mean=0.5, finest=0.5), 80, 80)
    assert abs(found - counted(wave, 80, 80)).max() < 0.02


@pytest.mark.parametrize("light", ["D65", "A"])
def test_every_patch_of_the_checker_has_its_reflectance_and_its_place(light):
    for bands, within in (("spectral", 1e-5), ("rgb", 0.18 if light == "A" else 1e-3)):  # RGB does not tell the lamp's spectrum
        lit = Light(illuminant=light, bands=bands, luminance=1.0)(ones(60, 90))
        made = np.asarray(ColourChecker()(lit).array, float)
        where = charts.patches(60, 90, 4, 6, 0.06, 0.84)
        if bands == "spectral":
            expected = np.asarray(spectra.at("colour_checker", spectra.BANDS)) * np.asarray(lit.scene_white)
        else:
            power = spectra.light(light, spectra.GRID)
            rgb = np.asarray(spectra.scene_rgb(spectra.GRID))
            expected = (np.asarray(spectra.at("colour_checker", spectra.GRID)) * np.asarray(power)) @ rgb.T
            expected = expected / (np.asarray(spectra.observer(spectra.GRID))[1] @ np.asarray(power)) / spectra.EFFICACY
        for patch, (rows, columns) in enumerate(where):
            area = made[rows, columns]
            np.testing.assert_allclose(area, np.broadcast_to(expected[patch], area.shape), atol=within)
        np.testing.assert_allclose(made[0, 0], 0.04 * np.asarray(lit.scene_white), rtol=1e-4)


def test_patches_that_share_a_pixel_with_the_ground_mix_by_area():
    tall, wide = (np.asarray(e, float) for e in charts.grid(31, 47, 4, 6, 0.06, 0.84))

    def inside(y, x):
        rows = ((y > tall[:, 0, None, None]) & (y < tall[:, 1, None, None])).any(0)
        columns = ((x > wide[:, 0, None, None]) & (x < wide[:, 1, None, None])).any(0)
        return (rows & columns).astype(float)

    down, across = charts.tiled(np.arange(31.0), tall), charts.tiled(np.arange(47.0), wide)
    (board,) = charts.painted(down, across, np.ones((1, 4, 6)), 0.0)
    np.testing.assert_allclose(board, counted(inside, 31, 47), atol=0.04)


def test_leaves_have_the_mean_and_the_variance_of_uniform_greys():
    found = shown(DeadLeaves(dark=0.2, light=0.8, leaves=4000, smallest=20, largest=100), 96, 128)
    assert found.min() >= 0.2 - 1e-6 and found.max() <= 0.8 + 1e-6
    assert found.mean() == pytest.approx(0.5, abs=0.04)
    assert found.var() == pytest.approx(0.6**2 / 12, rel=0.3)
    assert abs(found - shown(DeadLeaves(dark=0.2, light=0.8, leaves=4000, smallest=20, largest=100, seed=2), 96, 128)).max() > 0.3


def test_radii_of_leaves_follow_the_inverse_cube():
    """The share of radii beyond r of a density r^-3 is (r^-2 - b^-2) / (a^-2 - b^-2)."""
    radii = charts.leaves(3, 20000, 0.01, 0.25)[:, 2]
    for r in (0.015, 0.03, 0.1):
        assert (radii > r).mean() == pytest.approx((r**-2 - 16) / (1e4 - 16), abs=0.01)


def test_windows_span_the_decibels_asked_for():
    found = shown(Hdr(range=120.0, brightest=100.0, windows=7), 80, 140)
    _, wide = (np.asarray(e, float) for e in charts.grid(80, 140, 2, 7, 0.031, 0.87))
    row = found[58, wide.mean(1).round().astype(int)]
    np.testing.assert_allclose(row, 100 * 10 ** -np.linspace(0, 6, 7), rtol=1e-4)
    assert found[20, 70] == pytest.approx(100)


@pytest.mark.parametrize("velocity", [0.0, 40.0, -900.0])
def test_a_moving_patch_is_the_mean_over_the_exposure(velocity):
    stage = MovingPatch(velocity=velocity, patch=1.0, ground=0.0, height=0.5, width=0.3)
    found = shown(stage, 20, 60, moment=np.float32(0.005), exposure_time=np.float32(0.01))
    times = 0.005 + 0.01 * (np.arange(400) + 0.5) / 400
    x = np.arange(60)[:, None]
    middle = 29.5 + velocity * times
    seen = np.clip(np.minimum(x + 0.5, middle + 9) - np.maximum(x - 0.5, middle - 9), 0, 1).mean(1)
    np.testing.assert_allclose(found[10], seen, atol=2e-3)
    np.testing.assert_allclose(found[0], 0, atol=1e-6)


@pytest.mark.parametrize("stage", [SlantedEdge(), ColourChecker(), SiemensStar(), Hdr(), DeadLeaves(leaves=50)], ids=lambda s: s.name)
def test_a_part_of_the_frame_shows_that_part_of_the_chart(stage):
    whole = np.asarray(stage(ones(40, 52)).pixels)
    window = np.array([10, 12, 40, 52], np.float32)
    part = jax.jit(lambda f: stage(f).pixels)(ones(16, 20, window=window))
    np.testing.assert_allclose(part, whole[10:26, 12:32], rtol=1e-5, atol=1e-5)


def test_the_family_says_how_a_scene_begins():
    assert "scene.light" in family.__doc__ and "scene.colour_checker" in family.__doc__
