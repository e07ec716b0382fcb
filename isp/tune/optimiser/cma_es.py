"""By trying: a cloud of candidates that learns its own shape."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.core import Scalar, at_least, between, option, param, whole_number
from isp.tune.free import Freed, Theta, shaped
from isp.tune.library import library
from isp.tune.optimiser import Optimiser, Problem
from isp.tune.optimiser._tried import Tried, judged, moving, ranked

PAPERS = ("ros2008",)
MANY = 60
"""Numbers above which the covariance is kept diagonal: a full one learns too slowly to help within a usual budget."""


class CmaEs(Optimiser, slopes=False, paper="hansen2001"):
    """The covariance matrix adaptation evolution strategy of the cmaes library, on numbers without bounds. Needs no slope, so it also serves losses that
    have none, and is the honest baseline of those that do.

    A step is a generation; all its candidates see the data of that step. A parameter's rate widens its axis of the first cloud; one of rate zero stays where
    it is. Above 60 numbers only a diagonal covariance is learned (Ros and Hansen 2008). A candidate whose loss is not finite counts as the worst. The loss of
    a step is that of its best candidate.
    """

    sigma: Scalar = param(default=0.3, unit="1", within=between(1e-4, 10), usual=between(0.1, 1), doc="deviation of the first cloud")
    population: int = whole_number(default=0, unit="candidates", within=at_least(0), doc="size of a generation; 0: 4 + 3 log(numbers)")
    covariance: str = option(default="auto", choices=("auto", "full", "diagonal"), doc="what is learned of the cloud's shape")
    stands: str = option(default="mean", choices=("mean", "best"), doc="where it stands: the cloud's mean, or the generation's best")

    def begin(self, theta: Theta, problem: Problem) -> Tried:
        moving(problem, self.name)
        return Tried.at(theta)

    def __call__(self, state: Tried, problem: Problem) -> Tried:
        some = moving(problem, self.name)
        cloud = state.taken() or self._told(state, problem, some)
        candidates = _asked(cloud)
        values = np.array([judged(problem, _theta(state.start, some, row), [int(state.step)]) for row in candidates])
        _tell(cloud, candidates, ranked(values))
        best = candidates[np.argmin(ranked(values))]
        stands = best if self.stands == "best" else np.float32(cloud._mean)
        return state.heard(cloud, candidates, values, _theta(state.start, some, stands))

    def _told(self, state: Tried, problem: Problem, some: tuple[Freed, ...]) -> Any:
        """The library's object after the log of a state: asked and told again, so that its random numbers are where they were."""
        cmaes = library("cmaes")
        count = sum(int(np.size(state.start[f.path])) for f in some)
        diagonal = self.covariance == "diagonal" or (self.covariance == "auto" and count > MANY)
        kind = cmaes.SepCMA if diagonal else cmaes.CMA
        sizes = {"population_size": max(self.population, 2)} if self.population else {}
        cloud = kind(mean=np.zeros(count), sigma=float(self.sigma), seed=problem.seed % 2**32, **sizes)
        candidates, values = state.log()
        for at in range(0, len(candidates), cloud.population_size):
            _asked(cloud)
            _tell(cloud, candidates[at : at + cloud.population_size], values[at : at + cloud.population_size])
        return cloud


def _asked(cloud: Any) -> np.ndarray:
    return np.float32([cloud.ask() for _ in range(cloud.population_size)])


def _tell(cloud: Any, candidates: np.ndarray, values: np.ndarray) -> None:
    cloud.tell([(np.asarray(row, float), float(value)) for row, value in zip(candidates, values, strict=True)])


def _theta(start: Theta, some: tuple[Freed, ...], row: np.ndarray) -> Theta:
    """Where a candidate is: its numbers are distances from the start, in rates."""
    move = shaped(row, {f.path: start[f.path] for f in some})
    return start | {f.path: start[f.path] + jnp.float32(f.rate) * move[f.path] for f in some}
