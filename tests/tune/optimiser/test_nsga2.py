"""The genetic algorithm on Schaffer's first problem, whose front is known: near = (2 - sqrt(far))^2 with 0 <= far <= 4."""

import numpy as np

from isp.tune.free import flat, shaped
from isp.tune.optimiser.nsga2 import Nsga2, front


def walk(optimiser, problem, steps):
    state = optimiser.begin(problem.free.start(), problem)
    for _ in range(steps):
        state = optimiser(state, problem)
    return state


def test_it_finds_the_known_front(schaffer):
    problem = schaffer()
    state = walk(Nsga2.of(), problem, 20)
    rows, values = front(state)
    assert len(rows) == len(values) > 12
    far, near = values.T
    best = (2 - np.sqrt(np.minimum(far, 4))) ** 2
    assert np.median(near - best) < 0.05 and np.all(near >= best - 1e-5)
    assert far.min() < 0.2 and near.min() < 0.2  # both ends
    assert np.all(np.diff(far) > 0) and np.all(np.diff(near) < 0)
    for row, value in zip(rows[:3], values[:3], strict=True):
        terms = problem.terms(shaped(row, state.theta), 0)
        np.testing.assert_allclose([terms["far"], terms["near"]], value, rtol=1e-5)


def test_it_stands_in_the_middle_of_the_front(schaffer):
    problem = schaffer()
    state = walk(Nsga2.of(population=16), problem, 12)
    assert any(np.array_equal(flat(state.theta), row) for row in state.candidates) and state.candidates.shape == (192, 2)
    terms = problem.terms(state.theta, 0)
    assert abs(terms["far"] - 1) < 0.5 and abs(terms["near"] - 1) < 0.5  # of 4 and 4: the front is symmetric
    np.testing.assert_allclose(state.loss, state.values[-16:].sum(1).min(), rtol=1e-6)
    assert set(problem.asked) == {0}


def test_the_front_is_what_nothing_beats_and_leaves_out_what_broke(schaffer):
    problem = schaffer()
    finite = problem.terms
    problem.terms = lambda theta, step: {"far": np.nan, "near": 0.0} if theta["b.y"] > 1 else finite(theta, step)
    state = walk(Nsga2.of(population=10), problem, 2)
    _, values = front(state)
    good = state.values[np.isfinite(state.values).all(1)]
    assert len(good) < 20
    slow = [v for v in good if not any(np.all(w <= v) and np.any(w < v) for w in good)]
    assert sorted(map(tuple, values.astype(np.float32))) == sorted(map(tuple, slow))


def test_resumed(schaffer, resumed_ends_the_same):
    resumed_ends_the_same(Nsga2.of(population=6), schaffer(), 6)
