"""What the samplers of the optuna library share: numbers within their usual ranges, asked for and told by name, in silence."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from isp.core import PlaceError
from isp.tune.free import Freed, Theta, flat
from isp.tune.library import library
from isp.tune.optimiser._tried import Tried


def quiet() -> Any:
    """The optuna library, which else tells every trial."""
    optuna = library("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


class Study:
    """A study of the parameters `some` that begins at `start`: `ask` gives an untold trial and its theta, `tell` what came of it."""

    def __init__(self, sampler: Callable[[Any], Any], start: Theta, some: Sequence[Freed], terms: int = 1):
        self.optuna, self.start, self.some, self.spans = quiet(), start, some, {}
        values = {f.path: np.asarray(f.bind(np.asarray(start[f.path], float)), float) for f in some}
        for f in some:
            for i, now in enumerate(np.ravel(values[f.path])):
                # A start outside its usual range widens it: what a user begins with is never out of reach.
                low, high = min(f.usual.low, float(now)), max(f.usual.high, float(now))
                self.spans[f"{f.path}[{i}]"] = self.optuna.distributions.FloatDistribution(low, high)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the library calls experimental is named in its documentation
            self.study = self.optuna.create_study(sampler=sampler(self.optuna), directions=["minimize"] * terms)
            self.study.enqueue_trial({f"{f.path}[{i}]": float(v) for f in some for i, v in enumerate(np.ravel(values[f.path]))})

    def ask(self) -> tuple[Any, Theta]:
        """The next trial, and where it is; the first is at the start."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trial = self.study.ask(self.spans)
        theta = dict(self.start)
        for f in self.some:
            shape = np.shape(theta[f.path])
            values = np.reshape([trial.params[f"{f.path}[{i}]"] for i in range(int(np.prod(shape)))], shape)
            theta[f.path] = np.asarray(f.free(values), np.float32)
        return trial, theta

    def tell(self, trial: Any, values: Any) -> None:
        """`values`: one loss, or one for each term."""
        self.study.tell(trial, [float(v) for v in np.ravel(values)])

    def retold(self, state: Tried, together: int = 1) -> Study:
        """This study after the log of a state, which asked for so many trials `together`. Raises PlaceError where the library now asks for others."""
        candidates, values = state.log()
        for at in range(0, len(candidates), together):
            trials = [self.ask() for _ in range(together)]
            for (trial, theta), row, value in zip(trials, candidates[at:], values[at:], strict=False):
                if not np.array_equal(flat(theta), row):
                    why = f"{self.optuna.__version__} asks for other trials than the version with which this run began"
                    raise PlaceError("optuna", why, "install that version, or begin anew")
                self.tell(trial, value)
        return self
