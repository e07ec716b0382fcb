"""Several starts, of which the promising go on: half of them after a while, half of those after twice as long, until one is left."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from isp.tune.free import Theta
from isp.tune.optimiser import Optimiser, Problem

PAPERS = ("jamieson2016",)

Judge = Callable[[Problem, Theta], float]
"""How good a place is when runs are compared; smaller is better."""


@dataclass(frozen=True, eq=False)
class Runner:
    """A run that competes: its state after `steps` steps, and how it was judged there. `label` says what it is."""

    label: Any
    problem: Problem
    state: Any
    steps: int = 0
    loss: float = math.inf


def on_data(*steps: int) -> Judge:
    """Judge by the mean loss on the data of these steps, the same for all."""
    return lambda problem, theta: float(np.mean([float(problem.value(theta, step)) for step in steps]))


def begun(label: Any, problem: Problem, theta: Theta, optimiser: Optimiser) -> Runner:
    """A runner before its first step."""
    return Runner(label, problem, optimiser.begin(theta, problem))


def advanced(runner: Runner, optimiser: Optimiser, steps: int, judge: Judge) -> Runner:
    """The runner once it has made `steps` steps in all, judged anew."""
    state = runner.state
    for _ in range(runner.steps, steps):
        state = optimiser(state, runner.problem)
    return replace(runner, state=state, steps=max(steps, runner.steps), loss=judge(runner.problem, state.theta))


def halved(
    runners: Sequence[Runner], optimiser: Optimiser, *, first: int = 16, factor: int = 2, judge: Judge | None = None
) -> list[Runner]:
    """All runners, best first: each goes `first` steps, one in `factor` of them goes on to `factor` times as many, and so on until one is left; none goes
    beyond the steps of its problem. Who got farther stands before who did not; who lost in the same round stand by loss, and in their order.

    The schedule of an optimiser spans its problem's steps, so that the winner's state can go on as if it had run alone.
    """
    judge, left, out, steps = judge or on_data(0, 1), list(runners), [], first
    while left:
        left = [advanced(r, optimiser, min(steps, r.problem.steps), judge) for r in left]
        left.sort(key=lambda r: r.loss if math.isfinite(r.loss) else math.inf)
        kept = math.ceil(len(left) / factor) if len(left) > 1 else 0
        out = left[kept:] + out
        left, steps = left[:kept], steps * factor
    return out


def restarts(
    optimiser: Optimiser, problem: Problem, runs: int = 8, *, first: int = 16, factor: int = 2, judge: Judge | None = None
) -> list[Runner]:
    """The best of several starts, with the others behind it: the present values, and `runs` - 1 draws from the usual ranges of what may move (labels 0, 1, ...).
    Judged on the data of the first two steps, unless told otherwise (validation frames, say). Draws depend on the problem's seed only."""
    free, start = problem.free, problem.free.start()
    awake = [f.path for f in free.freed if f.rate]
    drawn = [free.sampled(np.random.default_rng([problem.seed % 2**32, k])) for k in range(1, runs)]
    starts = [start, *(start | {path: d[path] for path in awake} for d in drawn)]
    return halved(
        [begun(k, problem, theta, optimiser) for k, theta in enumerate(starts)], optimiser, first=first, factor=factor, judge=judge
    )
