"""The evolution strategy: it finds closed minima without slopes, keeps still what has no rate, and goes on from a log to the bit."""

import math
import sys

import cmaes
import numpy as np
import pytest

from isp.core import ChainError, PlaceError
from isp.tune.optimiser.cma_es import CmaEs


def walk(optimiser, problem, steps):
    state = optimiser.begin(problem.free.start(), problem)
    for _ in range(steps):
        state = optimiser(state, problem)
    return state


@pytest.mark.parametrize("said", [{}, {"covariance": "diagonal"}, {"stands": "best", "population": 12}], ids=str)
def test_it_reaches_the_lowest_point(said, quadratic, worst):
    problem = quadratic()
    state = walk(CmaEs.of(**said), problem, 50)
    assert worst(state.theta) < 0.03
    assert state.loss < 1e-2
    population = said.get("population", 4 + math.floor(3 * math.log(4)))
    assert state.candidates.shape == (50 * population, 4) and state.values.shape == (50 * population,)
    assert problem.asked == sorted(problem.asked) and problem.asked.count(7) == population


def test_it_follows_a_curved_valley(rosenbrock):
    state = walk(CmaEs.of(), rosenbrock(), 120)
    np.testing.assert_allclose([state.theta["a.x"], state.theta["b.y"]], 1, atol=0.02)


def test_it_is_the_library(rosenbrock):
    problem = rosenbrock()
    state = walk(CmaEs.of(sigma=0.4), problem, 10)
    theirs = cmaes.CMA(mean=np.zeros(2), sigma=0.4, seed=problem.seed)
    for _ in range(10):
        asked = [theirs.ask() for _ in range(theirs.population_size)]
        theirs.tell([(x, float(problem.value({"b.y": 1.5 + x[0], "a.x": 1.5 + x[1]}, 0))) for x in asked])
    np.testing.assert_allclose([state.theta["b.y"] - 1.5, state.theta["a.x"] - 1.5], theirs.mean, atol=1e-4)


def test_what_has_no_rate_stays_and_a_rate_widens_the_first_cloud(quadratic):
    problem = quadratic(rate={"b.y": (0.0, 0, math.inf)})
    state = walk(CmaEs.of(), problem, 4)
    assert np.array_equal(state.theta["b.y"], problem.free.start()["b.y"]) and state.candidates.shape[1] == 1
    narrow, wide = (walk(CmaEs.of(), quadratic(rate={"a.x": (r, 0, math.inf)}), 1) for r in (0.1, 1.0))
    assert np.array_equal(narrow.candidates, wide.candidates)
    assert abs(narrow.theta["a.x"] - 1.5) < abs(wide.theta["a.x"] - 1.5)


def test_what_cannot_be_done_is_refused(quadratic, monkeypatch):
    with pytest.raises(ChainError, match=r"a\.x: first, last: cma_es moves all parameters in every step"):
        CmaEs.of().begin({}, quadratic(rate={"a.x": (1.0, 5, math.inf)}))
    problem = quadratic()
    monkeypatch.setitem(sys.modules, "cmaes", None)
    with pytest.raises(PlaceError, match=r"pip install 'isp\[tune\]'"):
        walk(CmaEs.of(), problem, 1)


def test_what_is_not_finite_is_the_worst(quadratic, worst):
    problem = quadratic()
    finite = problem.value
    problem.value = lambda theta, step: np.nan if theta["a.x"] > 1.4 else finite(theta, step)
    state = walk(CmaEs.of(), problem, 50)
    assert np.isnan(state.values).any() and worst(state.theta) < 0.03 and np.isfinite(state.loss)


@pytest.mark.parametrize("covariance", ["full", "diagonal"])
def test_resumed(covariance, quadratic, resumed_ends_the_same):
    resumed_ends_the_same(CmaEs.of(covariance=covariance), quadratic(), 12)


def test_a_state_can_be_taken_up_twice(quadratic):
    problem, optimiser = quadratic(), CmaEs.of()
    state = walk(optimiser, problem, 3)
    first, again = optimiser(state, problem), optimiser(state, problem)
    assert np.array_equal(first.candidates, again.candidates)
