"""The tone curve of steps whose light and curve are known."""

import numpy as np
import pytest

from isp.core.errors import DataError
from isp.evaluate.chart.tone import tone

LIGHT = 10 ** -np.arange(-0.6, 3.0, 0.15)


def test_a_power_of_light_is_read_off_exactly():
    signal = np.minimum(LIGHT, 1.3) ** (1 / 2.2)
    order = np.random.default_rng(0).permutation(LIGHT.size)
    found = tone(LIGHT[order], signal[order])
    assert found.used.all() and np.all(np.diff(found.light) > 0)
    assert found.contrast(0.18) == pytest.approx(1 / 2.2, rel=1e-9)
    assert found.contrast(3.0) == pytest.approx(0, abs=1e-9)
    assert found.saturation == pytest.approx(1.3 * 0.98**2.2, rel=1e-9), "a clip is a corner"


def test_what_never_saturates_says_so_or_is_carried_on_to_white():
    assert np.isnan(tone(LIGHT, 0.1 * LIGHT).saturation)
    assert tone(LIGHT, 0.1 * LIGHT, white=5.0).saturation == pytest.approx(49, rel=1e-9)


def test_steps_below_the_toe_are_not_used():
    signal = 0.2 * LIGHT
    signal[-3:] = [2e-3, 3e-4, -1e-5]
    found = tone(LIGHT, signal, white=1.0)
    assert not found.used[-3:].any() and found.used[:-3].all()
    with pytest.raises(DataError, match="four or more"):
        tone(LIGHT[:5], [1.0, 0.5, 0.0, 0.0, 0.0])
    with pytest.raises(DataError, match="finite"):
        tone(LIGHT, signal[1:])


def test_what_falls_beyond_the_brightest_step_is_its_level_top():
    signal = np.minimum(LIGHT, 1.3)
    signal[:2] *= 0.9
    found = tone(LIGHT, signal)
    assert found.used.all() and found.saturation == pytest.approx(1.3 * 0.98, rel=1e-9)
