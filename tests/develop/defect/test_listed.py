"""Listed defects: exact repair of what is linear, clusters, borders and other filter arrays."""

import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame
from isp.develop.defect.listed import Listed

BAYER = Cfa.bayer("grbg")
QUAD = Cfa(("rrgg", "rrgg", "ggbb", "ggbb"))
XTRANS = Cfa(("gbgrgr", "rgrbgb", "gbgrgr", "grgbgb", "bgbrgr", "grgbgb"))


def mosaic(pixels, defects, cfa=BAYER):
    return Frame(pixels=np.asarray(pixels, np.float32), domain=Domain.MOSAIC, cfa=cfa, defects=np.asarray(defects).reshape(-1, 2))


def planted(truth, defects, value=7.0):
    out = truth.copy()
    for row, column in defects:
        out[row, column] = value
    return out


def test_a_plane_of_light_is_restored_exactly():
    """Opposite neighbours restore any linear ramp, each colour with its own slope."""
    y, x = np.mgrid[:30, :32]
    truth = 0.2 + 0.01 * y + 0.005 * x + 0.1 * (y % 2) + 0.2 * (x % 2)
    defects = [(4, 5), (10, 10), (10, 11), (11, 10), (17, 3), (20, 28)]
    out = Listed()(mosaic(planted(truth, defects), defects)).pixels
    np.testing.assert_allclose(out, truth, atol=1e-6)


def test_only_listed_sites_change():
    rng = np.random.default_rng(0)
    noise = rng.uniform(0, 1, (20, 22))
    defects = [(0, 0), (1, 1), (7, 9), (19, 21)]
    changed = np.asarray(Listed()(mosaic(noise, defects)).pixels) != noise.astype(np.float32)
    assert sorted(map(tuple, np.argwhere(changed))) == defects


@pytest.mark.parametrize("cfa", [BAYER, QUAD, XTRANS, Cfa(("w",))])
def test_clusters_borders_and_any_array(cfa):
    """A flat field with a cluster, whole pairs of the same colour, and sites on every border comes back flat."""
    truth = np.full((25, 26), 0.4)
    # A 3x3 cluster would hold a whole red block of the quad array, which has no other red within reach.
    cluster = [(r, c) for r in (11, 12, 13)[: 2 if cfa is QUAD else 3] for c in (15, 16, 17)[: 2 if cfa is QUAD else 3]]
    defects = [*cluster, (0, 0), (0, 2), (1, 1), (1, 7), (2, 2), (23, 24), (24, 25), (24, 3), (12, 0), (13, 25), (5, 5), (5, 7), (7, 5)]
    out = Listed()(mosaic(planted(truth, defects), defects, cfa)).pixels
    np.testing.assert_allclose(out, truth, atol=1e-6)


def test_a_dead_column_follows_the_edge():
    """Each site of a dead column lies on a vertical edge: the vertical pair is listed, the diagonals decide, and stay within the range."""
    truth = np.where(np.arange(24)[None] < 12, 0.2, 0.8) * np.ones((20, 1))
    defects = [(r, 12) for r in range(20)]
    out = np.asarray(Listed()(mosaic(planted(truth, defects), defects)).pixels)
    assert out[:, 12].min() >= 0.2
    assert out[:, 12].max() <= 0.8


def test_an_edge_is_not_smeared():
    """One bad site beside a diagonal edge takes the value of its own side."""
    y, x = np.mgrid[:24, :24]
    truth = np.where(x - y > 0, 0.8, 0.2)
    out = Listed()(mosaic(planted(truth, [(12, 12)]), [(12, 12)])).pixels
    assert out[12, 12] == pytest.approx(0.2, abs=1e-3)


def test_an_empty_list_and_no_list_change_nothing():
    noise = np.random.default_rng(0).uniform(0, 1, (8, 8)).astype(np.float32)
    assert np.array_equal(Listed()(mosaic(noise, np.zeros((0, 2)))).pixels, noise)
    assert np.array_equal(Listed()(mosaic(noise, []).but(defects=None)).pixels, noise)


def test_sites_outside_the_frame_are_ignored():
    noise = np.random.default_rng(0).uniform(0, 1, (8, 8)).astype(np.float32)
    assert np.array_equal(Listed()(mosaic(noise, [(-1, 3), (40, 2), (3, 8)])).pixels, noise)
