"""A run: steps, judgements, checkpoints, and what is left in its folder at the end.

out/
  recipe.yaml     what was asked, resolved
  run.json        seeds, versions, threads, devices, times
  metrics.csv     a row for each step; judgements where there were some
  checkpoints/    the last two
  tuned.yaml      the values found, as an overlay of base.yaml
  pictures/       held-out examples before, after, and as they should be
"""

from __future__ import annotations

import dataclasses
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np

from isp.core import Chain, Frame, IspError
from isp.tune import checkpoint, folder
from isp.tune.blame import blame
from isp.tune.free import Theta
from isp.tune.problem import Problem
from isp.tune.recipe import Recipe

OFTEN = 20.0
"""Seconds after which a state is kept, between judgements too."""

Progress = Callable[[int, int, dict[str, float]], None]


class TuneError(IspError):
    """A loss or a slope that is not finite. Exit 1."""


class Interrupted(Exception):
    """Somebody asked the run to stop; its state has been kept."""


@dataclass
class Run:
    """What tuning came to. `tuned` is the pipeline by its best judgement, `rows` the history, `before` and `after` what is held out was judged at."""

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

    @property
    def values(self) -> dict[str, np.ndarray]:
        """The values found, by path."""
        return {path: np.asarray(v) for path, v in self.problem.free.values(self.theta).items()}

    @property
    def start(self) -> dict[str, np.ndarray]:
        """The values before, by path."""
        return {path: np.asarray(v) for path, v in self.problem.free.values(self.problem.free.start()).items()}

    def pictures(self, count: int = 4) -> list[tuple[Frame, Frame, Frame | None]]:
        """Held-out examples: before, after, and as they should be."""
        return folder.pictures(self.problem, self.recipe.chain, self.tuned, count)


@dataclass
class _Best:
    theta: Theta
    loss: float
    step: int


def tuned(
    recipe: Recipe,
    out: Path | None = None,
    *,
    resume: bool = False,
    force: bool = False,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    problem: Problem | None = None,
) -> Run:
    """Carry a recipe out. In `out` everything is kept that `resume` needs to go on from the last checkpoint to the same end, to the bit.

    Raises Interrupted, after having kept its state, when `stop` is set; TuneError where a number stops being one; DataError or SpecError where what is to
    be taken up again was begun otherwise (`force` goes on nevertheless), PlaceError where nothing can be written.
    """
    return _Runner(recipe, out, problem or Problem(recipe), progress or (lambda *_: None), stop or threading.Event()).run(resume, force)


