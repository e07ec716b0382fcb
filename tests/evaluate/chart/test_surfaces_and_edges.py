"""Evenness, banding and coloured edges that were drawn, against what was drawn."""

import numpy as np
import pytest

from isp.core.errors import DataError
from isp.evaluate.chart.banding import banding
from isp.evaluate.chart.sharpness import sharpness
from isp.evaluate.chart.uniformity import uniformity

RNG = np.random.default_rng(0)


def test_an_edge_says_sharpness_and_lateral_colour_of_each_channel(edge, response):
    wide = edge(100, 124, 5, 0.6)
    picture = np.stack([wide[:, 1:121], wide[:, 2:122], wide[:, 2:122]], -1)  # red lies one pixel to the right
    found = sharpness(picture)
    assert found.direction == "horizontal" and set(found.responses) == {"red", "green", "blue", "luminance"}
    assert found.lateral["red"] == pytest.approx(np.cos(np.radians(5)), abs=0.01) and found.lateral["blue"] == pytest.approx(0, abs=1e-6)
    green = found.responses["green"]
    np.testing.assert_allclose(np.interp(0.3, green.frequency, green.sfr.value), response(0.3, 5, 0.6), atol=0.003)
    lying = sharpness(picture[::-1, ::-1].swapaxes(0, 1))
    assert lying.direction == "vertical" and lying.lateral["red"] == pytest.approx(-np.cos(np.radians(5)), abs=0.01)
    with pytest.raises(DataError, match="red: slanted edge"):
        sharpness(np.full((40, 40, 3), 0.5))


def test_falloff_and_casts_of_a_surface():
    y, x = np.linspace(-1, 1, 90)[:, None], np.linspace(-1, 1, 130)[None, :]
    fall = 1 - 0.5 * (x**2 + y**2) / 2
    found = uniformity(fall + 0.01 * RNG.normal(size=fall.shape))
    blocks = fall.reshape(9, 10, 13, 10).mean((1, 3))
    np.testing.assert_allclose(found.corners, blocks[0, 0] / blocks[4, 6], rtol=0.01)
    assert found.falloff == pytest.approx(np.log2(blocks[0, 0] / blocks[4, 6]), abs=0.02) and found.colour < 1e-3
    cast = np.stack([1 + 0.1 * x + 0 * y, 1 + 0 * x * y, 1 + 0 * x * y], -1)
    assert 1 < uniformity(cast).colour < 6 and abs(uniformity(cast).falloff) < 0.1
    with pytest.raises(DataError, match="not above black"):
        uniformity(fall - 0.9)


def test_bands_are_seen_and_dithered_ones_are_not():
    lightness = np.linspace(20, 60, 2000)

    def light(value):
        return ((value + 16) / 116) ** 3

    smooth = banding(light(lightness)[None, :] * np.ones((16, 1)))
    steps = banding(light(np.round(lightness / 2) * 2)[None, :] * np.ones((16, 1)))
    dithered = banding(light(np.round((lightness + RNG.uniform(-1, 1, (400, 2000))) / 2) * 2))
    assert smooth.deviation < 1e-3 and smooth.levels == 2000
    assert steps.deviation == pytest.approx(2 / np.sqrt(12), rel=0.2) and steps.step == pytest.approx(2, rel=0.1) and steps.levels == 21
    assert dithered.deviation < 0.2 * steps.deviation
    with pytest.raises(DataError, match="does not grow"):
        banding(light(lightness[::-1])[None, :] * np.ones((16, 1)))
