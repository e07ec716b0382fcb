"""A run: steps, judgements, checkpoints, and what is left in its folder at the end.

out/
  recipe.yaml     what was asked, resolved
  base.yaml       the pipeline as it was
  run.json        versions, threads, devices, times; at the end the values and losses before and after
  metrics.csv     a row for each step; judgements where there were some, and the values on the way
  checkpoints/    the last two
  tuned.yaml      the values found, as an overlay of base.yaml
  pictures/       held-out examples before, after, and as they should be
"""

from __future__ import annotations

import dataclasses
import math
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import jax
import numpy as np

from isp.tune import checkpoint, folder
from isp.tune.blame import blame
from isp.tune.free import Theta
from isp.tune.identity import identity
from isp.tune.problem import Problem
from isp.tune.recipe import Recipe
from isp.tune.restarts import restarts
from isp.tune.result import Interrupted, Progress, Run, TuneError, finite, prefixed
from isp.tune.select import selected
from isp.tune.trail import trail
from isp.tune.watched import Watched

FIRST = 20
"""Of several starts, each makes one step in so many of the run's before half of them go on."""
OFTEN = 20.0
"""Seconds after which a state is kept, between judgements too."""
MANY = 20
"""Steps together that may be passed over because they are not finite."""


@dataclass
class _Best:
    theta: Theta
    loss: float
    step: int


@dataclass
class _Moment:
    """A state that is known to be good, the number of rows by then, and what had been counted."""

    state: Any
    rows: int
    counts: dict[str, Any]


def tuned(
    recipe: Recipe,
    out: Path | None = None,
    *,
    resume: bool = False,
    force: bool = False,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    problem: Problem | None = None,
    words: folder.Words = folder.PYTHON,
) -> Run:
    """Carry a recipe out. In `out` everything is kept that `resume` needs to go on from the last checkpoint to the same end, to the bit; where nothing lies yet,
    it begins.

    Raises Interrupted, after having kept its state, when `stop` is set; TuneError where a number stops being one; DataError or SpecError where what is to
    be taken up again was begun otherwise (`force` goes on nevertheless), PlaceError where nothing can be written. Messages say so in `words`.
    """
    with folder.claimed(out, resume, force, words) if out else nullcontext():
        recipe = selected(recipe, *folder.chosen(out)) if recipe.choose else recipe
        runner = _Runner(recipe, out, problem or Problem(recipe), progress or (lambda *_: None), stop or threading.Event())
        return runner.run(force, words)


