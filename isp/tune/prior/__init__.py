"""What is bad about values, whatever picture they make: one number, smaller is better, with a gradient.

    loss: {charbonnier: 1, smooth: {weight: 0.1, of: tone.curve.values}}

A prior stands among the losses of a recipe; `of` says by path pattern which values it judges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax.numpy as jnp

from isp.core import ChainError
from isp.core.planes import Array
from isp.tune.part import Part


class Prior(Part):
    """Called with the values by their paths (only those that `of` names), and with what they were when tuning began."""

    def __call__(self, values: Mapping[str, Any], start: Mapping[str, Any]) -> Array:
        """The number."""
        raise NotImplementedError


def along_knots(
    who: str, values: Mapping[str, Any], least: int, difference: Callable[[Array], Array], every_axis: bool = False
) -> list[Array]:
    """`difference` of each value along its first axis, or along every axis, that has `least` knots or more. Knots of a table come first.

    Raises ChainError where no value has so many.
    """
    found = []
    for value in map(jnp.asarray, values.values()):
        axes = range(value.ndim) if every_axis else range(min(value.ndim, 1))
        found += [difference(jnp.moveaxis(value, axis, 0)) for axis in axes if value.shape[axis] >= least]
    if not found:
        raise ChainError(
            who, f"none of {', '.join(values) or 'no values'} has {least} knots", "say with `of` which curve or table is meant"
        )
    return found
