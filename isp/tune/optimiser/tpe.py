"""By trying: where good trials lie dense and bad ones do not."""

from __future__ import annotations

from typing import Any

import numpy as np

from isp.core import at_least, between, whole_number
from isp.tune.free import Theta, flat, shaped
from isp.tune.optimiser import Optimiser, Problem
from isp.tune.optimiser._sampled import Study
from isp.tune.optimiser._tried import Tried, judged, moving, ranked


class Tpe(Optimiser, slopes=False, paper="bergstra2011"):
    """The tree-structured Parzen estimator of the optuna library, over values within their usual ranges (and the start, where that lies outside).

    A step is a trial, the first at the start; it stands at the best trial so far. Trials are compared with each other, so all see the same data: those of
    steps 0 to `batches` - 1. For a dozen numbers and some hundred trials; with hundreds of numbers it learns nothing. Rates make no difference, except that
    rate zero holds a parameter. A trial whose loss is not finite counts as the worst.
    """

    batches: int = whole_number(default=1, unit="batches", within=between(1, 10_000), doc="steps whose data it always sees")
    scattered: int = whole_number(default=10, unit="trials", within=at_least(1), doc="first trials, which are drawn at random")

    def begin(self, theta: Theta, problem: Problem) -> Tried:
        moving(problem, self.name)
        return Tried.at(theta)

    def __call__(self, state: Tried, problem: Problem) -> Tried:
        study = state.taken() or self._study(state, problem).retold(state)
        trial, theta = study.ask()
        value = np.float32(judged(problem, theta, range(self.batches)))
        study.tell(trial, ranked(value))
        heard = np.append(ranked(state.values), ranked(value))
        rows = [*np.asarray(state.candidates), flat(theta)]
        return state.heard(study, rows[-1][None], value[None], shaped(rows[int(np.argmin(heard))], state.start))

    def _study(self, state: Tried, problem: Problem) -> Study:
        def sampler(optuna: Any) -> Any:
            return optuna.samplers.TPESampler(n_startup_trials=self.scattered, multivariate=True, seed=problem.seed % 2**32)

        return Study(sampler, state.start, moving(problem, self.name))
