"""Down the slope with a memory of how it bends: few steps, each as long as it pays."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from isp.core import Scalar, between, param, whole_number
from isp.core.pytree import pytree
from isp.tune.free import Theta, flat, shaped
from isp.tune.optimiser import Optimiser, Problem


@pytree
@dataclass(frozen=True, eq=False)
class State:
    """Where a descent stands: the loss and the slope there (nan before the first step), and what the last steps have told. `failed` counts steps that found
    nothing lower."""

    theta: Theta
    slope: Theta
    below: Any
    memory: Any
    step: Any
    loss: Any
    failed: Any


class Lbfgs(Optimiser, paper="liu1989"):
    """The limited-memory quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno, for up to some tens of numbers: optax gives the direction, SciPy a
    length that satisfies the strong conditions of Wolfe.

    It compares losses across steps, so it sees the same data in every step: the mean over the data of steps 0 to `batches` - 1, noise and all. A step asks for
    one slope or a few, `batches` times each. Where nothing lower is found along its direction, which in single precision is how it ends, it stays, and begins
    its memory anew. A parameter at rest is held; what its rate is otherwise makes no difference, since the method finds the scales itself.
    """

    memory: int = whole_number(default=10, unit="steps", within=between(1, 200), doc="steps it remembers")
    batches: int = whole_number(default=1, unit="batches", within=between(1, 10_000), doc="steps whose data it always sees")
    trials: int = whole_number(default=10, unit="lengths", within=between(1, 100), doc="lengths tried in one step")
    longest: Scalar = param(default=2.0, unit="1", within=between(1e-3, 100), doc="farthest that a number first tries to move in a step")

    def begin(self, theta: Theta, problem: Problem) -> State:
        theta = jax.tree.map(jnp.asarray, theta)
        slope, nothing = jax.tree.map(jnp.zeros_like, theta), jnp.float32(jnp.nan)
        return State(theta, slope, nothing, _started(theta, self.memory), jnp.int32(0), nothing, jnp.int32(0))

    def __call__(self, state: State, problem: Problem) -> State:
        rates = problem.free.rates(int(state.step))
        awake = flat({path: np.full(np.shape(v), rates[path] > 0) for path, v in state.theta.items()}).astype(bool)
        look = _Looked(self, problem, state, awake)
        here = flat(state.theta)
        down, memory = _direction(state.theta, shaped(look.slope(here), state.theta), state.memory, self.memory)
        down = -np.where(awake, flat(down), 0).astype(float)
        down *= min(1.0, float(self.longest) / max(np.max(np.abs(down)), 1e-30))
        length = self._length(look, here, down)
        if length is None:
            fresh = _started(state.theta, self.memory)
            return replace(state, memory=fresh, step=state.step + 1, loss=jnp.float32(look.loss(here)), failed=state.failed + 1)
        there = np.float32(here + length * down)
        theta, slope = shaped(there, state.theta), shaped(look.slope(there, all_of_it=True), state.theta)
        return State(theta, slope, jnp.float32(look.loss(there)), memory, state.step + 1, jnp.float32(look.loss(here)), state.failed)

    def _length(self, look: _Looked, here: np.ndarray, down: np.ndarray) -> float | None:
        """How far along `down`; None where nothing lower is found."""
        from scipy.optimize import line_search

        if not np.any(down) or not np.all(np.isfinite(down)):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns when it finds nothing, and None says so
            slope, loss = look.slope(here), look.loss(here)
            found = line_search(look.loss, look.slope, here.astype(float), down, slope, loss, amax=10.0, maxiter=self.trials)
        return found[0] if found[0] is not None and look.loss(here + found[0] * down) < loss else None


class _Looked:
    """Loss and slope by place, asked for once; on the way of a step nothing else is asked twice."""

    def __init__(self, optimiser: Lbfgs, problem: Problem, state: State, awake: np.ndarray):
        self.problem, self.like, self.awake, self.steps = problem, state.theta, awake, range(optimiser.batches)
        self.seen: dict[bytes, tuple[float, np.ndarray]] = {}
        if np.isfinite(state.below):
            self.seen[flat(state.theta).tobytes()] = float(state.below), flat(state.slope)

    def loss(self, where: np.ndarray) -> float:
        loss, slope = self._at(where)
        return loss if np.isfinite(loss) and np.all(np.isfinite(slope)) else np.inf

    def slope(self, where: np.ndarray, all_of_it: bool = False) -> np.ndarray:
        slope = self._at(where)[1]
        return slope if all_of_it else np.where(self.awake, slope, 0)

    def _at(self, where: np.ndarray) -> tuple[float, np.ndarray]:
        where = np.float32(where)
        if (key := where.tobytes()) not in self.seen:
            theta = shaped(where, self.like)
            told = [self.problem.gradient(theta, step) for step in self.steps]
            loss = np.float32(np.mean([np.float32(t[0]) for t in told]))
            self.seen[key] = float(loss), np.mean([flat({path: t[1][path] for path in theta}) for t in told], 0, dtype=np.float32)
        return self.seen[key]


def _started(theta: Theta, memory: int) -> Any:
    return jax.tree.map(jnp.asarray, optax.scale_by_lbfgs(memory).init(theta))


@partial(jax.jit, static_argnums=3)
def _direction(theta: Theta, slope: Theta, memory: Any, size: int) -> tuple[Theta, Any]:
    """The slope times what is known of the inverse curvature, and the memory after it."""
    up, new = optax.scale_by_lbfgs(size).update(slope, memory, theta)
    return up, jax.tree.map(lambda n, o: n.astype(o.dtype), new, memory)
