"""What optimisers that try keep: a log of every candidate and what came of it, from which the library's own object is told everything again.

Candidates are rounded to single precision before they are tried and told, so that a log in a checkpoint says exactly what the library heard.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import ChainError
from isp.core.pytree import pytree
from isp.tune.free import Freed, Theta
from isp.tune.optimiser import Problem

WORST = np.float32(1e30)
"""What a library is told of a candidate whose loss is not finite."""
MOST = 1000
"""Numbers among which a search without slopes still learns something within a usual budget."""


@pytree
@dataclass(frozen=True, eq=False)
class Tried:
    """`candidates` (trials, numbers) and `values` (trials,) or (trials, terms), oldest first; `start` is where it began. `live` is the library's object,
    which has heard exactly this log: no part of the state, and rebuilt where it is missing."""

    theta: Theta
    start: Theta
    step: Any
    loss: Any
    candidates: np.ndarray
    values: np.ndarray
    live: Any = field(default=None, init=False)

    @classmethod
    def at(cls, theta: Theta) -> Tried:
        """Before the first trial."""
        theta = jax.tree.map(jnp.asarray, theta)
        return cls(theta, theta, np.int32(0), np.float32(np.nan), np.zeros((0, 0), np.float32), np.zeros(0, np.float32))

    def log(self) -> tuple[np.ndarray, np.ndarray]:
        """The log as NumPy arrays, whatever a checkpoint has made of them, with values that libraries can rank."""
        return np.asarray(self.candidates, np.float32), ranked(self.values)

    def heard(self, live: Any, candidates: np.ndarray, values: np.ndarray, theta: Theta) -> Tried:
        """The state after one more step, in which these were tried."""
        old, before = np.asarray(self.candidates, np.float32), np.asarray(self.values, np.float32)
        rows = np.concatenate([old.reshape(len(old), candidates.shape[1]), candidates.astype(np.float32)])
        values = values.astype(np.float32)
        told = np.concatenate([before.reshape(len(before), *values.shape[1:]), values])
        sums = values.reshape(len(values), -1).sum(1)
        loss = np.min(sums, where=np.isfinite(sums), initial=np.inf)
        loss = np.float32(loss if np.isfinite(loss) else np.nan)
        made = replace(self, theta=theta, step=np.int32(int(self.step) + 1), loss=loss, candidates=rows, values=told)
        object.__setattr__(made, "live", live)
        return made

    def taken(self) -> Any:
        """The library's object, handed over: a second step from here, or one after an interrupted step, finds None and rebuilds it."""
        live = self.live
        object.__setattr__(self, "live", None)
        return live


def ranked(values: Any) -> np.ndarray:
    """Values as a log keeps them, the ones that are not finite behind all others."""
    values = np.asarray(values, np.float32)
    return np.where(np.isfinite(values), values, WORST).astype(float)


def moving(problem: Problem, who: str) -> tuple[Freed, ...]:
    """The parameters whose rate is not zero. Raises ChainError where there are none, or where one moves in some steps only: who tries compares candidates
    across steps."""
    for f in problem.free.freed:
        if f.rate and (f.first > 0 or math.isfinite(f.last)):
            raise ChainError(f.path, f"first, last: {who} moves all parameters in every step", "leave them out, or descend by gradient")
    some = tuple(f for f in problem.free.freed if f.rate)
    if (count := sum(int(np.size(problem.free.start()[f.path])) for f in some)) > MOST:
        raise ChainError(
            who, f"{count} numbers are free, and who tries finds no way among more than {MOST}", "descend by gradient: optimiser: optax"
        )
    if not some:
        raise ChainError(who, "no parameter is free to move")
    return some


def judged(problem: Problem, theta: Theta, steps: Sequence[int]) -> float:
    """The mean loss on the data of these steps."""
    return float(np.mean([np.float32(problem.value(theta, step)) for step in steps]))
