"""Down the slope, by any first-order rule of the optax library."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax

from isp.core import Scalar, at_least, between, option, param
from isp.core.pytree import pytree
from isp.tune.free import Theta
from isp.tune.optimiser import Optimiser, Problem

PAPERS = ("smith2018", "polyak1992")
RULES = ("adam", "adabelief", "adamax", "adamw", "amsgrad", "lion", "nadam", "nadamw", "radam", "rmsprop", "sgd", "yogi")
AVERAGED = {"schedule_free_adamw": "adamw", "schedule_free_sgd": "sgd"}
"""Rules that average what they visit, and the rule that walks."""
SCHEDULES = ("cosine", "constant", "one_cycle", "warm_up")


@pytree
@dataclass(frozen=True, eq=False)
class State:
    """Where a descent stands. `visited` is where it asks for the next slope: `theta` itself, except where places are averaged. `skipped` counts steps
    whose loss or slope was not finite."""

    theta: Theta
    visited: Theta
    moments: Any
    step: Any
    loss: Any
    skipped: Any


class Optax(Optimiser, paper="kingma2015"):
    """First-order descent. Adam with a cosine schedule, unless told otherwise; the rate suits numbers without bounds, for which one is a large move.
    Lion wants about a fifth of it, plain gradient descent whatever the scale of the loss asks for.

    A parameter that rests does not move, though its moments go on listening to its slope: when it wakes it sets off at its usual pace, in the direction
    its slope has lately had. A step whose loss or slope is not finite moves nothing, forgets what it saw, and reports a loss of nan.

    With `ema` it stands at the running mean of the places that it visits (Polyak and Juditsky 1992), which lies lower than each of them where data are noisy:
    what is judged, kept and given back. The mean forgets faster at first, (1 + step) / (10 + step), so that the start has no long say.

    Weight decay (adamw, nadamw, lion) pulls numbers towards zero: values inside limits towards the middle of their range.
    """

    rule: str = option(default="adam", choices=(*RULES, *AVERAGED), doc="the rule, by optax's name")
    rate: Scalar = param(default=0.08, unit="1", within=between(0, 10), usual=between(0.005, 0.3), doc="highest rate of learning")
    schedule: str = option(default="cosine", choices=SCHEDULES, doc="how the rate goes over the steps of the run")
    warm: Scalar = param(default=0.1, unit="1", within=between(0, 1), doc="share of the steps in which one_cycle and warm_up rise")
    end: Scalar = param(default=0.01, unit="1", within=between(0, 1), doc="share of the rate with which the last step is made")
    ema: Scalar = param(default=0.0, unit="1", within=between(0, 1), doc="share that a running mean of the places keeps in a step; 0: none")
    clip: Scalar = param(default=1.0, unit="1", within=at_least(0), doc="norm to which longer slopes, over all that moves, are cut")

    def begin(self, theta: Theta, problem: Problem) -> State:
        theta = jax.tree.map(jnp.asarray, theta)
        moments = _rule(self.rule, 0.0, None).init(theta)
        return State(theta, theta, jax.tree.map(jnp.asarray, moments), jnp.int32(0), jnp.float32(jnp.nan), jnp.int32(0))

    def __call__(self, state: State, problem: Problem) -> State:
        step = int(state.step)
        loss, slope = problem.gradient(state.visited, step)
        rates = jax.tree.map(jnp.float32, problem.free.rates(step))
        place = getattr(loss, "sharding", None)
        if place is not None and state.step.sharding != place:  # else the step is compiled for both places
            state = jax.device_put(state, place)
        return _moved(self, state, loss, slope, rates, problem.steps)


@partial(jax.jit, static_argnums=5)
def _moved(self: Optax, state: State, loss: Any, slope: Theta, rates: Theta, steps: int) -> State:
    rate = self.rate * course(self.schedule, state.step / max(steps - 1, 1), self.warm, self.end)
    norm = optax.tree.norm(jax.tree.map(lambda s, r: s * (r > 0), slope, rates))
    slope = jax.tree.map(lambda s: s * jnp.minimum(1.0, self.clip / jnp.maximum(norm, 1e-30)), slope)
    update, moments = _rule(self.rule, rate, rates).update(slope, state.moments, state.visited)
    # Asked once more here because an average goes on moving after its parameter has come to rest.
    visited = jax.tree.map(lambda v, u, r: v + u * (r > 0), state.visited, update, rates)
    stood = optax.contrib.schedule_free_eval_params(moments, visited) if self.rule in AVERAGED else visited
    theta = jax.tree.map(lambda s, t, r: jnp.where(r > 0, s, t), stood, state.theta, rates)
    keeps = jnp.minimum(self.ema, (1.0 + state.step) / (10.0 + state.step))
    theta = jax.tree.map(lambda now, old, s: jnp.where(self.ema > 0, old + (1 - keeps) * (s - old), now), theta, state.theta, stood)
    good = jnp.isfinite(loss) & jnp.isfinite(norm)

    def kept(new: Any, old: Any) -> Any:
        return jax.tree.map(lambda n, o: jnp.where(good, n, o).astype(jnp.result_type(o)), new, old)

    new = kept((theta, visited, moments), (state.theta, state.visited, state.moments))
    heard = jnp.where(good, loss, jnp.nan).astype(state.loss.dtype)
    return State(*new, state.step + 1, heard, state.skipped + ~good)


def _rule(name: str, rate: Any, rates: Theta | None) -> optax.GradientTransformation:
    """The rule as optax makes it, moving each parameter at its own rate."""

    def paced(updates: Theta, _: Any = None) -> Theta:
        return updates if rates is None else jax.tree.map(lambda u, r: u * rate * r, updates, rates)

    if name not in AVERAGED:
        return optax.chain(getattr(optax, name)(1.0), optax.stateless(paced))
    walks = getattr(optax, AVERAGED[name])
    walk = walks(1.0, b1=0.0) if name == "schedule_free_adamw" else walks(1.0)
    return optax.contrib.schedule_free(optax.chain(walk, optax.stateless(paced)), rate)


def course(schedule: str, done: Any, warm: Any, end: Any) -> Any:
    """The share of the highest rate when a share `done` of the run has been done: falling along half a cosine to `end`, unless constant; `warm_up` rises
    along a line before, `one_cycle` (Smith and Topin 2018) along a half cosine from a 25th."""
    done = jnp.clip(done, 0.0, 1.0)
    if schedule == "constant":
        return jnp.ones_like(done)
    warm = jnp.minimum(warm, 0.99) if schedule != "cosine" else 0.0
    fall = end + (1 - end) * (1 + jnp.cos(jnp.pi * jnp.maximum(done - warm, 0.0) / (1 - warm))) / 2
    if schedule == "cosine":
        return fall
    risen = done / jnp.maximum(warm, 1e-6)
    rise = risen if schedule == "warm_up" else 0.04 + 0.96 * (1 - jnp.cos(jnp.pi * risen)) / 2
    return jnp.where(done < warm, rise, fall)
