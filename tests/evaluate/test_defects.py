"""Planted defects are listed, and sound sites are not."""

import numpy as np
import pytest

from isp.core.errors import DataError
from isp.evaluate.defects import defects


@pytest.fixture
def frames():
    rng = np.random.default_rng(0)
    tint = np.tile([[0.5, 1.0], [1.0, 0.7]], (60, 80))
    falloff = 1 - 0.4 * ((np.mgrid[-1:1:120j, -1:1:160j] ** 2).sum(0)) / 2
    return np.rint(rng.normal(64, 0.5, (120, 160))), 64 + 2000 * tint * falloff * rng.normal(1, 0.008, (120, 160))


def test_hot_dead_and_stuck_sites_are_listed_and_no_others(frames):
    dark, flat = frames
    dark[10, 11] += 30
    flat[50, 61], flat[0, 0], flat[119, 159] = 64, 500, 4095
    found = defects(dark, flat)
    listed = {(*map(int, site), str(kind)) for site, kind in zip(found.sites, found.kinds, strict=True)}
    assert listed == {(10, 11, "hot"), (50, 61, "dim"), (0, 0, "dim"), (119, 159, "bright")}
    assert found.count("dim") == 2 and found.expected_false < 1e-3


def test_false_alarms_are_as_many_as_said():
    dark = np.random.default_rng(1).normal(64, 5, (600, 800))
    found = defects(dark, sigmas=3.0)
    assert found.expected_false == pytest.approx(600 * 800 * 0.00135, rel=0.01)
    # The median held against is itself uncertain by some percent, which moves a tail of three deviations by more.
    assert found.sites.shape[0] == pytest.approx(found.expected_false, rel=0.4)


def test_sizes_that_differ_are_refused(frames):
    with pytest.raises(DataError, match="flat: is "):
        defects(frames[0], frames[1][:-2])
