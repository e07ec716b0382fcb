"""The Parzen estimator: better than chance, at home in the usual range, always on the same data, and the same after its log was told again."""

import logging
import math

import numpy as np
import pytest

from isp.core import PlaceError
from isp.tune.optimiser.tpe import Tpe


def walk(optimiser, problem, steps):
    state = optimiser.begin(problem.free.start(), problem)
    for _ in range(steps):
        state = optimiser(state, problem)
    return state


def test_it_beats_as_many_random_trials(quadratic):
    won = []
    for seed in (1, 2, 3):
        problem = quadratic(seed=seed)
        state = walk(Tpe.of(), problem, 60)
        drawn = np.random.default_rng(seed)
        chance = min(float(problem.value(problem.free.sampled(drawn), 0)) for _ in range(60))
        won.append(float(problem.value(state.theta, 0)) / chance)
    assert np.median(won) < 0.6


def test_it_begins_at_the_start_and_stands_at_the_best(quadratic):
    problem, optimiser = quadratic(), Tpe.of(batches=2)
    state = optimiser(optimiser.begin(problem.free.start(), problem), problem)
    np.testing.assert_allclose(state.candidates, [[1.5] * 4], rtol=1e-6)
    np.testing.assert_allclose(state.loss, problem.value(problem.free.start(), 0), rtol=1e-5)
    state = walk(optimiser, problem, 15)
    assert float(problem.value(state.theta, 0)) == state.values.min()
    assert set(problem.asked) == {0, 1}
    assert np.abs(state.candidates).max() <= 2 and len(np.unique(state.candidates[:, 0])) == 15


def test_a_start_outside_the_usual_range_can_be_begun_from(quadratic):
    problem = quadratic()
    start = problem.free.start() | {"a.x": np.float32(7.0)}
    optimiser = Tpe.of()
    state = optimiser(optimiser.begin(start, problem), problem)
    np.testing.assert_allclose(state.theta["a.x"], 7, rtol=1e-6)


def test_what_has_no_rate_stays(quadratic):
    problem = quadratic(rate={"b.y": (0.0, 0, math.inf)})
    state = walk(Tpe.of(), problem, 12)
    assert np.array_equal(state.theta["b.y"], problem.free.start()["b.y"]) and np.ptp(state.candidates, axis=0).astype(bool).sum() == 1


def test_what_is_not_finite_is_the_worst(quadratic):
    problem = quadratic()
    finite = problem.value
    problem.value = lambda theta, step: np.nan if theta["a.x"] > 0 else finite(theta, step)
    state = walk(Tpe.of(), problem, 20)
    assert float(state.theta["a.x"]) <= 0 and np.isnan(state.values[0])


def test_resumed(quadratic, resumed_ends_the_same):
    resumed_ends_the_same(Tpe.of(), quadratic(), 18)


def test_a_library_that_asks_otherwise_is_told(quadratic):
    problem, optimiser = quadratic(), Tpe.of()
    state = walk(optimiser, problem, 4)
    state.taken()
    state.candidates[2] += 0.1
    with pytest.raises(PlaceError, match="install that version"):
        optimiser(state, problem)


def test_it_is_silent(quadratic, caplog, capsys):
    with caplog.at_level(logging.DEBUG):
        walk(Tpe.of(), quadratic(), 2)
    assert not [r for r in caplog.records if r.name.startswith("optuna")] and capsys.readouterr() == ("", "")
