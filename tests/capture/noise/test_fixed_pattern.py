"""What belongs to the die stays with it, what belongs to a reading goes with it."""

import numpy as np
import pytest
from scipy import stats

from isp.capture.noise.column import Column
from isp.capture.noise.dark_current import DarkCurrent
from isp.capture.noise.dsnu import Dsnu
from isp.capture.noise.hot_pixels import HotPixels
from isp.capture.noise.photon import Photon
from isp.capture.noise.prnu import Prnu
from isp.capture.noise.read import Read
from isp.capture.noise.read_tukey import ReadTukey
from isp.capture.noise.row import Row
from isp.capture.noise.telegraph import Telegraph

FIXED = [Prnu(), Dsnu(), Row(pattern="fixed"), Column(pattern="fixed")]
EXPOSURE = [Photon(), DarkCurrent(current=100.0)]
READOUT = [Read(), ReadTukey(), Row(), Column()]


def drawn(through, stage, frame):
    return np.asarray(through([stage], frame).pixels, np.float64)


@pytest.mark.parametrize("stage", FIXED, ids=lambda s: s.name)
def test_a_pattern_belongs_to_the_unit(stage, flat, through):
    first, later, other = (drawn(through, stage, flat(100.0, seed=s, unit=u)) for s, u in ((1, 0), (2, 0), (1, 1)))
    np.testing.assert_array_equal(first, later)
    assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.2 and first.std() > 0
    assert through([stage], flat(100.0)).noise is None or not np.asarray(through([stage], flat(100.0)).noise).any()


@pytest.mark.parametrize("stage", EXPOSURE + READOUT, ids=lambda s: s.name)
def test_noise_belongs_to_the_occasion(stage, flat, through):
    first, later, die = (drawn(through, stage, flat(100.0, seed=s, unit=u)) for s, u in ((1, 0), (2, 0), (1, 1)))
    assert (first != later).mean() > 0.5 and abs(np.corrcoef(first.ravel(), later.ravel())[0, 1]) < 0.2
    np.testing.assert_array_equal(first, die)


@pytest.mark.parametrize("stage", EXPOSURE + READOUT, ids=lambda s: s.name)
def test_a_second_reading_sees_the_same_light_through_another_amplifier(stage, flat, through):
    first, second = (drawn(through, stage, flat(100.0, readout=i)) for i in (0, 1))
    assert (first == second).all() == (stage in EXPOSURE)


def test_prnu_and_dsnu_have_their_deviations(flat, through):
    assert abs(drawn(through, Prnu(deviation=2.0), flat(1000.0)).std() / 20 - 1) < 0.01
    assert abs(drawn(through, Dsnu(deviation=3.0, growth=40.0), flat(0.0, exposure_time=np.float32(0.1))).std() / 5 - 1) < 0.01
    assert abs(drawn(through, Dsnu(deviation=3.0), flat(0.0).but(exposure_time=None)).std() / 3 - 1) < 0.01


def test_hot_sites_are_the_same_ones_and_glow_with_time_and_warmth(flat, through):
    stage = HotPixels(share=0.01, current=1000.0, temperature=25.0)
    short, long = (drawn(through, stage, flat(0.0, seed=s, exposure_time=np.float32(t))) for s, t in ((1, 0.2), (2, 2.0)))
    hot = long > 100
    assert 0.5 * (long > 0).mean() < 0.01 < 1.05 * (long > 0).mean()
    assert (short[~(long > 0)] == 0).all(), "a site that is not hot after long is not after a short time"
    assert abs(short[hot].sum() / long[hot].sum() - 0.1) < 0.005
    assert stats.kstest(long[long > 0] / 2000, "expon").pvalue > 1e-3
    warm = drawn(through, stage.with_values(temperature=31.5), flat(0.0, exposure_time=np.float32(1.0)))
    cold = drawn(through, stage, flat(0.0, exposure_time=np.float32(1.0)))
    assert abs(warm.sum() / cold.sum() - 2) < 0.02


def test_dark_current_doubles_with_warmth_and_grows_with_time(flat, through):
    def mean(t, warm):
        return drawn(
            through, DarkCurrent(current=80.0, temperature=25.0 + warm, doubling=7.0), flat(0.0, exposure_time=np.float32(t))
        ).mean()

    assert abs(mean(1.0, 0.0) - 80) < 0.2 and abs(mean(0.5, 0.0) - 40) < 0.15
    assert abs(mean(1.0, 7.0) - 160) < 0.3 and abs(mean(1.0, -7.0) - 40) < 0.15


def test_telegraph_sites_jump_between_two_levels_about_the_mean(flat, through):
    stage, frames = Telegraph(share=0.05, amplitude=10.0), range(40)
    stack = np.stack([drawn(through, stage, flat(50.0, (64, 64), seed=s)) for s in frames]) - 50
    sites = stack.reshape(len(frames), -1).T
    jumping = sites[np.abs(sites).max(1) > 0]
    assert abs(len(jumping) / sites.shape[0] - 0.05) < 4 * np.sqrt(0.05 / sites.shape[0])
    for site in jumping[:50]:
        assert np.unique(np.abs(site)).size == 1 and 5 < (site > 0).sum() < 35
    amplitudes = 2 * np.abs(jumping[:, 0])
    assert stats.kstest(amplitudes / 10, "expon").pvalue > 1e-3
    assert stack.var() == pytest.approx(float(np.asarray(through([stage], flat(50.0)).noise)[0, 1]), rel=0.25)
    other = drawn(through, stage, flat(50.0, (64, 64), unit=5)) != 50
    assert (other.ravel() & (np.abs(sites).max(1) > 0)).mean() < 0.01, "another unit, other sites"
