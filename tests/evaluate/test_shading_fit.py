"""Planted falloffs come back."""

import numpy as np
import pytest

from isp.core.errors import DataError
from isp.evaluate.shading_fit import gain_mesh, hats, radial_falloff

ROWS, COLUMNS = 480, 640
PLACES = (np.arange(ROWS) + 0.5) / ROWS, (np.arange(COLUMNS) + 0.5) / COLUMNS


def falloff(strength, centre=(0.5, 0.5)):
    """cos^4 of the field angle."""
    y, x = (PLACES[0] - centre[0]) * ROWS / COLUMNS, PLACES[1] - centre[1]
    return 1 / (1 + strength * (y[:, None] ** 2 + x**2)) ** 2


def flat(light, rng=None, tint=((0.5, 1.0), (1.0, 0.7))):
    electrons = 9000 * light * np.tile(tint, (ROWS // 2, COLUMNS // 2))
    return 64 + 0.4 * (electrons if rng is None else rng.poisson(np.broadcast_to(electrons, (16, *electrons.shape))).mean(0))


def left(made, light):
    """How uneven the flat remains after the mesh: relative to its middle value, each phase."""
    even = np.stack([made.at(PLACES[0][i::2], PLACES[1][j::2])[2 * i + j] * light[i::2, j::2] for i in (0, 1) for j in (0, 1)])
    return even / np.median(even, axis=(1, 2), keepdims=True) - 1


@pytest.mark.parametrize("roughness, smoothing", [(0.0, 1e-4), (0.02, 1e-8)])
def test_a_planted_mesh_comes_back(roughness, smoothing):
    gains = (
        1
        + 0.8 * np.add.outer(np.linspace(-1, 1, 13) ** 2, np.linspace(-1, 1, 17) ** 2)
        + roughness * np.random.default_rng(0).normal(size=(13, 17))
    )
    light = 1 / (hats(PLACES[0], 13) @ gains @ hats(PLACES[1], 17).T)
    found = gain_mesh(flat(light), black=64, smoothing=smoothing).gains.value
    np.testing.assert_allclose(found, np.broadcast_to(gains / gains.min(), found.shape), rtol=0.002)


@pytest.mark.parametrize("noise", [False, True])
def test_a_cos4_falloff_is_evened_out(noise):
    light = falloff(0.5, (0.48, 0.53))
    made = gain_mesh(flat(light, np.random.default_rng(1) if noise else None), black=64)
    off = left(made, light)
    assert 0.6 < light.min() < 0.75 and off.std() < 0.001 and np.percentile(np.abs(off), 99) < (0.003 if noise else 0.002)
    finer = left(gain_mesh(flat(light), black=64, mesh=(21, 27)), light)
    assert np.abs(finer).max() < 0.002


def test_errors_are_those_of_the_noise():
    light = np.ones((ROWS, COLUMNS))
    made = gain_mesh(flat(light, np.random.default_rng(2)), black=[64, 64, 64, 64])
    off = (made.gains.value / np.median(made.gains.value, axis=(1, 2), keepdims=True) - 1) / made.gains.error
    assert 0.7 < off.std() < 1.3


def test_dust_and_defects_do_not_matter():
    light = falloff(0.5)
    dirty = flat(light)
    dirty[100:110, 200:215] *= 0.5
    dirty[::37, ::41] = 4095
    assert np.abs(left(gain_mesh(dirty, black=64), light)).max() < 0.0035


@pytest.mark.parametrize("centre", [(0.5, 0.5), (0.47, 0.54)])
def test_a_radial_polynomial_and_its_centre_come_back(centre):
    y, x = (PLACES[0] - centre[0]) * ROWS, (PLACES[1] - centre[1]) * COLUMNS
    corner = sum((max(c, 1 - c) * side) ** 2 for c, side in zip(centre, (ROWS, COLUMNS), strict=True))
    r2 = (y[:, None] ** 2 + x**2) / corner
    light = 1 / (1 + 0.4 * r2 + 0.3 * r2**2 - 0.1 * r2**3)
    found = radial_falloff(flat(light, np.random.default_rng(3)), black=64)
    np.testing.assert_allclose(found.centre.value, centre, atol=0.002)
    gain = 1 + sum(k * r2 ** (i + 1) for i, k in enumerate(found.coefficients.value))
    np.testing.assert_allclose(gain * light, 1, atol=0.002)
    assert np.all(np.abs(found.coefficients.value - [0.4, 0.3, -0.1]) < 5 * found.coefficients.error)
    np.testing.assert_allclose(radial_falloff(flat(falloff(0.5)), black=64, centred=True).centre.value, 0.5)


def test_a_flat_that_says_nothing_is_refused():
    with pytest.raises(DataError, match=r"flat: phase 0, part 0, 0: is not above black"):
        gain_mesh(np.full((ROWS, COLUMNS), 60.0), black=64)
    with pytest.raises(DataError, match="ask for a smaller mesh"):
        gain_mesh(np.ones((40, 40)))