class _Runner:
    """A run on its way."""

    def __init__(self, recipe: Recipe, out: Path | None, problem: Problem, progress: Progress, stop: threading.Event):
        self.recipe, self.out, self.problem, self.progress, self.stop = recipe, out, problem, progress, stop
        self.settings = recipe.settings
        self.rows: list[dict[str, float]] = []
        self.worse = 0
        self.spent = 0.0

    def run(self, resume: bool, force: bool) -> Run:
        start = self.problem.free.start()
        if self.out:
            folder.opened(self.out, self.recipe, resume, force)
        state = self.recipe.optimiser.begin(start, self.problem)
        kept = checkpoint.last(self.out / "checkpoints") if self.out and resume else None
        if kept:
            state = self.restored(state, kept)
        else:
            self.before = self.judge(start)
            self.best = _Best(start, self.before["loss"], 0)
            self.rows.append({"step": 0, **_prefixed(self.before)})
        why = self.walked(state)
        return self.finished(why)

    def walked(self, state: Any) -> str:
        """All steps, or as many as it takes; the reason why no more."""
        began = kept = time.monotonic()
        begun = self.spent
        while int(state.step) < self.settings.steps:
            if self.stop.is_set():
                self.keep(state)
                raise Interrupted
            last = state
            state = self.stepped(last)
            self.spent = begun + time.monotonic() - began
            step = int(state.step)
            row = {"step": step, "loss": float(state.loss), "seconds": self.spent}
            self.rows.append(row)
            if step % self.settings.every == 0 or step == self.settings.steps:
                row |= _prefixed(told := self.judge(state.theta))
                self.weighed(state.theta, told["loss"], step)
                self.keep(state)
                kept = time.monotonic()
            elif time.monotonic() - kept > OFTEN:
                self.keep(state)
                kept = time.monotonic()
            self.progress(step, self.settings.steps, {"loss": row["loss"], "best": self.best.loss, "before": self.before["loss"]})
            if self.settings.patience and self.worse >= self.settings.patience:
                self.state = state
                return f"no better judgement in {self.worse} of them"
        self.state = state
        return "all steps were made"

    def stepped(self, state: Any) -> Any:
        """One step. What is not finite is blamed on a stage and a parameter, or skipped and counted."""
        new = self.recipe.optimiser(state, self.problem)
        if math.isfinite(float(new.loss)) and all(np.isfinite(np.asarray(v)).all() for v in new.theta.values()):
            return new
        if self.settings.on_nan == "skip" and math.isfinite(self.before["loss"]):
            return dataclasses.replace(state, step=new.step, loss=new.loss)
        step = int(state.step) + 1
        theta = state.theta
        slope = self.problem.gradient(theta, int(state.step))[1] if self.recipe.optimiser.slopes else None
        where = blame(self.problem.free.bind(theta), self.problem.batches(int(state.step)), slope)
        good = checkpoint.last(self.out / "checkpoints") if self.out else None
        do = (
            f"the last good checkpoint is of step {good[0]}; a lower rate, or on_nan: skip, may pass it"
            if good
            else "a lower rate, or on_nan: skip, may pass it"
        )
        raise TuneError(f"step {step}", f"the loss or its slope is not finite ({where})", do, file=self.out or "")

    # ------------------------------------------------------------------ judging
    def judge(self, theta: Theta) -> dict[str, float]:
        """The loss on what is held out, with its terms."""
        loss, terms = self.problem.judged(theta)
        return {"loss": loss, **terms}

    def weighed(self, theta: Theta, loss: float, step: int) -> None:
        """Keep the better."""
        if loss < self.best.loss:
            self.best, self.worse = _Best(theta, loss, step), 0
        else:
            self.worse += 1

    # ------------------------------------------------------------------ keeping
    def keep(self, state: Any) -> None:
        """A checkpoint, and the table so far."""
        if self.out is None:
            return
        names = sorted({name for row in self.rows for name in row})
        table = {f"rows.{name}": np.array([row.get(name, math.nan) for row in self.rows], np.float64) for name in names}
        arrays = {**checkpoint.leaves(state, "state"), **checkpoint.leaves(self.best.theta, "best"), **table}
        facts = {"best": [self.best.loss, self.best.step], "worse": self.worse, "before": self.before, "spent": self.spent}
        checkpoint.keep(self.out / "checkpoints", int(state.step), arrays, facts)
        folder.metrics(self.out, self.rows)

    def restored(self, state: Any, kept: tuple[int, checkpoint.Arrays, dict[str, Any]]) -> Any:
        """The state of a checkpoint."""
        _, arrays, facts = kept
        columns = {name[5:]: v for name, v in arrays.items() if name.startswith("rows.")}
        count = len(next(iter(columns.values())))
        self.rows = [{name: float(v[i]) for name, v in columns.items() if not math.isnan(v[i])} for i in range(count)]
        theta = jax.tree.map(jax.numpy.asarray, checkpoint.filled(self.problem.free.start(), arrays, "best"))
        self.best = _Best(theta, facts["best"][0], facts["best"][1])
        self.worse, self.before, self.spent = facts["worse"], facts["before"], facts["spent"]
        return jax.tree.map(jax.numpy.asarray, checkpoint.filled(state, arrays, "state"))

    def finished(self, why: str) -> Run:
        """The best by judgement; the last where nothing is held out to judge by."""
        after = self.judge(self.best.theta)
        chain = self.problem.free.bind(jax.tree.map(np.asarray, self.best.theta))
        made = Run(
            self.recipe,
            self.problem,
            folder.plain(chain),
            self.best.theta,
            self.rows,
            self.before,
            after,
            self.spent,
            self.out,
            why,
            self.state,
        )
        if self.out:
            folder.closed(made)
        return made


def _prefixed(terms: dict[str, float]) -> dict[str, float]:
    return {f"judged_{name}": value for name, value in terms.items()}
