"""The freed parameters one number at a time, each in shares of its usual range: slopes in these units can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from isp.core import Chain, Table
from isp.tune.free import Free, Theta, with_values


@dataclass(frozen=True)
class Number:
    """One number that may move: the parameter it belongs to, its place in it, what it is, its unit, and how wide its usual range is."""

    path: str
    index: tuple[int, ...]
    value: float
    unit: str
    width: float

    @property
    def name(self) -> str:
        """Its path, with its place where the parameter has more than one."""
        return f"{self.path}[{','.join(map(str, self.index))}]" if self.index else self.path


@dataclass(frozen=True)
class Straight:
    """`Free` without its curves: a parameter stands where it stands at 0, and a whole usual range further at 1."""

    free: Free

    @cached_property
    def zero(self) -> Theta:
        """Where everything stands."""
        return {path: np.zeros_like(value) for path, value in self._at.items()}

    @cached_property
    def _at(self) -> Theta:
        return {path: np.asarray(value) for path, value in self.free.values(self.free.start()).items()}

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Every number that is free, in the order of `moved`."""
        made = []
        for f in self.free.freed:
            at = np.asarray(self._at[f.path], float)
            made += [Number(f.path, i, float(at[i]), f.declared.unit, f.usual.high - f.usual.low) for i in np.ndindex(at.shape)]
        return tuple(made)

    def values(self, moves: Theta) -> Theta:
        """The values after these moves."""
        widths = {f.path: f.usual.high - f.usual.low for f in self.free.freed}
        return {path: at + np.float32(widths[path]) * moves[path] for path, at in self._at.items()}

    def bind(self, moves: Theta) -> Chain:
        """The chain after these moves."""
        values = self.values(moves)
        return with_values(
            self.free.chain, {f.path: Table(values[f.path], f.over, f.at) if f.over else values[f.path] for f in self.free.freed}
        )
