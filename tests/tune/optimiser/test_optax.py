"""Descent by optax's rules: on a quadratic, in a curved valley, with parameters that rest."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from isp.core import ChainError
from isp.tune.optimiser.optax import AVERAGED, RULES, SCHEDULES, Optax, course
from isp.tune.part import known, part


def walk(optimiser, problem, steps):
    state = optimiser.begin(problem.free.start(), problem)
    for _ in range(steps):
        state = optimiser(state, problem)
    return state


@pytest.mark.parametrize("rule", [*RULES, *AVERAGED])
def test_every_rule_reaches_the_lowest_point(rule, quadratic, worst):
    rate = {"sgd": 1.0, "schedule_free_sgd": 1.0, "lion": 0.05}.get(rule, 0.15)
    state = walk(Optax.of(rule=rule, rate=rate, clip=100.0), quadratic(steps=400), 400)
    assert worst(state.theta) < 0.05


def test_adam_is_optax_adam(rosenbrock):
    problem = rosenbrock(steps=30)
    state = walk(Optax.of(rate=0.05, schedule="constant", clip=1e6), problem, 30)
    theta, rule = problem.free.start(), optax.adam(0.05)
    moments = rule.init(theta)
    for k in range(30):
        update, moments = rule.update(problem.gradient(theta, k)[1], moments, theta)
        theta = optax.apply_updates(theta, update)
    for path in theta:
        np.testing.assert_allclose(state.theta[path], theta[path], rtol=1e-5)


def test_what_rests_does_not_move_and_wakes_at_its_usual_pace(quadratic):
    problem = quadratic(steps=40, rate={"a.x": (1.0, 10, 20.0), "b.y": (0.0, 0, math.inf)})
    for rule in ("adam", "lion", "adamw", "schedule_free_adamw"):
        optimiser, seen = Optax.of(rule=rule, rate=0.01, schedule="constant"), []
        state = optimiser.begin(problem.free.start(), problem)
        for _ in range(30):
            state = optimiser(state, problem)
            seen.append(float(state.theta["a.x"]))
            assert np.array_equal(state.theta["b.y"], problem.free.start()["b.y"])
        assert len(set(seen[:10])) == 1 and len(set(seen[19:])) == 1
        assert len(set(seen[9:20])) == 11
        assert np.max(np.abs(np.diff(seen))) < 0.0125  # no more than a step of a slope that stays


def test_rates_scale_the_moves(quadratic):
    slow, fast = (walk(Optax.of(), quadratic(steps=9, rate={"a.x": (r, 0, math.inf)}), 1).theta["a.x"] for r in (0.25, 1.0))
    np.testing.assert_allclose((1.5 - slow) / (1.5 - fast), 0.25, rtol=1e-5)


def test_long_slopes_are_cut_to_the_norm(quadratic):
    problem = quadratic(steps=9)
    slope = problem.gradient(problem.free.start(), 0)[1]
    norm = float(optax.tree.norm(slope))
    state = walk(Optax.of(rule="sgd", rate=1.0, schedule="constant", clip=0.5), problem, 1)
    assert norm > 0.5
    for path, start in problem.free.start().items():
        np.testing.assert_allclose(start - state.theta[path], slope[path] * 0.5 / norm, rtol=1e-5)


@pytest.mark.parametrize("broken", ["loss", "slope"])
def test_a_step_that_is_not_finite_moves_nothing(broken, quadratic):
    problem = quadratic(steps=20)
    before = walk(Optax.of(), problem, 5)
    loss, slope = problem.gradient(before.theta, 5)
    bad = (jnp.float32(jnp.inf), slope) if broken == "loss" else (loss, slope | {"a.x": jnp.float32(jnp.nan)})
    problem.gradient = lambda theta, step: bad
    after = Optax.of()(before, problem)
    assert math.isnan(after.loss) and int(after.skipped) == 1 and int(after.step) == 6
    assert all(np.array_equal(a, b) for a, b in zip(jax.tree.leaves(after.moments), jax.tree.leaves(before.moments), strict=True))
    assert worst_difference(after.theta, before.theta) == 0


def worst_difference(a, b):
    return max(float(np.max(np.abs(np.asarray(a[k]) - np.asarray(b[k])))) for k in a)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules_are_those_of_optax(schedule):
    steps, done = 100, np.arange(0, 101, 5) / 100
    theirs = {
        "constant": optax.constant_schedule(1.0),
        "cosine": optax.cosine_decay_schedule(1.0, steps, alpha=0.02),
        "warm_up": optax.warmup_cosine_decay_schedule(0.0, 1.0, 20, steps, end_value=0.02),
        "one_cycle": optax.cosine_onecycle_schedule(steps, 1.0, pct_start=0.2, div_factor=25.0, final_div_factor=2.0),
    }[schedule]
    np.testing.assert_allclose(course(schedule, done, 0.2, 0.02), [float(theirs(k)) for k in range(0, 101, 5)], atol=2e-5)


def test_the_last_step_is_made_with_the_end_rate_and_longer_runs_stay_there():
    for schedule in SCHEDULES[:1] + SCHEDULES[2:]:
        np.testing.assert_allclose(course(schedule, jnp.array([1.0, 3.0]), 0.1, 0.01), 0.01, atol=1e-6)


@pytest.mark.parametrize("rule", ["adam", "schedule_free_adamw"])
def test_resumed(rule, quadratic, resumed_ends_the_same):
    resumed_ends_the_same(Optax.of(rule=rule, schedule="one_cycle"), quadratic(steps=20), 20)


def test_asks_for_the_data_of_each_step_once(quadratic):
    problem = quadratic(steps=5)
    walk(Optax.of(), problem, 5)
    assert problem.asked == [0, 1, 2, 3, 4]


def test_it_is_known_by_its_name():
    assert part("optimiser", "optax") is Optax and "optax" in known("optimiser")
    with pytest.raises(ChainError, match="adabelief"):
        Optax.of(rule="adabelieve")


@pytest.mark.parametrize("rule", ["adam", "schedule_free_sgd"])
def test_a_running_mean_stands_where_the_places_average(quadratic, rule):
    """The same walk with and without: where it asks for slopes is the same, where it stands is the mean by its own formula."""
    problem, keep = quadratic(steps=60, rate={"a.x": (1.0, 5, 40.0)}), 0.8
    plain, mean = Optax.of(rule=rule, rate=0.1), Optax.of(rule=rule, rate=0.1, ema=keep)
    one, other = (o.begin(problem.free.start(), problem) for o in (plain, mean))
    wanted = {path: np.asarray(v, float) for path, v in problem.free.start().items()}
    for k in range(60):
        one, other = plain(one, problem), mean(other, problem)
        share = min(keep, (1 + k) / (10 + k))
        for path in wanted:
            np.testing.assert_array_equal(one.visited[path], other.visited[path])
            wanted[path] = share * wanted[path] + (1 - share) * np.asarray(one.theta[path], float)
            np.testing.assert_allclose(other.theta[path], wanted[path], rtol=1e-5, atol=1e-6)


def test_a_running_mean_lies_lower_where_data_are_noisy(valley):
    """Noisy steps at a constant rate: the mean is nearer to the lowest point."""
    from isp.tune.run import tuned

    said = {"steps": 400, "every": 400}
    plain, mean = (tuned(valley(optimiser={"optax": {"schedule": "constant", "rate": 0.2, "ema": ema}}, **said)) for ema in (0.0, 0.98))
    assert mean.after["loss"] < 0.5 * plain.after["loss"]
