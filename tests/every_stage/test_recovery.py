"""Not dead: from a wrong start, descent finds the value that made a picture, to one percent."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize

from isp.core import Between, Frame
from isp.spec.names import stage_class

from .frames import frame_for, natural

CASES = [
    # path, the truth, the wrong start, what to measure the percent of
    ("level.subtract_black.offset", 6.0, -20.0, 64.0),
    ("exposure.gain.ev", 0.7, -1.5, 1.0),
    ("denoise.bilateral.strength", 1.6, 0.4, 1.6),
    ("denoise.guided.strength", 1.6, 0.4, 1.6),
    ("tone.filmic.contrast", 1.25, 0.8, 1.25),
    ("demosaic.malvar2004.alpha", 0.3, 1.4, 0.3),
    ("look.saturation.amount", 1.3, 0.5, 1.3),
    ("detail.unsharp.amount", 0.9, 0.2, 0.9),
    ("white_balance.apply.correction", np.array([1.3, 0.9, 0.8]), np.ones(3), 1.0),
]


@pytest.mark.parametrize(("path", "truth", "start", "whole"), CASES, ids=[c[0] for c in CASES])
def test_descent_recovers_a_planted_value(path, truth, start, whole):
    name, _, field = path.rpartition(".")
    stage = stage_class(name)()
    limit: Between = stage.declared()[field].within
    mosaic = not stage.accepts or stage.accepts[0].is_mosaic
    noisy = natural(48, 52, None if mosaic else 3) + 0.02 * np.random.default_rng(3).standard_normal((48, 52) if mosaic else (48, 52, 3))
    frame: Frame = frame_for(stage, pixels=noisy)
    if frame.noise is not None and "denoise" in name:
        frame = frame.but(noise=jnp.full((4, 2), jnp.array([1e-6, 4e-4])))
    target = stage.with_values(**{field: jnp.asarray(truth, jnp.float32)})(frame).pixels

    @jax.jit
    def loss(free):
        picture = stage.with_values(**{field: limit.bind(free)})(frame).pixels
        return jnp.mean((picture - target) ** 2) / jnp.mean(target**2)

    slope = jax.jit(jax.value_and_grad(loss))

    def score(free):
        value, gradient = slope(jnp.asarray(free.reshape(np.shape(truth)), jnp.float32))
        return 1e4 * float(value), 1e4 * np.asarray(gradient, float).ravel()

    found = minimize(
        score,
        np.asarray(limit.free(start), float).ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 200, "ftol": 1e-14, "gtol": 1e-9},
    )
    recovered = np.asarray(limit.bind(jnp.asarray(found.x.reshape(np.shape(truth)))))
    assert np.max(np.abs(recovered - truth)) <= 0.01 * whole, f"{path}: {recovered} instead of {truth}"
