"""The variance of rounded noise, against draws of it and the limits that are known."""

import numpy as np
import pytest

from isp.evaluate.rounding import STRONG, rounded_variance


@pytest.mark.parametrize("deviation", [0.05, 0.2, 0.4, 0.9])
@pytest.mark.parametrize("mean", [7.0, 7.25, 7.5, -3.4])
def test_it_is_the_variance_of_what_was_drawn_and_rounded(mean, deviation):
    drawn = np.rint(mean + deviation * np.random.default_rng(0).standard_normal(400_000))
    assert rounded_variance(np.array(mean), np.array(deviation**2)) == pytest.approx(drawn.var(), rel=0.02, abs=1e-4)


def test_strong_noise_gains_a_twelfth_and_none_is_lost_at_the_join():
    mean = np.linspace(0, 1, 21)
    np.testing.assert_allclose(rounded_variance(mean, 9.0), 9 + 1 / 12)
    np.testing.assert_allclose(rounded_variance(mean, (0.999 * STRONG) ** 2), (0.999 * STRONG) ** 2 + 1 / 12, rtol=1e-6)


def test_no_noise_stays_none_but_for_a_mean_between_two_numbers():
    np.testing.assert_allclose(rounded_variance(np.array([2.0, 2.3, 2.5]), -1.0), [0, 0, 0.25], atol=1e-9)


def test_over_all_means_it_is_a_twelfth_more_however_weak():
    mean = (np.arange(1000) + 0.5) / 1000
    within = rounded_variance(mean, 0.1**2)
    middles = np.array([np.rint(m + 0.1 * np.random.default_rng(1).standard_normal(4000)).mean() for m in mean])
    assert within.mean() + np.mean((middles - mean) ** 2) == pytest.approx(0.1**2 + 1 / 12, rel=0.01)
