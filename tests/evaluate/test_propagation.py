"""Noise through functions whose variances have a closed form."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.evaluate.propagation import Propagation
from isp.ops.curve import clipped

SIZE = 96, 96
MEAN, DEVIATION = 0.3, 0.2


@jax.custom_vjp
def doubled(x):
    return 2 * x


doubled.defvjp(lambda x: (2 * x, None), lambda _, up: (2 * up,))


def neighbours(x):
    return jnp.stack([jnp.roll(x, step, 1) for step in (-1, 0, 1)])


FUNCTIONS = [
    lambda x: jnp.tensordot(jnp.array([0.25, 0.5, 0.25]), neighbours(x), 1),
    doubled,
    lambda x: x * x,
    lambda x: jnp.maximum(x - MEAN, 0),
    lambda x: jnp.sort(neighbours(x), 0)[1],
    lambda x: x**3,
    lambda x: clipped(x - MEAN),
]
M2, S2 = MEAN**2, DEVIATION**2
TRUTH = [
    0.375 * S2,
    4 * S2,
    4 * M2 * S2 + 2 * S2**2,
    S2 * (0.5 - 0.5 / np.pi),
    S2 * 0.4486711,  # of the middle of three normal numbers: 1 - sqrt(3) / pi
    9 * M2**2 * S2 + 36 * M2 * S2**2 + 15 * S2**3,
    S2 * (0.5 - 0.5 / np.pi),  # the other end is five deviations away
]
FIRST = {0: TRUTH[0], 1: TRUTH[1], 2: 4 * M2 * S2, 5: 9 * M2**2 * S2}
"""What slopes at the mean alone say."""


@pytest.fixture(scope="module")
def propagation():
    return Propagation(lambda gain, x: [gain * f(x) for f in FUNCTIONS], lambda arrays: [np.asarray(a).mean() for a in arrays])


@pytest.fixture(scope="module")
def frame():
    return np.full(SIZE, MEAN, np.float32), np.full(SIZE, DEVIATION, np.float32)


def test_the_middle_of_three_is_what_the_table_says():
    assert TRUTH[4] == pytest.approx(S2 * (1 - np.sqrt(3) / np.pi), rel=1e-6)


def test_the_averaged_slopes_say_the_variance_of_any_function(propagation, frame):
    found = propagation.averaged(1.0, *frame, probes=48)
    for measured, truth in zip(found, TRUTH, strict=True):
        assert abs(measured.value - truth) < 0.015 * truth and measured.error < 0.06 * truth


def test_photons_lean_to_the_bright_side_and_what_that_adds_is_told(propagation):
    """Six electrons of photons and a normal read noise, squared: of a variable with cumulants k, var x^2 = 4 k1^2 k2 + 4 k1 k3 + k4 + 2 k2^2."""
    electron, count, read = 0.05, 6.0, 0.02
    k1, k2, k3, k4 = electron * count, electron**2 * count + read**2, electron**3 * count, electron**4 * count
    truth = 4 * k1**2 * k2 + 4 * k1 * k3 + k4 + 2 * k2**2
    frame = np.full(SIZE, k1, np.float32), np.full(SIZE, k2**0.5, np.float32)
    leaning, normal = (propagation.averaged(1.0, *frame, skewness, probes=48) for skewness in (k3 / k2**1.5, 0.0))
    assert leaning[2].value == pytest.approx(truth, rel=0.02) and normal[2].value < 0.9 * truth
    assert leaning[0].value == pytest.approx(0.375 * k2, rel=0.02), "what is linear knows the variance alone"
    drawn = np.random.default_rng(5)
    cube = (electron * drawn.poisson(count, 10**6) + read * drawn.standard_normal(10**6)) ** 3
    assert leaning[5].value == pytest.approx(cube.var(), rel=0.04) and normal[5].value < 0.8 * cube.var()


def test_slopes_at_the_mean_say_it_where_the_function_is_linear_and_miss_what_bends(propagation, frame):
    found = propagation.first_order(1.0, *frame, probes=32)
    for i, truth in FIRST.items():
        assert found[i].value == pytest.approx(truth, rel=0.02)
    assert found[4].value > 1.5 * TRUTH[4], "where all are alike the median has the slope of one"


def test_draws_say_it_too_with_an_error_that_covers_the_truth(propagation, frame):
    mean, deviation = frame
    draws = mean + deviation * np.random.default_rng(3).standard_normal((64, *SIZE)).astype(np.float32)
    for measured, truth in zip(propagation.drawn(1.0, draws), TRUTH, strict=True):
        assert abs(measured.value - truth) < 4 * measured.error and measured.error < 0.02 * truth
    with pytest.raises(ValueError, match="16 are the least"):
        propagation.drawn(1.0, draws[:15])


def test_a_move_of_the_light_moves_the_means(propagation, frame):
    moved = propagation.slope(2.0, frame[0], frame[0])
    assert moved[0] == pytest.approx(2 * MEAN, rel=1e-5) and moved[2] == pytest.approx(2 * 2 * M2, rel=1e-5)
