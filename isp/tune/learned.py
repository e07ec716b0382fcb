"""Weights among the values of a run, a field in one line: nobody reads forty thousand numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from isp.tune.free import LEAF, Freed


@dataclass(frozen=True)
class Learned:
    """The freed weights of a stage: how many numbers in how many arrays, their root mean square before and after, and that of what changed."""

    path: str
    numbers: int
    arrays: int
    before: float
    after: float
    moved: float

    def __str__(self) -> str:
        return f"{self.numbers} weights in {self.arrays} arrays, rms {self.before:.4g} -> {self.after:.4g}, moved by {self.moved:.4g}"


def is_weights(freed: Freed) -> bool:
    """Whether these are weights of a stage, not a parameter."""
    return freed.declared.kind == "weights"


def learned(freed: Sequence[Freed], before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Learned, ...]:
    """The freed weights, a line for each field, in the order of the chain."""
    fields: dict[str, list[str]] = {}
    for f in filter(is_weights, freed):
        fields.setdefault(f.path.partition(LEAF)[0], []).append(f.path)
    return tuple(_of(field, [np.ravel(before[p]) for p in paths], [np.ravel(after[p]) for p in paths]) for field, paths in fields.items())


def told(freed: Sequence[Freed], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Values by path as a document has them: those of parameters, and what is to be said of weights."""
    plain = {f.path: after[f.path] for f in freed if not is_weights(f)}
    return plain | {one.path: {k: v for k, v in asdict(one).items() if k != "path"} for one in learned(freed, before, after)}


def _of(path: str, before: list[np.ndarray], after: list[np.ndarray]) -> Learned:
    old, new = (np.concatenate(parts).astype(float) for parts in (before, after))
    return Learned(path, old.size, len(before), *(float(np.sqrt(np.mean(v**2))) for v in (old, new, new - old)))
