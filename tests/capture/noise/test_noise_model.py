"""The noise a frame says it has is the noise it has."""

import numpy as np
import pytest
from scipy import stats

from isp.capture.adc.linear import Linear
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
from isp.core import Cfa, Chain, Domain
from isp.evaluate.tails import tail_shape
from isp.execute import develop

SIZE = (512, 512)
ALL = [
    Prnu(), Photon(), DarkCurrent(current=50.0), HotPixels(share=1e-4), Dsnu(), Telegraph(share=0.002), ReadTukey(shape=-0.05), Row(), Column(),
    Linear(gain=1.3, bits=14),
]  # fmt: skip


@pytest.mark.parametrize("level", np.geomspace(2, 4000, 20).round(1))
def test_variance_is_what_the_model_says_at_every_level(level, flat, through):
    """All noise at once, through the converter. Half the variance of the difference of two frames of one unit has no fixed pattern in it."""
    a, b = (through(ALL, flat(level, SIZE, seed=s)) for s in (1, 2))
    difference = np.asarray(a.pixels, np.float64) - np.asarray(b.pixels, np.float64)
    mean = np.mean(np.asarray(a.pixels, np.float64))
    slope, floor = np.asarray(a.noise, np.float64)[0]
    assert abs(difference.var() / 2 / (slope * mean + floor) - 1) < 0.01
    black = float(np.asarray(a.black)[0])
    assert abs(mean - black - 1.3 * level) < 0.03 + 2e-3 * 1.3 * level, "black knows the mean of the dark current"


@pytest.mark.parametrize(
    "stage", [Photon(), Read(deviation=3.0), ReadTukey(deviation=3.0, shape=-0.2), DarkCurrent(current=1000.0)], ids=lambda s: s.name
)
def test_histogram_is_the_stated_distribution(stage, flat, through):
    level = 50.0
    drawn = np.asarray(through([stage], flat(level)).pixels, np.float64).ravel()
    if stage.name in ("noise.photon", "noise.dark_current"):
        rate = level if stage.name == "noise.photon" else 1000 * 2 ** (10 / 6.5) * 0.02
        drawn, known = drawn - (0 if stage.name == "noise.photon" else level), stats.poisson(rate)
        low, high = int(known.ppf(1e-3)), int(known.isf(1e-3))
        seen = np.bincount(np.clip(drawn, low, high).astype(int) - low, minlength=high - low + 1)
        expected = np.diff(np.r_[0, known.cdf(np.arange(low, high)), 1]) * drawn.size
        assert stats.chisquare(seen, expected).pvalue > 1e-3
        return
    scale = 3.0 / np.sqrt(stats.tukeylambda.var(-0.2))
    known = stats.norm(level, 3.0) if stage.name == "noise.read" else stats.tukeylambda(-0.2, level, scale)
    assert stats.kstest(drawn, known.cdf).pvalue > 1e-3


@pytest.mark.parametrize("along, stage", [(1, Row(deviation=1.0)), (0, Column(deviation=1.0))], ids=["row", "column"])
def test_row_and_column_noise_are_recovered(along, stage, flat, through):
    """From the means of 8000 rows of 64 sites, less what the read noise leaves in them."""
    size = (8000, 64) if along else (64, 8000)
    made = np.asarray(through([Read(deviation=2.0), stage], flat(100.0, size)).pixels, np.float64)
    found = np.sqrt(made.mean(along).var(ddof=1) - 4 / 64)
    assert abs(found - 1) < 0.03
    alone = np.asarray(through([stage], flat(100.0, (64, 64))).pixels)
    assert np.ptp(alone, axis=along).max() == 0 and np.unique(alone).size > 60
    assert stats.kstest(np.asarray(through([stage], flat(0.0, size)).pixels, np.float64).mean(along), stats.norm(0, 1).cdf).pvalue > 1e-3


@pytest.mark.parametrize("shape", [-0.25, -0.12, 0.1])
def test_tail_parameter_is_recovered(shape, flat, through):
    """By the maximum of the likelihood, which knows nothing of how it was drawn."""
    made = through([ReadTukey(deviation=4.0, shape=shape)], flat(0.0, (1400, 1400)))
    found = tail_shape(np.asarray(made.pixels, np.float64).ravel())
    assert abs(found.shape.value - shape) < 0.03 * abs(shape)
    assert abs(found.deviation / 4 - 1) < 0.03


def test_strips_and_crops_see_the_same_noise(flat):
    """Noise belongs to places: however a frame is cut, bit for bit."""
    chain = Chain.of(*ALL, input=Domain.ELECTRONS)
    whole, strips = (np.asarray(develop(chain, flat(80.0, (96, 64)), strip_pixels=n).pixels) for n in (10**6, 64 * 16))
    np.testing.assert_array_equal(whole, strips)


def test_without_keys_a_frame_is_its_expected_value(flat, through):
    frame = flat(80.0, (8, 8)).but(random=None)
    made = through(ALL[:-1], frame)
    mean = 50 * 2 ** (10 / 6.5) * 0.02
    np.testing.assert_allclose(made.pixels, 80 + mean, rtol=1e-6)
    np.testing.assert_allclose(made.black, mean, rtol=1e-6)
    assert made.noise is None


@pytest.mark.parametrize("rows", [("rrgg", "rrgg", "ggbb", "ggbb"), ("grggbg", "bgbrgr", "grggbg", "gbggrg", "rgrbgb", "gbggrg"), ("w",)])
def test_noise_knows_places_not_filters(rows, flat, through):
    """Whatever mosaic lies over the sites, they draw the same."""
    for stages in ([Read(), Row(), Column()], [Photon()]):
        bayer, other = flat(50.0, (24, 36)), flat(50.0, (24, 36)).but(cfa=Cfa(rows))
        np.testing.assert_array_equal(through(stages, bayer).pixels, through(stages, other).pixels)
