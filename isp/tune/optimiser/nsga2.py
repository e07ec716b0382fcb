"""By trying, for several goals at once: what cannot be better in one without being worse in another."""

from __future__ import annotations

from typing import Any

import numpy as np

from isp.core import between, whole_number
from isp.tune.free import Theta, flat, shaped
from isp.tune.optimiser import Optimiser, Problem
from isp.tune.optimiser._sampled import Study
from isp.tune.optimiser._tried import Tried, moving, ranked


class Nsga2(Optimiser, slopes=False, paper="deb2002"):
    """The non-dominated sorting genetic algorithm of the optuna library over values within their usual ranges (and the start, where that lies outside); each
    loss of the sum is a goal of its own, and `front` gives the best compromises.

    A step is a generation, whose first member ever is the start. It stands at the compromise nearest to the best of every term, in widths of the front; weights make no
    difference. Generations are compared with
    each other, so all see the same data: those of steps 0 to `batches` - 1. Rates make no difference, except that rate zero holds a parameter. A trial with
    a term that is not finite counts as the worst.
    """

    batches: int = whole_number(default=1, unit="batches", within=between(1, 10_000), doc="steps whose data it always sees")
    population: int = whole_number(default=24, unit="trials", within=between(2, 10_000), doc="size of a generation")

    def begin(self, theta: Theta, problem: Problem) -> Tried:
        moving(problem, self.name)
        return Tried.at(theta)

    def __call__(self, state: Tried, problem: Problem) -> Tried:
        study = state.taken() or self._study(state, problem).retold(state, self.population)
        trials = [study.ask() for _ in range(self.population)]
        values = np.float32([self._terms(problem, theta) for _, theta in trials])
        for (trial, _), row in zip(trials, ranked(values), strict=True):
            study.tell(trial, row)
        rows = np.float32([flat(theta) for _, theta in trials])
        old, heard = (np.asarray(a, np.float32) for a in (state.candidates, state.values))
        best, terms = _undominated(
            np.append(old.reshape(-1, rows.shape[1]), rows, 0), np.append(heard.reshape(-1, values.shape[1]), values, 0)
        )
        stands = shaped(best[_middle(terms)], state.start) if len(best) else state.theta
        return state.heard(study, rows, values, stands)

    def _study(self, state: Tried, problem: Problem) -> Study:
        def sampler(optuna: Any) -> Any:
            return optuna.samplers.NSGAIISampler(population_size=self.population, seed=problem.seed % 2**32)

        # How many goals there are is known once something has been tried.
        goals = np.shape(state.values)[1] if len(state.values) else len(problem.terms(state.start, 0))
        return Study(sampler, state.start, moving(problem, self.name), goals)

    def _terms(self, problem: Problem, theta: Theta) -> np.ndarray:
        """The mean of each term over the batches, in alphabetical order."""
        told = [problem.terms(theta, step) for step in range(self.batches)]
        return np.mean([[np.float32(t[name]) for name in sorted(t)] for t in told], 0)


def front(state: Tried) -> tuple[np.ndarray, np.ndarray]:
    """The trials that no other is better than in one term and as good as in all: their numbers (trials, numbers), each row a `flat` theta whose paths are those
    of `state.theta`, and their terms (trials, terms) in alphabetical order; by the first term."""
    return _undominated(np.asarray(state.candidates, np.float32), np.asarray(state.values, np.float32))


def _undominated(rows: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    finite = np.isfinite(values).all(-1)
    values, at = np.unique(values[finite], axis=0, return_index=True)
    kept = np.array([not np.any(np.all(values <= v, 1) & np.any(values < v, 1)) for v in values], bool)
    return rows[finite][at[kept]], values[kept]


def _middle(values: np.ndarray) -> int:
    """The row nearest to the lowest of every column, in widths of the columns."""
    share = (values - values.min(0)) / np.maximum(np.ptp(values, axis=0), 1e-30)
    return int(np.argmin((share**2).sum(1)))
