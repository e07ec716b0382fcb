"""The grid of light: shares that sum to one, brightness in stops, on a mosaic as on the picture it samples, and the place it was measured of."""

import numpy as np

from isp.core import Cfa, Domain, Frame
from isp.core.planes import Planes
from isp.develop.measure.light_grid import LightGrid
from isp.develop.measure.thumbnail import Thumbnail


def grid(frame):
    return np.asarray(LightGrid()(frame).light_grid, float)


def test_even_light_is_one_share_at_its_own_brightness():
    """2^-4 and the floor, at 24 x 24 points; the depths around it share it."""
    share, stops = np.moveaxis(grid(Frame(pixels=np.full((48, 60, 3), 2.0**-4, np.float32), domain=Domain.WORKING)), 1, 0)
    np.testing.assert_allclose(share.sum(0), 1, rtol=1e-5)
    np.testing.assert_allclose(stops.sum(0), np.log2(2.0**-4 + 2.0**-10), rtol=1e-5)
    centre = (share * np.arange(10)[:, None, None]).sum(0)
    np.testing.assert_allclose(centre, (np.log2(2.0**-4 + 2.0**-10) + 10) / 1.5, rtol=1e-4)


def test_a_mosaic_tells_what_its_picture_tells():
    """Even patches, balanced or not yet."""
    patches = np.random.default_rng(2).uniform(0.05, 0.9, (24, 30, 1)).astype(np.float32)
    picture = np.repeat(np.repeat(patches, 2, 0), 2, 1) * np.ones(3, np.float32)
    gains = np.array([2.0, 1.0, 1.5], np.float32)
    rows, columns = np.mgrid[:48, :60] % 2
    sites = np.take_along_axis(picture / gains, np.array([[0, 1], [1, 2]])[rows, columns][..., None], -1)[..., 0]
    mosaic = Frame(pixels=sites, domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"), wb_gains=gains)
    np.testing.assert_allclose(grid(mosaic), grid(Frame(pixels=picture[::2, ::2], domain=Domain.WORKING)), atol=2e-4)


def test_measures_of_places_say_what_they_saw():
    """A part of a frame says where in it it lies; a whole one begins at its first pixel."""
    pixels = Planes.split(np.ones((32, 40, 3), np.float32), (1, 1))
    for stage in (LightGrid(), Thumbnail()):
        part = Frame(pixels=pixels, domain=Domain.WORKING, window=np.array([64, 8, 400, 600], np.float32))
        np.testing.assert_array_equal(stage(part).measured_window, [64, 8, 32, 40])
        np.testing.assert_array_equal(stage(part.but(window=None)).measured_window, [0, 0, 32, 40])
