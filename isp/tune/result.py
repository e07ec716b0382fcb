"""What a run comes to: values, or a reason why not."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import Chain, Frame, IspError
from isp.core.look import Shown
from isp.tune import folder
from isp.tune.free import LEAF, Theta
from isp.tune.learned import Learned, learned
from isp.tune.problem import Problem
from isp.tune.recipe import Recipe

Progress = Callable[[int, int, dict[str, float]], None]
"""Told of a step, of how many there are, and what is known of the loss."""
DEAD = 0.9
"""Share of the steps in which a slope of nothing is worth a word."""


class TuneError(IspError):
    """A loss or a slope that is not finite. Exit 1."""


class Interrupted(Exception):
    """Somebody asked the run to stop; its state has been kept. `step`: of which, None where nothing had been found worth keeping."""

    def __init__(self, step: int | None = None):
        super().__init__(f"interrupted; the state of step {step} is kept" if step else "interrupted before the first step")
        self.step = step


@dataclass(repr=False)
class Run(Shown):
    """What tuning came to. `tuned` is the pipeline by its best judgement, `rows` the history, `before` and `after` what is held out was judged at. `skipped`
    counts steps that were not finite, `dead` says in which share of the steps the slope of a parameter was zero throughout."""

    recipe: Recipe
    problem: Problem
    tuned: Chain
    theta: Theta
    rows: list[dict[str, float]]
    before: dict[str, float]
    after: dict[str, float]
    seconds: float
    out: Path | None = None
    why: str = ""
    state: Any = None
    notes: list[str] = field(default_factory=list)
    skipped: int = 0
    dead: dict[str, float] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, np.ndarray]:
        """The values found, by path."""
        return {path: np.asarray(v) for path, v in self.problem.free.values(self.theta).items()}

    @property
    def start(self) -> dict[str, np.ndarray]:
        """The values before, by path."""
        return {path: np.asarray(v) for path, v in self.problem.free.values(self.problem.free.start()).items()}

    @property
    def learned(self) -> tuple[Learned, ...]:
        """The freed weights, a line for each stage's."""
        return learned(self.problem.free.freed, self.start, self.values)

    def remarks(self) -> list[str]:
        """What whoever tunes should know of how it went."""
        dead = {path: share for path, share in self.dead.items() if share > DEAD}
        told = [f"{path}: its slope was zero in {share:.0%} of the steps" for path, share in dead.items() if LEAF not in path]
        for one in self.learned:
            still = [path.partition(LEAF)[2] for path in dead if path.startswith(one.path + LEAF)]
            if still:
                more = f" and {len(still) - 3} more" if len(still) > 3 else ""
                told.append(f"{one.path}: {len(still)} of {one.arrays} arrays had a slope of zero: {', '.join(still[:3])}{more}")
        return [*told, f"{self.skipped} steps were not finite and were passed over"] if self.skipped else told

    def __repr__(self) -> str:  # a notebook keeps this beside what it shows
        numbers = sum(np.size(value) for value in self.values.values())
        return f"<run of {numbers} numbers, held-out loss {self.before['loss']:.4g} -> {self.after['loss']:.4g}>"

    def pictures(self, count: int = 4, *, before: Chain | None = None) -> list[tuple[Frame, Frame, Frame | None]]:
        """Held-out examples: before, after, and as they should be. `before` is another chain to compare with than the one that was tuned."""
        return folder.pictures(self.problem, before or self.recipe.chain, self.tuned, count)


def prefixed(terms: dict[str, float]) -> dict[str, float]:
    """Terms as a row of the table names them: those of what is held out."""
    return {f"judged_{name}": value for name, value in terms.items()}


def finite(row: dict[str, float]) -> dict[str, float]:
    """A row without what is no number."""
    return {name: value for name, value in row.items() if math.isfinite(value)}
