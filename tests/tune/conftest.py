"""A problem without pictures: a valley whose data move from step to step, so that a run over it costs nothing but itself."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.tune import run
from isp.tune.free import flat, shaped
from isp.tune.problem import Problem
from isp.tune.recipe import recipe

PIPELINE = (Path(__file__).parents[1] / "small.yaml").read_text()


class NoScenes:
    """Data of a problem that has none."""

    scenes, held_out = (), ()
    order = property(lambda self: self)

    def views(self, step):
        return []

    def judged(self):
        return []


class Valley(Problem):
    """Half the squared distance from a place that moves with the step; what is held out lies at rest. `broken` are steps whose loss is not finite, `flat` the paths
    that have no slope, `judgements` losses on what is held out in the place of the true ones."""

    def __init__(self, recipe, broken=(), flat=(), judgements=()):
        self.recipe, self.free, self.data = recipe, recipe.free, NoScenes()
        self.seed, self.steps = recipe.settings.seed, recipe.settings.steps
        self.broken, self.flat, self.judgements = broken, flat, list(judgements)
        self.target = flat_target(self.free)

    def _at(self, theta, step):
        noise = np.random.default_rng([self.seed, step]).normal(0, 0.1, self.target.shape)
        return np.float32(flat_of(theta) - self.target - noise)

    def gradient(self, theta, step):
        away = self._at(theta, step)
        slope = shaped(away, ordered(self.free.start()))
        slope = {path: v * 0 if path in self.flat else v for path, v in slope.items()}
        return self.value(theta, step), jax.tree.map(jnp.asarray, slope)

    def value(self, theta, step):
        return jnp.float32(np.nan if step in self.broken else np.sum(self._at(theta, step) ** 2) / 2)

    def terms(self, theta, step):
        away = self._at(theta, step)
        return {"first": float(away[0] ** 2), "rest": float(np.sum(away[1:] ** 2))}

    def judged(self, theta):
        away = np.float32(flat_of(theta) - self.target)
        loss = self.judgements.pop(0) if self.judgements else float(np.sum(away**2) / 2)
        return loss, {"distance": loss}


def flat_of(theta):
    return np.asarray(flat(ordered(theta)), np.float32)


def ordered(theta):
    """What goes through a compiled function comes out in alphabetical order."""
    return dict(sorted(theta.items()))


def flat_target(free):
    """Somewhere else than the start."""
    return flat_of(free.start()) + np.linspace(-1, 1, free.count, dtype=np.float32)


@pytest.fixture
def valley(monkeypatch):
    """Make a recipe over the valley: `valley(steps=20, ...)`, whose runs use the `Valley` with `valley.keywords`, and write no page."""
    monkeypatch.setattr("isp.report.tuning.written", lambda run, out: None)
    monkeypatch.setattr(run, "Problem", lambda recipe: Valley(recipe, **make.keywords))

    def make(text=PIPELINE, **said):
        settings = {"free": ["white_balance.*", "colour.fixed_matrix.*"], "steps": 12, "every": 3}
        return recipe(text, **{**settings, **said})

    make.keywords = {}
    return make
