"""Several starts: in a valley with a wrong end the present values are not enough, and who falls behind costs little."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.tune.optimiser.cma_es import CmaEs
from isp.tune.optimiser.optax import Optax
from isp.tune.restarts import advanced, begun, halved, on_data, restarts


def two_valleys(theta, step):
    """A shallow valley near the start at 1.5, a deep one near -1."""
    x = theta["a.x"]
    return {"depth": 0.05 * (x**2 - 1) ** 2 + 0.02 * x + 0.0 * theta["b.y"]}


@pytest.fixture
def valleys(rosenbrock):
    problem = rosenbrock(steps=200)
    problem.function = two_valleys
    problem.__post_init__()
    return problem


@pytest.mark.parametrize("optimiser", [Optax.of(rate=0.1), CmaEs.of(sigma=0.05)], ids=lambda o: o.name)
def test_the_deeper_valley_is_found(optimiser, valleys):
    alone = advanced(begun("alone", valleys, valleys.free.start(), optimiser), optimiser, 60, on_data(0))
    best = restarts(optimiser, valleys, 8, first=15)[0]
    assert alone.state.theta["a.x"] > 0.8 and best.state.theta["a.x"] < -0.8 and best.loss < alone.loss


def test_who_falls_behind_costs_little(valleys):
    optimiser = Optax.of()
    table = restarts(optimiser, valleys, 8, first=4, factor=2)
    assert [r.steps for r in table] == [32, 16, 8, 8, 4, 4, 4, 4]
    assert sorted(r.label for r in table) == list(range(8))
    assert all(math.isfinite(r.loss) and int(r.state.step) == r.steps for r in table)
    assert [r.loss for r in table[4:]] == sorted(r.loss for r in table[4:])


def test_the_winner_goes_on_as_if_alone(valleys):
    optimiser = Optax.of(schedule="one_cycle")
    winner = restarts(optimiser, valleys, 4, first=3)[0]
    alone = begun(0, valleys, {p: jnp.asarray(v) for p, v in winner.state.theta.items()}, optimiser)
    assert alone.steps == 0
    starts = restarts(optimiser, valleys, 4, first=3)
    for a, b in zip(jax.tree.leaves(winner.state), jax.tree.leaves(starts[0].state), strict=True):
        assert np.array_equal(a, b, equal_nan=True)  # the same seed, the same end
    draws = np.random.default_rng([valleys.seed, winner.label])
    start = valleys.free.sampled(draws) if winner.label else valleys.free.start()
    again = advanced(begun(0, valleys, start, optimiser), optimiser, winner.steps, on_data(0, 1))
    assert again.loss == winner.loss


def test_no_one_goes_beyond_the_steps_of_the_problem_and_what_broke_is_last(valleys):
    valleys.steps = 6
    finite = valleys.value
    valleys.value = lambda theta, step: math.nan if theta["a.x"] > 1.2 else finite(theta, step)
    table = restarts(Optax.of(rate=1e-3), valleys, 5, first=4, factor=3)
    assert table[0].steps == 6
    losses = [r.loss for r in table]
    assert math.isnan(losses[-1]) and math.isfinite(losses[0])


def test_what_has_no_rate_is_not_drawn(valleys):
    valleys.free.rate["b.y"] = (0.0, 0, math.inf)
    assert {float(r.state.start["b.y"]) for r in restarts(CmaEs.of(), valleys, 4, first=1)} == {1.5}


def test_one_runner_is_only_judged(valleys):
    (only,) = halved([begun("x", valleys, valleys.free.start(), Optax.of())], Optax.of(), first=3)
    assert only.steps == 3
