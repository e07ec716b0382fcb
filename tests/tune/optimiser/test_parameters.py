"""Optimisers on the parameters of a real chain: bounded, half-open, arrays and tables over ISO."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.spec import load
from isp.tune.free import freed, shaped
from isp.tune.part import known, part

FREE = freed(
    load("classic"), ["denoise.bilateral.*", {"detail.unsharp.amount": {"over": "iso", "at": [100, 800]}}, "demosaic.menon2007.*", "look.*"]
)
WANTED = {path: 1.2 * v + 0.2 for path, v in FREE.start().items()}


class Problem:
    free, seed, steps = FREE, 1, 20
    distance = staticmethod(jax.jit(lambda theta: sum(jnp.sum((theta[path] - v) ** 2) for path, v in WANTED.items())))
    slope = staticmethod(jax.jit(jax.value_and_grad(lambda theta: sum(jnp.sum((theta[path] - v) ** 2) for path, v in WANTED.items()))))

    def value(self, theta, step):
        return self.distance(theta)

    def gradient(self, theta, step):
        return self.slope(theta)

    def terms(self, theta, step):
        return {"far": float(self.distance(theta)), "large": float(sum(np.sum(np.square(v)) for v in theta.values()))}


@pytest.mark.parametrize("name", known("optimiser"))
def test_resumed_and_no_worse_than_the_start(name, resumed_ends_the_same):
    optimiser, problem = part("optimiser", name).of(), Problem()
    steps = 3 if name == "nsga2" else 12
    resumed_ends_the_same(optimiser, problem, steps)
    state = optimiser.begin(FREE.start(), problem)
    for _ in range(steps):
        state = optimiser(state, problem)
    if name != "nsga2":
        assert float(problem.value(state.theta, 0)) <= float(problem.value(FREE.start(), 0)) * (1 + 1e-5)
    values = FREE.values(state.theta)
    assert all(f.within.admits(np.asarray(values[f.path])) for f in FREE.freed)


@pytest.mark.parametrize("name", ["tpe", "nsga2"])
def test_trials_lie_in_the_usual_ranges(name):
    optimiser, problem = part("optimiser", name).of(), Problem()
    state = optimiser.begin(FREE.start(), problem)
    for _ in range(15 if name == "tpe" else 1):
        state = optimiser(state, problem)
    tried = [FREE.values(shaped(row, state.start)) for row in state.candidates]
    for f in FREE.freed:
        values = np.array([np.asarray(t[f.path]) for t in tried])
        width = 0.002 * (f.usual.high - f.usual.low)  # values at an end are freed a little inside
        assert values.min() >= f.usual.low - width and values.max() <= f.usual.high + width
        assert len(np.unique(values)) > 10