class _Runner:
    """A run on its way."""

    def __init__(self, recipe: Recipe, out: Path | None, problem: Problem, progress: Progress, stop: threading.Event):
        self.recipe, self.out, self.progress, self.stop = recipe, out, progress, stop
        self.problem, self.seen = problem, Watched(problem)
        self.settings = recipe.settings
        self.rows: list[dict[str, float]] = []
        self.worse = self.skipped = self.skips = 0
        self.spent = 0.0
        self.notes: list[str] = []
        self.good: _Moment | None = None

    def run(self, force: bool, words: folder.Words) -> Run:
        kept, other = None, []
        if self.out:
            now, damaged = identity(self.problem), list[Path]()
            other = folder.compared(self.out, now, force, words)
            kept = checkpoint.last(self.out / "checkpoints", damaged)
            self.notes += [f"{path.name} is damaged; the checkpoint before it was taken" for path in damaged]
            self.notes += [f"changed since it began: {text}" for text in other]
        start = self.problem.free.start()
        state = self.recipe.optimiser.begin(start, self.seen)
        if kept:
            state = self.restored(state, kept)
        else:
            self.before = self.judge(start, 0)
            if not math.isfinite(self.before["loss"]):
                self.refuse(start, None, 0, "the loss of what the run begins with")
            self.best = _Best(start, self.before["loss"], 0)
            self.row({"step": 0} | trail(self.problem, start), self.before)
            if self.settings.restarts > 1:
                best = restarts(self.recipe.optimiser, self.problem, self.settings.restarts, first=max(1, self.settings.steps // FIRST))[0]
                self.notes.append(f"of {self.settings.restarts} starts, number {best.label} went on (0 is the recipe's own)")
                state = best.state
        ended = bool(kept and not other and self.done(state)) and "ended" in folder.told(self.out or Path())
        if self.out and not ended:
            folder.begun(self.out, self.recipe, now, kept[0] if kept else None, other)
        return self.finished(*self.walked(state), ended)

    def done(self, state: Any) -> str:
        """Why there is no further step; empty where there is."""
        if self.settings.patience and self.worse >= self.settings.patience:
            return f"no better judgement in {self.worse} of them"
        return "all steps were made" if int(state.step) >= self.settings.steps else ""

    def walked(self, state: Any) -> tuple[Any, str]:
        """The state after all steps, or as many as it takes, and the reason why no more."""
        began = kept = time.monotonic()
        begun = self.spent
        while not (why := self.done(state)):
            if self.stop.is_set():
                self.keep()
                raise Interrupted(int(self.good.state.step) if self.good else None)
            state, loss = self.stepped(state)
            self.spent = begun + time.monotonic() - began
            step = int(state.step)
            self.row({"step": step, "loss": loss, "seconds": self.spent} | trail(self.problem, state.theta, step))
            if step % self.settings.every == 0 or step == self.settings.steps:
                judged = self.judge(state.theta, step)
                self.rows[-1] |= finite(prefixed(judged))
                self.weighed(state.theta, judged["loss"], step)
                self.good = self.moment(state)
            if (self.good and int(self.good.state.step) == step) or time.monotonic() - kept > OFTEN:
                self.keep()
                kept = time.monotonic()
            told = {"loss": loss, "best": self.best.loss, "before": self.before["loss"]}
            self.progress(step, self.settings.steps, finite(told))
        return state, why

    def stepped(self, last: Any) -> tuple[Any, float]:
        """One step, and its loss. What is not finite is blamed on a stage and a parameter, or skipped and counted."""
        self.seen.bad, before = None, self.moment(last)
        state = self.recipe.optimiser(last, self.seen)
        fine = all(np.isfinite(np.asarray(v)).all() for v in state.theta.values())
        if fine and math.isfinite(float(state.loss)):
            self.good, self.skips = before, 0
            return state, float(state.loss)
        theta, step, slope = self.seen.bad or (last.theta, int(last.step), None)
        self.skips, self.skipped = self.skips + 1, self.skipped + 1
        if self.settings.on_nan == "stop" or self.skips > MANY:
            what = "the loss or its slope" if self.skips <= MANY else f"in each of {MANY} steps the loss or its slope"
            self.refuse(theta, step, int(state.step), what, slope)
        # One that tries has dealt with it: it remembers what it tried. One that descends may stand where there is no way on.
        return (state if fine and not self.recipe.optimiser.slopes else _passed(last, state, fine)), math.nan

    def refuse(self, theta: Theta, data: int | None, step: int, what: str, slope: Theta | None = None) -> NoReturn:
        """End the run: something is not finite."""
        try:
            where = blame(self.problem, theta, data, slope)
        except Exception as error:  # the fault itself must be told, even where looking for its cause fails
            where = f"where, could not be found: {error}"
        good = checkpoint.last(self.out / "checkpoints") if self.out else None
        do = f"the last good checkpoint is of step {good[0]}; " if good else ""
        raise TuneError(
            f"step {step}", f"{what} is not finite ({where})", f"{do}a lower rate, or on_nan: skip, may pass it", file=self.out or ""
        )

    # ------------------------------------------------------------------ judging
    def judge(self, theta: Theta, step: int) -> dict[str, float]:
        """The loss on what is held out, with its terms. Where it is not finite the run ends, or goes on with what it had."""
        loss, terms = self.problem.judged(theta)
        if not math.isfinite(loss) and self.settings.on_nan == "stop":
            self.refuse(theta, None, step, "the loss on what is held out")
        return {"loss": loss, **terms}

    def weighed(self, theta: Theta, loss: float, step: int) -> None:
        """Keep the better."""
        if loss < self.best.loss:
            self.best, self.worse = _Best(theta, loss, step), 0
        else:
            self.worse += 1

    def row(self, told: dict[str, float], judged: dict[str, float] | None = None) -> None:
        """A line of the table. What is not finite stays empty."""
        line = finite(told | prefixed(judged or {}))
        self.rows.append(line if "loss" in line or "judged_loss" in line else line | {"skipped": self.skipped})

    # ------------------------------------------------------------------ keeping
    def moment(self, state: Any) -> _Moment:
        """Now, as it can be kept later."""
        slopes = [self.seen.asked, dict(self.seen.zero)]
        return _Moment(state, len(self.rows), {"skipped": self.skipped, "skips": self.skips, "slopes": slopes, "spent": self.spent})

    def keep(self) -> None:
        """A checkpoint of the last state that is known to be good, and the table so far."""
        if self.out is None or self.good is None:
            return
        state, rows = self.good.state, self.rows[: self.good.rows]
        arrays = checkpoint.leaves(state, "state") | checkpoint.leaves(self.best.theta, "best") | checkpoint.columns(rows)
        facts = {"best": [self.best.loss, self.best.step], "worse": self.worse, "before": self.before, **self.good.counts}
        checkpoint.keep(self.out / "checkpoints", int(state.step), arrays, facts)
        folder.metrics(self.out, rows)

    def restored(self, state: Any, kept: tuple[int, checkpoint.Arrays, dict[str, Any]]) -> Any:
        """The state of a checkpoint."""
        _, arrays, facts = kept
        self.rows = checkpoint.rows(arrays)
        theta = jax.tree.map(jax.numpy.asarray, checkpoint.filled(self.problem.free.start(), arrays, "best"))
        self.best = _Best(theta, facts["best"][0], facts["best"][1])
        self.worse, self.before, self.spent = facts["worse"], facts["before"], facts["spent"]
        self.skipped, self.skips = facts["skipped"], facts["skips"]
        self.seen.asked, self.seen.zero = facts["slopes"]
        state = jax.tree.map(jax.numpy.asarray, checkpoint.filled(state, arrays, "state"))
        self.good = self.moment(state)
        return state

    def finished(self, state: Any, why: str, ended: bool) -> Run:
        """The best by judgement; the last where nothing is held out to judge by."""
        after, theta = self.judge(self.best.theta, self.best.step), self.best.theta
        chain = folder.rounded(self.problem.free.bind(jax.tree.map(np.asarray, theta)))
        made = Run(self.recipe, self.problem, chain, theta, self.rows, self.before, after, self.spent, self.out, why, state, self.notes)
        made.skipped = self.skipped
        made.dead = {path: count / self.seen.asked for path, count in self.seen.zero.items() if count}
        made.notes += made.remarks()
        if ended:
            made.notes.append("this run had ended; nothing was done")
        elif self.out:
            folder.closed(made)
        return made


def _passed(last: Any, state: Any, fine: bool) -> Any:
    """The state after a step that is passed over: with the optimiser's own count of them where its numbers are still numbers, else as it was."""
    return dataclasses.replace(state if fine else last, step=state.step, loss=last.loss)
