"""Noise and dynamic range read off steps of grey, against the closed form of a picture that is light, times a gain, and clips."""

import numpy as np
import pytest

from isp.bench.evaluation.chart.grey_steps import SHOTS, noise

DRAWN = SHOTS["grey_steps"]["scene.grey_steps"]
LIGHT = 10 ** -np.linspace(DRAWN["lightest"], DRAWN["darkest"], DRAWN["steps"])
DEVIATION = 0.001


def steps(gain):
    random = np.random.default_rng(0)
    return [np.clip(gain * x + DEVIATION * random.standard_normal((8, 40, 40)), None, 1) for x in LIGHT]


@pytest.mark.parametrize("gain", [0.5, 0.2], ids=["several steps clip", "the lightest alone clips"])
def test_the_range_begins_where_the_picture_clips(gain):
    found = noise(LIGHT, steps(gain))
    assert found.curve.saturation == pytest.approx(1 / gain, rel=0.05)
    assert found.stops()[1] == pytest.approx(np.log2(1 / DEVIATION), abs=0.1)
    assert found.decibels(0.18)["total"] == pytest.approx(20 * np.log10(gain * 0.18 / DEVIATION), abs=0.1)


def test_where_nothing_clips_no_range_is_said():
    assert np.isnan(noise(LIGHT, steps(0.1)).stops()[1])
