"""What a slider moves: one number of a chain, where it is, and from where to where it may go."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from isp.core import Declared, Stage, Table

MOST = 20
"""Numbers of one parameter that get a slider each; a longer row of them is no knob."""


@dataclass(frozen=True)
class Knob:
    """`field` of a stage, of it the number at `index`; of a table over a fact the knot `at`."""

    field: str
    index: tuple[int, ...]
    word: str
    low: float
    high: float
    declared: Declared

    def of(self, stage: Stage) -> float:
        """The number."""
        return float(np.asarray(_numbers(getattr(stage, self.field)))[self.index])

    def turned(self, stage: Stage, value: float) -> Any:
        """What the field is with another number in this place."""
        old = getattr(stage, self.field)
        numbers = np.array(_numbers(old), float)
        numbers[self.index] = value
        return replace(old, values=numbers) if isinstance(old, Table) else numbers if numbers.ndim else float(numbers)


def knobs(stage: Stage) -> Iterator[Knob]:
    """The knobs of a stage, in the order of its declarations."""
    for d in stage.declared().values():
        value = getattr(stage, d.name)
        if d.kind != "param" or np.size(_numbers(value)) > MOST:
            continue
        numbers = np.asarray(_numbers(value), float)
        for index in np.ndindex(numbers.shape):
            low, high = ends(d, float(numbers[index]))
            yield Knob(d.name, index, d.name + _place(value, index), low, high, d)


def ends(declared: Declared, value: float) -> tuple[float, float]:
    """From where to where: what is usual, else the limits, else as far around the default as it is large; widened to hold the value."""
    within, usual = declared.within, declared.usual or declared.within
    size = max(1.0, float(np.max(np.abs(np.asarray(declared.default, float)))), abs(value)) if declared.default is not None else 1.0
    low = usual.low if math.isfinite(usual.low) else max(within.low, -2 * size)
    high = usual.high if math.isfinite(usual.high) else min(within.high, 2 * size)
    return min(low, value), max(high, value)


def _numbers(value: Any) -> Any:
    return value.values if isinstance(value, Table) else value


def _place(value: Any, index: tuple[int, ...]) -> str:
    """Which number of several, in words."""
    if isinstance(value, Table):
        at, *rest = index
        return f" at {value.over} {value.at_[at]:g}" + _place(None, tuple(rest))
    return f"[{', '.join(map(str, index))}]" if index else ""
