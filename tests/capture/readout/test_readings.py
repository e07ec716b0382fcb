"""What differs from reading to reading, and what must not."""

import numpy as np
import pytest

from isp.capture.adc.linear import Linear
from isp.capture.cfa.bayer import Bayer
from isp.capture.noise.photon import Photon
from isp.capture.noise.prnu import Prnu
from isp.capture.noise.read import Read
from isp.capture.pixel.full_well import FullWell
from isp.capture.readout.bracket import Bracket
from isp.capture.readout.dol import Dol
from isp.capture.readout.dual_gain import DualGain
from isp.capture.readout.split_pixel import SplitPixel
from isp.core import Cfa, Chain, Domain, Frame, Random, Table
from isp.core.run import run

SIZE = (128, 128)


def scene(reading, level=1000.0):
    facts = {"exposure_time": np.float32(0.016), "iso": np.float32(800), "random": Random.of(3, readout=reading or 0), "readout": reading}
    return Frame(pixels=np.full((*SIZE, 3), level, np.float32), domain=Domain.SCENE, **facts)


def electrons(reading, level=1000.0):
    frame = scene(reading, level)
    return frame.but(pixels=frame.pixels[..., 0], domain=Domain.ELECTRONS, cfa=Cfa.bayer("rggb"))


def drawn(stages, frame):
    return np.asarray(run(tuple(stages), frame).pixels, np.float64)


@pytest.mark.parametrize(
    "stage, begun",
    [(Bracket(ratios=(1.0, 0.25, 0.0625)), (0, 0.033, 0.066)), (Dol(ratios=(1.0, 0.25, 0.0625), rows=(0.0, 40.0, 70.0)), (0, 4e-4, 7e-4))],
)
def test_exposures_shrink_and_begin_later(stage, begun):
    assert stage.readings == 3
    for i, (ratio, moment) in enumerate(zip((1, 1 / 4, 1 / 16), begun, strict=True)):
        made = run((stage,), scene(i))
        assert float(made.exposure_time) == pytest.approx(0.016 * ratio) and float(made.moment) == pytest.approx(moment)
        np.testing.assert_array_equal(made.pixels, 1000)
        dimmed = run((stage.with_values(scales="light"),), scene(i).but(moment=np.float32(1)))
        np.testing.assert_allclose(dimmed.pixels, 1000 * ratio)
        assert float(dimmed.moment) == pytest.approx(1 + moment)
    assert float(run((stage,), scene(None)).exposure_time) == pytest.approx(0.016), "one reading is the first"


@pytest.mark.parametrize("stage", [Bracket(), Dol()], ids=lambda s: s.name)
def test_every_exposure_has_photons_of_its_own_on_the_same_die(stage):
    a, b = (drawn([stage, Bayer(), Photon()], scene(i)) for i in (0, 1))
    assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.05
    a, b = (drawn([stage, Bayer(), Prnu()], scene(i)) for i in (0, 1))
    np.testing.assert_array_equal(a, b)


def test_dual_gain_reads_the_same_photons_twice():
    """The photon noise is common to both readings, the read noise is not; gain and read noise follow the ISO of each."""
    read = Read(deviation=Table(np.array([12.0, 3.0]), "iso", (100.0, 800.0)))
    stages, pixels = [DualGain(gains=(1.0, 0.125)), Photon(), read, Linear(gain=0.25, pedestal=0.0, bits=20, rounding="none")], []
    for i in (0, 1):
        made = run(tuple(stages), electrons(i))
        assert float(made.iso) == (800, 100)[i]
        pixels.append(np.asarray(made.pixels, np.float64) / (2.0, 0.25)[i])
        assert pixels[i].var() == pytest.approx(1000 + (9, 144)[i], rel=0.03)
    covariance = np.cov(pixels[0].ravel(), pixels[1].ravel())[0, 1]
    assert covariance == pytest.approx(1000, rel=0.03)
    assert (pixels[0] - pixels[1]).var() == pytest.approx(9 + 144, rel=0.05)


def test_split_pixel_has_two_diodes_of_their_own():
    stage = SplitPixel(sensitivities=(1.0, 0.1), capacities=(5000.0, 3000.0))
    large, small = (run((stage, FullWell(capacity=9000.0)), electrons(i, 10000.0)) for i in (0, 1))
    np.testing.assert_allclose(large.pixels, 5000, rtol=1e-4)
    np.testing.assert_allclose(small.pixels, 1000, rtol=1e-4)
    assert large.white[0] == 5000 and small.white[0] == 3000
    for noise in (Photon(), Prnu()):
        a, b = (drawn([stage, noise], electrons(i)) for i in (0, 1))
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.05
    assert stage.readings == 2 and float(run((stage,), electrons(1)).exposure_time) == pytest.approx(0.016)


def test_readings_fit_where_they_belong():
    Chain.of(Bracket(), Bayer(), Photon(), input=Domain.SCENE)
    Chain.of(Bayer(), SplitPixel(), Photon(), DualGain(), Read(), input=Domain.SCENE)
