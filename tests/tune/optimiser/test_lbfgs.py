"""The quasi-Newton method: closed minima in few steps, always the same data, parameters at rest, and losses that break."""

import math
from itertools import pairwise

import jax.numpy as jnp
import numpy as np

from isp.tune.optimiser.lbfgs import Lbfgs


def walk(optimiser, problem, steps):
    state = optimiser.begin(problem.free.start(), problem)
    for _ in range(steps):
        state = optimiser(state, problem)
    return state


def test_a_quadratic_takes_few_steps(quadratic, worst):
    problem = quadratic()
    state = walk(Lbfgs.of(), problem, 10)
    assert worst(state.theta) < 1e-3
    assert len(problem.asked) < 22


def test_a_curved_valley_takes_some_and_then_it_stays(rosenbrock):
    problem = rosenbrock()
    state = walk(Lbfgs.of(), problem, 40)
    np.testing.assert_allclose([state.theta["a.x"], state.theta["b.y"]], 1, atol=1e-3)
    asked = len(problem.asked)
    assert asked < 120
    after = walk(Lbfgs.of(), problem, 60)
    assert after.failed > 0 and float(after.below) <= float(state.below) < 1e-6


def test_losses_never_rise(rosenbrock):
    problem, optimiser = rosenbrock(), Lbfgs.of()
    state, seen = optimiser.begin(problem.free.start(), problem), []
    for _ in range(25):
        state = optimiser(state, problem)
        seen.append(float(state.loss))
    assert all(b <= a for a, b in pairwise(seen)) and seen[0] > 50


def test_it_sees_the_same_data_in_every_step(quadratic):
    problem = quadratic()
    walk(Lbfgs.of(batches=3), problem, 5)
    assert set(problem.asked) == {0, 1, 2} and problem.asked.count(0) == problem.asked.count(2)


def test_the_mean_over_its_batches_is_what_falls(quadratic):
    problem = quadratic()
    far = {0: -1.0, 1: 2.0}
    problem.gradient = lambda theta, step: (
        sum(jnp.sum((v - far[step]) ** 2) for v in theta.values()),
        {p: 2 * (v - far[step]) for p, v in theta.items()},
    )
    state = walk(Lbfgs.of(batches=2), problem, 5)
    for v in state.theta.values():
        np.testing.assert_allclose(v, 0.5, atol=1e-4)


def test_what_rests_is_held(quadratic):
    problem = quadratic(rate={"b.y": (1.0, 4, math.inf)})
    state = walk(Lbfgs.of(), problem, 4)
    assert np.array_equal(state.theta["b.y"], problem.free.start()["b.y"])
    np.testing.assert_allclose(state.theta["a.x"], 0.5, atol=1e-3)
    state = walk(Lbfgs.of(), problem, 16)
    np.testing.assert_allclose(state.theta["b.y"], [-1, 0.25, 0.75], atol=1e-3)


def test_it_steps_short_of_what_is_not_finite(quadratic):
    problem = quadratic()
    finite = problem.gradient
    problem.gradient = lambda theta, step: finite(theta, step) if theta["a.x"] > 0.52 else (jnp.float32(jnp.nan), theta)
    state = walk(Lbfgs.of(), problem, 30)
    assert 0.52 < float(state.theta["a.x"]) < 1 and np.isfinite(state.loss)


def test_a_start_that_is_not_finite_stays_and_says_so(quadratic):
    problem = quadratic()
    problem.gradient = lambda theta, step: (jnp.float32(jnp.nan), theta)
    state = walk(Lbfgs.of(), problem, 2)
    assert not np.isfinite(state.loss) and np.array_equal(state.theta["a.x"], 1.5) and int(state.failed) == 2


def test_resumed(rosenbrock, resumed_ends_the_same):
    resumed_ends_the_same(Lbfgs.of(), rosenbrock(), 14)
