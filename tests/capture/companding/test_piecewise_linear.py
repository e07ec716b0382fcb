"""Squeezed and undone again, to within the width of a step."""

import numpy as np
import pytest

from isp.capture.companding.piecewise_linear import PiecewiseLinear
from isp.core import Cfa, Domain, Frame
from isp.develop.level.linearise import Linearise

INPUTS, OUTPUTS = (2048.0, 16384.0, 131072.0, 1048575.0), (1024.0, 2048.0, 3072.0, 4095.0)


def frame(pixels, **facts):
    facts = {"black": np.full(4, 64, np.float32), "white": np.full(4, 1048575, np.float32), "bits": 20, **facts}
    return Frame(pixels=np.asarray(pixels, np.float32), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), **facts)


@pytest.mark.parametrize("bits", [12, 14])
def test_develop_undoes_the_curve_to_half_a_step(bits):
    scale = 2 ** (bits - 12)
    outputs = (*(scale * v for v in OUTPUTS[:-1]), 2.0**bits - 1)
    x = np.unique(np.r_[0, np.geomspace(1, 1048575, 4095)].round())
    x = np.resize(x, (64, 64))
    sent = PiecewiseLinear(inputs=INPUTS, outputs=outputs, bits=bits)(frame(x))
    exact = np.interp(x, (0, *INPUTS), (0, *outputs))
    assert np.abs(np.asarray(sent.pixels) - np.rint(exact)).max() <= 1 and (np.asarray(sent.pixels) != np.rint(exact)).mean() < 0.01
    assert sent.bits == bits and sent.linearisation.shape == (2**bits,)
    step = np.interp(x, INPUTS, np.diff((0, *INPUTS)) / np.diff((0, *outputs)))
    step = np.maximum(step, np.diff((0, *INPUTS))[np.searchsorted(INPUTS, x)] / np.diff((0, *outputs))[np.searchsorted(INPUTS, x)])
    back = np.asarray(Linearise()(sent).pixels, np.float64)
    assert (np.abs(back - x) <= 0.501 * step + 0.1).all()
    assert float(back.max()) == pytest.approx(1048575, abs=1)


def test_black_stays_white_stays_or_moves_to_where_the_curve_ends():
    sent = PiecewiseLinear(inputs=INPUTS, outputs=OUTPUTS)(frame(np.zeros((4, 4))))
    np.testing.assert_array_equal(sent.black, 64)
    np.testing.assert_allclose(sent.white, 1048575, rtol=1e-6)
    steep = PiecewiseLinear(inputs=(1000.0, 9000.0), outputs=(1000.0, 5000.0), bits=12)(frame(np.full((4, 4), 1e6)))
    np.testing.assert_allclose(steep.white, 1000 + (4095 - 1000) * 2, rtol=1e-5)
    np.testing.assert_array_equal(steep.pixels, 4095)


def test_noise_in_the_dark_is_what_the_model_says():
    rng, noise = np.random.default_rng(3), np.tile(np.float32([0.5, 2.0 + 1 / 12]), (4, 1))
    x = np.rint(600 + np.sqrt(0.5 * 600 + 2) * rng.standard_normal((512, 512)))
    made = Linearise()(PiecewiseLinear(inputs=(4096.0, 1048575.0), outputs=(1024.0, 4095.0))(frame(x, noise=noise)))
    slope, floor = np.asarray(made.noise)[0]
    assert float(np.asarray(made.pixels, np.float64).var()) == pytest.approx(slope * 600 + floor, rel=0.01)
