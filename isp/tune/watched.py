"""What a run learns of its optimiser by looking over its shoulder."""

from __future__ import annotations

from typing import Any

import numpy as np

from isp.tune.free import Theta
from isp.tune.problem import Problem


class Watched:
    """A problem as its optimiser sees it, and what is seen of it on the way: `bad` is where the first number was none (theta, step, slope), `zero` how often each
    slope was zero throughout, of those `asked` for."""

    def __init__(self, problem: Problem):
        self.problem, self.free, self.seed, self.steps = problem, problem.free, problem.seed, problem.steps
        self.asked = 0
        self.zero: dict[str, int] = {}
        self.bad: tuple[Theta, int, Theta | None] | None = None

    def gradient(self, theta: Theta, step: int) -> tuple[Any, Theta]:
        """The loss on the data of a step, and its slope."""
        value, slope = self.problem.gradient(theta, step)
        held = {path: np.asarray(v) for path, v in slope.items()}
        self.asked += 1
        for path, v in held.items():
            if not v.any():
                self.zero[path] = self.zero.get(path, 0) + 1
        self.heard([value, *held.values()], theta, step, held)
        return value, slope

    def value(self, theta: Theta, step: int) -> Any:
        """The loss alone."""
        value = self.problem.value(theta, step)
        self.heard([value], theta, step)
        return value

    def terms(self, theta: Theta, step: int) -> dict[str, float]:
        """Each term of the loss."""
        terms = self.problem.terms(theta, step)
        self.heard(list(terms.values()), theta, step)
        return terms

    def heard(self, numbers: list[Any], theta: Theta, step: int, slope: Theta | None = None) -> None:
        """Remember the first place that is not finite."""
        if self.bad is None and not all(np.isfinite(np.asarray(v)).all() for v in numbers):
            self.bad = theta, step, slope
