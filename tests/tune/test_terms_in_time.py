"""A loss that counts for some of the steps: its slope is the problem's while it does, and nothing of it is left afterwards."""

import jax
import numpy as np

from isp.tune.problem import Problem
from isp.tune.recipe import recipe

TEXT = "isp: 1\nstages:\n  - level.subtract_black\n  - demosaic.malvar2004\n  - colour.fixed_matrix\n  - encode.srgb: {bits: float}\n"
SAID = {
    "free": ["demosaic.malvar2004.alpha"],
    "scenes": ["scene.dead_leaves"],
    "crop": 32,
    "batch": 1,
    "judged": 1,
    "steps": 4,
    "noise": "fixed",
}


def test_each_step_descends_by_what_counts_then():
    both = Problem(recipe(TEXT, loss={"l1": {"last": 2}, "mse": {"weight": 3.0, "first": 2}}, **SAID))
    theta = both.free.start()
    for name, weight, steps in (("l1", 1.0, (0, 1)), ("mse", 3.0, (2, 3))):
        alone = Problem(recipe(TEXT, loss={name: weight}, **SAID), both.data)
        wanted = alone.gradient(theta, 0)
        for step in steps:
            for mine, theirs in zip(jax.tree.leaves(both.gradient(theta, step)), jax.tree.leaves(wanted), strict=True):
                np.testing.assert_allclose(mine, theirs, rtol=1e-5)
    value, terms = both.judged(theta)
    assert np.isclose(value, 3 * terms["mse"], rtol=1e-6)
