"""Choices by trying: each combination is tuned for a while, and the promising go on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from isp.core import Chain, ChainError
from isp.tune.choice import Alternative, Choice, Picks, alternatives, chosen, count
from isp.tune.free import Free, freed, matches, numbers_of
from isp.tune.optimiser import Optimiser, Problem
from isp.tune.optimiser._sampled import quiet
from isp.tune.restarts import Judge, Runner, advanced, begun, halved, on_data

PATIENCE = 10
"""How often a combination may be drawn again, for each that is wanted, before the draws are held to be all there are."""


@dataclass(frozen=True, eq=False)
class Row:
    """A combination, how it was judged after how many steps, its chain with the values found, and the state to go on from (None where nothing was tuned)."""

    picks: Picks
    loss: float
    steps: int
    chain: Chain
    problem: Problem
    state: Any


@dataclass(frozen=True, eq=False)
class Found:
    """Combinations, best first, and those that make no chain, with the reason."""

    rows: tuple[Row, ...]
    left_out: tuple[tuple[Picks, str], ...]


def search(
    problem_of: Callable[[Chain], Problem],
    chain: Chain,
    choices: Sequence[Choice],
    optimiser: Optimiser | None = None,
    *,
    most: int = 32,
    first: int = 16,
    factor: int = 2,
    judge: Judge | None = None,
    seed: int = 0,
) -> Found:
    """Search the combinations of `choices`; `problem_of` makes the problem of a chain (`freed_here` says what is free in it). With an optimiser each is tuned for `first` steps from the values it has, judged (by the mean loss on the data of
    the first two steps unless told otherwise), and one in `factor` goes on; without one, each is judged as it stands.

    Where there are more than `most` combinations, `most` of them are tried: drawn by the tree-structured Parzen estimator, which hears how each did after its
    first steps. Deterministic by `seed`. Each chain is compiled for itself. Raises ChainError where no combination makes a chain.
    """
    judge = judge or on_data(0, 1)

    def tried(one: Alternative) -> Runner:
        problem = problem_of(one.chain)
        start = problem.free.start()
        if optimiser is None:
            return Runner(one, problem, None, 0, judge(problem, start))
        return advanced(begun(one, problem, start, optimiser), optimiser, min(first, problem.steps), judge)

    if count(choices) <= most:
        found = alternatives(chain, choices)
        runners, left_out = [tried(one) for one in found.fit], list(found.left_out)
    else:
        runners, left_out = _drawn(chain, choices, tried, most, seed)
    if not runners:
        raise ChainError("choose", "no combination makes a chain", "; ".join(why for _, why in left_out[:3]))
    if optimiser is not None:
        runners = halved(runners, optimiser, first=first, factor=factor, judge=judge)
    else:
        runners.sort(key=lambda r: r.loss if math.isfinite(r.loss) else math.inf)
    return Found(tuple(_row(r) for r in runners), tuple(left_out))


def freed_here(chain: Chain, patterns: Sequence[Any]) -> Free:
    """What patterns free in this chain; those that speak of stages it does not have are passed over, and there may be nothing to free."""
    here = []
    for pattern in patterns:
        path = pattern if isinstance(pattern, str) else next(iter(pattern))
        if any(matches(number, path) for number in numbers_of(chain)):
            here.append(pattern)
    return freed(chain, here)


def _drawn(
    chain: Chain, choices: Sequence[Choice], tried: Callable[[Alternative], Runner], most: int, seed: int
) -> tuple[list[Runner], list[tuple[Picks, str]]]:
    """`most` different chains, or fewer where draws repeat themselves, and what made none. The first is the first pick of each choice."""
    optuna = quiet()
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(n_startup_trials=min(10, most // 2), seed=seed % 2**32))
    spans = {c.key: optuna.distributions.CategoricalDistribution(range(len(c.picks))) for c in choices}
    study.enqueue_trial({c.key: 0 for c in choices})
    runners: dict[str, Runner] = {}
    left_out: dict[str, tuple[Picks, str]] = {}
    for _ in range(PATIENCE * most):
        if len(runners) == most:
            break
        trial = study.ask(spans)
        picks = {c.key: c.picks[trial.params[c.key]] for c in choices}
        try:
            made = chosen(chain, picks)
        except ChainError as error:
            left_out[repr(picks)] = picks, str(error)
            study.tell(trial, 1e30)
            continue
        key = repr(made)
        if key not in runners:
            runners[key] = tried(Alternative(picks, made))
        loss = runners[key].loss
        study.tell(trial, loss if math.isfinite(loss) else 1e30)
    return list(runners.values()), list(left_out.values())


def _row(runner: Runner) -> Row:
    free = runner.problem.free
    theta = free.start() if runner.state is None else runner.state.theta
    return Row(runner.label.picks, runner.loss, runner.steps, free.bind(theta), runner.problem, runner.state)
