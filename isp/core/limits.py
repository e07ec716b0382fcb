"""A limit judges a number, prints itself, bends the real line onto its range, and knows wrong values for the tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

INSIDE = 1e-3
"""How far inside an end, as a share of the range, a value is moved before it is freed: a sigmoid has no slope at its end."""


@dataclass(frozen=True)
class Between:
    """Numbers from `low` to `high`, both included; infinite ends are open."""

    low: float = -math.inf
    high: float = math.inf

    def admits(self, value: Any) -> bool:
        """Whether every number of `value` is finite and inside."""
        numbers = np.asarray(value, dtype=float)
        return bool(np.all(np.isfinite(numbers)) and np.all(numbers >= self.low) and np.all(numbers <= self.high))

    def free(self, value: Any) -> Any:
        """An unconstrained number for a value inside: logit, inverse softplus, or the value itself."""
        value = jnp.asarray(value, dtype=jnp.result_type(float))
        if self._closed:
            share = jnp.clip((value - self.low) / (self.high - self.low), INSIDE, 1 - INSIDE)
            return jnp.log(share) - jnp.log1p(-share)
        if math.isfinite(self.low):
            above = jnp.maximum(value - self.low, INSIDE)
            return above + jnp.log(-jnp.expm1(-above))
        if math.isfinite(self.high):
            return -Between(-self.high).free(-value)
        return value

    def bind(self, free: Any) -> Any:
        """The inverse of `free`: any real number becomes a value inside."""
        if self._closed:
            return self.low + (self.high - self.low) * jax.nn.sigmoid(1.0 * free)  # with a slope of zero, not nan, far out
        if math.isfinite(self.low):
            return self.low + jnp.logaddexp(free, 0.0)
        if math.isfinite(self.high):
            return -Between(-self.high).bind(-free)
        return free

    def wrong(self) -> list[float]:
        """Values that must be refused."""
        ends = [end + away for end, away in ((self.low, -1.0), (self.high, 1.0)) if math.isfinite(end)]
        return [*ends, math.nan, math.inf]

    @property
    def _closed(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.high)

    def __str__(self) -> str:
        left = f"[{self.low:g}" if math.isfinite(self.low) else "(-inf"
        right = f"{self.high:g}]" if math.isfinite(self.high) else "inf)"
        return f"{left}, {right}"


def between(low: float, high: float) -> Between:
    """Numbers from `low` to `high`."""
    return Between(low, high)


def at_least(low: float) -> Between:
    """Numbers from `low` up."""
    return Between(low=low)


ANY = Between()
"""Every finite number."""
