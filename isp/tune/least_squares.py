"""Fits whose loss is a sum of squares: matrices, meshes and noise models, in a handful of steps each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from isp.tune.library import library

PAPERS = ("marquardt1963",)


@dataclass(frozen=True)
class Fit:
    """What was found: `theta` like the start, half the sum of squares there, after how many steps, and whether it had come to rest."""

    theta: Any
    loss: float
    steps: int
    converged: bool


def fitted(residuals: Callable[..., Any], theta: Any, *arguments: Any, steps: int = 256, tolerance: float = 1e-6) -> Fit:
    """The `theta` (any pytree of real numbers) with the least sum of squared `residuals(theta, *arguments)` (any pytree of arrays), by the damped least squares
    of Levenberg and Marquardt, from optimistix.

    It ends when a step changes neither numbers nor residuals by more than `tolerance`, as a share and in itself; in single precision no less than 1e-6 is
    asked. Deterministic. Raises PlaceError where optimistix is not installed; a fit that did not come to rest within `steps` says so in `converged`, and one
    whose residuals are not finite at the start stays there.
    """
    optimistix = library("optimistix")
    theta = jax.tree.map(lambda v: jnp.asarray(v, jnp.promote_types(jnp.result_type(v), jnp.float32)), theta)
    least = 10 * max((float(jnp.finfo(v.dtype).eps) for v in jax.tree.leaves(theta)), default=1e-6)
    solver = optimistix.LevenbergMarquardt(rtol=max(tolerance, least), atol=max(tolerance, least))

    def function(moved: Any, given: tuple[Any, ...]) -> Any:
        return residuals(moved, *given)

    start = _half_squares(function(theta, arguments))
    if not jnp.isfinite(start):
        return Fit(theta, float(start), 0, False)
    found = optimistix.least_squares(function, solver, theta, arguments, max_steps=steps, throw=False)
    loss = _half_squares(function(found.value, arguments))
    return Fit(found.value, float(loss), int(found.stats["num_steps"]), bool(found.result == optimistix.RESULTS.successful))


def _half_squares(residuals: Any) -> Any:
    return sum(jnp.sum(r**2) for r in jax.tree.leaves(residuals)) / 2
