"""Declarations and facts in rows of text, as pages and notebooks show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from isp.core import FACTS, Domain, Frame, Shading, Stabiliser, Stage, Table

MACHINERY = ("window",)
"""Facts that tell a reader nothing."""


@dataclass(frozen=True)
class Value:
    """A parameter or a fact as text: where it is, what it is, its unit, what it may be, and what it means."""

    name: str
    value: str
    unit: str
    limits: str
    doc: str
    changed: bool = False
    """Whether it differs from its default."""


def parameters(stage: Stage) -> list[Value]:
    """The declared fields of a stage with their values."""
    rows = []
    for d in stage.declared().values():
        value = getattr(stage, d.name)
        limits = " | ".join(map(str, d.choices)) or str(d.within)
        rows.append(Value(d.name, text(value), unit(d.unit), limits, d.doc, text(value) != text(d.default)))
    return rows


def news(before: Frame, after: Frame) -> list[tuple[str, Value | None]]:
    """What a stage did to the facts: (name, value) of those given or changed, (name, None) of those taken."""
    rows: list[tuple[str, Value | None]] = []
    for name, f in FACTS.items():
        old, new = getattr(before, name), getattr(after, name)
        if name in MACHINERY or (old is None and new is None):
            continue
        if new is None:
            rows.append((name, None))
        elif old is None or text(old) != text(new):
            rows.append((name, Value(name, text(new), unit(f.metadata["unit"]), "", f.metadata["doc"])))
    return rows


def known(frame: Frame) -> list[Value]:
    """Every known fact of a frame."""
    return [
        Value(n, text(v), unit(FACTS[n].metadata["unit"]), "", FACTS[n].metadata["doc"])
        for n, v in frame.known().items()
        if n not in MACHINERY
    ]


def unit(declared: str) -> str:
    """The unit as it is read beside a number: none for plain ratios."""
    return "" if declared in ("1", "as the pixels") else declared


def text(value: Any) -> str:
    """A value on one line, short."""
    if isinstance(value, Shading):
        return f"{'x'.join(map(str, np.shape(value.gains)))} mesh, gains {np.min(value.gains):.3g} to {np.max(value.gains):.3g}"
    if isinstance(value, Stabiliser):
        return value.method
    if isinstance(value, (str, bool, Table, Domain)):
        return str(value)
    if isinstance(value, tuple) and value and isinstance(value[0], int):
        return ", ".join(map(str, value))
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return str(value)
    if numbers.ndim == 0:
        return f"{numbers:.6g}"
    if numbers.size > 18:
        return f"{'x'.join(map(str, numbers.shape))} numbers, {numbers.min():.4g} to {numbers.max():.4g}"
    return np.array2string(numbers, formatter={"float": lambda x: f"{x:.5g}"}, separator=", ").replace("\n", "")
