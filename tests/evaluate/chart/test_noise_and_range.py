"""Signal to noise and dynamic range of simulated captures, against the closed form of their noise."""

import numpy as np
import pytest
from scipy.optimize import brentq

from isp.core.errors import DataError
from isp.evaluate.chart.dynamic_range import dynamic_range
from isp.evaluate.chart.signal_to_noise import signal_to_noise

RNG = np.random.default_rng(0)
READ, PATTERN = 3.0, 0.01


def captures(electrons, n=8, side=128):
    response = 1 + PATTERN * RNG.normal(size=(side, side))
    return RNG.poisson(electrons * response, (n, side, side)) + READ * RNG.normal(size=(n, side, side))


def decibels(electrons, variance):
    return 20 * np.log10(electrons / np.sqrt(variance))


@pytest.mark.parametrize("electrons", [50, 500, 5000])
def test_ratios_of_simulated_captures_are_the_closed_form(electrons):
    ratios = signal_to_noise(captures(electrons)).ratios
    temporal, fixed = READ**2 + electrons, (PATTERN * electrons) ** 2
    assert float(ratios["temporal"].value) == pytest.approx(decibels(electrons, temporal), abs=0.1)
    assert float(ratios["total"].value) == pytest.approx(decibels(electrons, temporal + fixed), abs=0.1)
    if electrons > 100:
        assert float(ratios["fixed"].value) == pytest.approx(decibels(electrons, fixed), abs=5 * float(ratios["fixed"].error) + 0.05)
    assert float(ratios["temporal"].error) < 0.05


def test_falloff_is_no_noise_and_colours_add_up():
    fall = 1 - 0.2 * np.add.outer(np.linspace(-1, 1, 64) ** 2, np.linspace(-1, 1, 64) ** 2)
    frames = 0.5 * fall + 0.01 * RNG.normal(size=(16, 64, 64))
    assert float(signal_to_noise(frames).fixed.value) < 1.5e-3 < 0.02 < float(signal_to_noise(frames, even=False).fixed.value)
    colour = 0.5 + 0.01 * RNG.normal(size=(8, 64, 64, 3))
    w = np.array([0.2126, 0.7152, 0.0722])
    parts = [np.sum((v - k * w) ** 2) for v, k in (([1, 0, 0], 1), ([0, 0, 1], 1))]
    wanted = 0.01 * np.sqrt(np.sum(w**2) + 0.279 * parts[0] + 0.088 * parts[1])
    assert float(signal_to_noise(colour).temporal.value) == pytest.approx(wanted, rel=0.02)
    with pytest.raises(DataError, match="2 or more frames"):
        signal_to_noise(frames[:1])
    with pytest.raises(DataError, match="not above black"):
        signal_to_noise(-frames)


@pytest.mark.parametrize("darkest", [4.0, 2.4], ids=["measured", "carried on"])
def test_dynamic_range_is_the_closed_form(darkest):
    well, gain = 9000.0, 0.4
    light = 10 ** -np.arange(0.0, darkest, 0.2)
    seen = [captures(well * x, side=96) * gain for x in light]
    parts = [signal_to_noise(np.minimum(s, well * gain), name="step") if s.mean() > 0 else None for s in seen]
    good = [k for k, p in enumerate(parts) if p is not None]
    found = dynamic_range(
        light[good], [parts[k].signal for k in good], [float(parts[k].total.value) for k in good], well * gain, ratios=(1, 10)
    )
    for ratio in (1, 10):
        at = brentq(lambda e, r=ratio: e - r * np.sqrt(READ**2 + e + (PATTERN * e) ** 2), 1e-3, well)
        assert found.stops[ratio] == pytest.approx(np.log2(well / at), abs=0.1)
    assert found.beyond == (() if darkest > 3.5 else (1,))
    assert found.decibels[1] == pytest.approx(6.0206 * found.stops[1], rel=1e-4)


def test_what_says_no_range_is_refused():
    with pytest.raises(DataError, match="four or more"):
        dynamic_range([1, 2, 3], [1, 2, 3], [1, 1, 1], 10)
    with pytest.raises(DataError, match="no step reaches a ratio of 10"):
        dynamic_range([1, 2, 3, 4], [1, 2, 3, 4], [1, 1, 1, 1], 10, ratios=(10,))
