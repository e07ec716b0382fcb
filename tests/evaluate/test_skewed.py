"""The cube of normal noise has the moments it is asked for, and is nearly the gamma distribution and the counts that it stands for."""

import numpy as np
import pytest
from scipy import stats

from isp.evaluate import skewed

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(64)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@pytest.mark.parametrize("skewness", [0.0, 0.03, 0.4, 1.0, 1.9, skewed.MOST])
def test_mean_variance_and_skewness_are_met(skewness):
    made, _ = skewed.curve(skewed.bend(np.array(skewness)), NODES)
    assert [WEIGHTS @ made**k for k in (1, 2, 3)] == pytest.approx([0, 1, skewness], abs=1e-5)


def test_no_skewness_is_the_normal_noise_itself_and_the_slope_is_that_of_the_curve():
    made, slope = skewed.curve(skewed.bend(np.array(0.0)), NODES)
    np.testing.assert_allclose(made, NODES)
    np.testing.assert_allclose(slope, 1)
    bend, step = skewed.bend(np.array(0.7)), 1e-5
    rise = (skewed.curve(bend, NODES + step)[0] - skewed.curve(bend, NODES - step)[0]) / (2 * step)
    np.testing.assert_allclose(skewed.curve(bend, NODES)[1], rise, rtol=1e-6, atol=1e-8)
    assert np.all(rise > -1e-9), "larger noise stays larger"


def test_it_is_a_gamma_distribution_to_a_hundredth_of_its_deviation():
    normal = np.linspace(-2.8, 2.8, 61)
    made, _ = skewed.curve(skewed.bend(np.array(0.5)), normal)
    np.testing.assert_allclose(made, stats.gamma(16, loc=-4, scale=1 / 4).ppf(stats.norm.cdf(normal)), atol=0.01)


def test_what_no_count_has_is_held():
    assert skewed.bend(np.array(9.0)) == pytest.approx(skewed.bend(np.array(skewed.MOST)))
    assert skewed.bend(np.array(-1.0)) == 0
