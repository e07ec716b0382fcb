"""Problems whose answers are known, with no picture in them, and a state that goes through arrays as in a checkpoint."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Between, Declared
from isp.tune.free import Freed


@dataclass
class Numbers:
    """What an optimiser asks of `Free`, for numbers that stand for themselves."""

    shapes: dict[str, tuple[int, ...]]
    rate: dict[str, tuple[float, int, float]] = field(default_factory=dict)
    low: float = -2.0
    high: float = 2.0

    @property
    def freed(self):
        made = []
        for path, shape in self.shapes.items():
            rate, first, last = self.rate.get(path, (1.0, 0, float("inf")))
            declared = Declared(name=path, kind="param", default=np.zeros(shape), doc="", usual=Between(self.low, self.high), shape=shape)
            made.append(Freed(path, declared, Between(), 1.0, rate=rate, first=first, last=last))
        return tuple(made)

    def rates(self, step):
        return {f.path: f.rate * ((step >= f.first) & (step < f.last)) for f in self.freed}

    def sampled(self, random):
        return {path: jnp.asarray(random.uniform(self.low, self.high, shape), jnp.float32) for path, shape in self.shapes.items()}

    def start(self):
        return {path: jnp.full(shape, 1.5, jnp.float32) for path, shape in self.shapes.items()}


@dataclass
class Closed:
    """A problem in closed form: `terms(theta, step)` by name, their sum the loss."""

    free: Any
    function: Any
    steps: int = 100
    seed: int = 3

    def __post_init__(self):
        self._terms, self._gradient = compiled(self.function)
        self.asked = []

    def gradient(self, theta, step):
        self.asked.append(step)
        return self._gradient(theta, step)

    def value(self, theta, step):
        self.asked.append(step)
        return sum(self._terms(theta, step).values())

    def terms(self, theta, step):
        self.asked.append(step)
        return {name: float(v) for name, v in self._terms(theta, step).items()}


@cache
def compiled(function):
    return jax.jit(function), jax.jit(jax.value_and_grad(lambda t, s: sum(function(t, s).values())))


CENTRE = {"a.x": np.float32(0.5), "b.y": np.float32([-1.0, 0.25, 0.75])}


def bowl(theta, step):
    """A quadratic of unequal axes; its lowest point is CENTRE."""
    return {"bowl": 3 * (theta["a.x"] - CENTRE["a.x"]) ** 2 + jnp.sum(jnp.array([1.0, 0.3, 2.0]) * (theta["b.y"] - CENTRE["b.y"]) ** 2)}


def banana(theta, step):
    """Rosenbrock's valley; its lowest point is (1, 1)."""
    x, y = theta["a.x"], theta["b.y"]
    return {"banana": (1 - x) ** 2 + 100 * (y - x**2) ** 2}


def two(theta, step):
    """Schaffer's first problem: the front is x in [0, 2] (in halves: [0, 1]), with f2 = (2 - sqrt(f1))^2."""
    x = 2 * theta["a.x"]
    return {"far": (x - 2) ** 2 + theta["b.y"] ** 2, "near": x**2 + theta["b.y"] ** 2}


@pytest.fixture
def quadratic():
    return lambda **said: Closed(Numbers({"b.y": (3,), "a.x": ()}, said.pop("rate", {})), bowl, **said)


@pytest.fixture
def rosenbrock():
    return lambda **said: Closed(Numbers({"b.y": (), "a.x": ()}), banana, **said)


@pytest.fixture
def schaffer():
    return lambda **said: Closed(Numbers({"b.y": (), "a.x": ()}), two, **said)


@pytest.fixture
def worst():
    """How far a theta is from the lowest point of the quadratic."""
    return lambda theta: max(float(np.max(np.abs(np.asarray(theta[k]) - v))) for k, v in CENTRE.items())


def through_arrays(state, fresh):
    """`state` as a checkpoint gives it back: arrays by the names of leaves, put in the places of those of a fresh state."""
    saved = {jax.tree_util.keystr(path): np.array(leaf) for path, leaf in jax.tree_util.tree_flatten_with_path(state)[0]}
    leaves, shape = jax.tree_util.tree_flatten_with_path(fresh)
    assert {jax.tree_util.keystr(path) for path, _ in leaves} == set(saved)
    return jax.tree.unflatten(shape, [jnp.asarray(saved[jax.tree_util.keystr(path)]) for path, _ in leaves])


@pytest.fixture
def resumed_ends_the_same():
    """Fails unless a run that goes through a checkpoint in the middle ends as one that does not, to the bit."""

    def check(optimiser, problem, steps):
        begun = optimiser.begin(problem.free.start(), problem)
        one = other = begun
        for k in range(steps):
            one = optimiser(one, problem)
            other = optimiser(other, problem)
            if k in (0, steps // 2):
                other = through_arrays(other, optimiser.begin(problem.free.start(), problem))
        for (path, a), b in zip(jax.tree_util.tree_flatten_with_path(one)[0], jax.tree.leaves(other), strict=True):
            assert np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True), jax.tree_util.keystr(path)
            assert np.asarray(a).dtype == np.asarray(b).dtype
        assert int(one.step) == steps

    return check
