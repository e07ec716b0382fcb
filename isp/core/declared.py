"""What a field of a stage declares, once, and everybody reads."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from isp.core.content import Content
from isp.core.limits import ANY, Between
from isp.core.table import Table
from isp.core.weights import Default, Grow, Growth, fault

Scalar = Any
"""The annotation of a `param` that is one number."""
Vector = Any
"""The annotation of a `param` that is an array; its shape stands in the declaration."""


@dataclass(frozen=True)
class Declared:
    """What is declared of a field, once: read by the loader, the schema, the docs, the sliders, the tuner and the tests.

    A `param` has a unit, a limit and a shape (None stands for any length); an `option` has choices instead, or, where it is a
    whole number, a limit and no choices, or, where it is the content of a file, a `suffix`; `weights` say how they `grow`.
    """

    name: str
    kind: str
    default: Any
    doc: str
    unit: str = ""
    within: Between = ANY
    usual: Between | None = None
    shape: tuple[int | None, ...] = ()
    choices: tuple[Any, ...] = ()
    grow: Growth | None = None
    suffix: str = ""

    def fault(self, value: Any) -> str:
        """Why `value` cannot be given to this field; empty when it can."""
        if self.grow is not None:
            return fault(value, self.grow.like(value))
        if self.suffix:
            return (
                "" if value is None or isinstance(value, Content) else f"{value!r} is not the content of a {self.suffix} file ({self.doc})"
            )
        if self.kind == "option" and not self.choices:
            whole = isinstance(value, int) and not isinstance(value, bool) and self.within.admits(value)
            return "" if whole else f"{value!r} is not a whole number in {self.within} ({self.doc})"
        if self.kind == "option":
            known = any(value == c and type(value) is type(c) for c in self.choices)
            return "" if known else f"{value!r} is not one of {', '.join(map(str, self.choices))} ({self.doc})"
        if isinstance(value, Table):
            return value.fault(self.fault)
        numbers = np.asarray(value)
        if numbers.dtype.kind not in "iuf":
            return f"{value!r} is not a number ({self.doc})"
        if numbers.ndim != len(self.shape) or any(m == 0 or n not in (None, m) for n, m in zip(self.shape, numbers.shape, strict=True)):
            wanted = "x".join("n" if n is None else str(n) for n in self.shape)
            return f"it has shape {'x'.join(map(str, numbers.shape)) or 'of one number'}, not {wanted or 'of one number'} ({self.doc})"
        if not self.within.admits(numbers):
            said = f"{value:g}" if numbers.ndim == 0 else "it"
            what = "a number" if numbers.ndim == 0 else "made of numbers"
            return f"{said} is not {what} in {self.within} ({self.doc})"
        return ""


def param(
    *, default: Any, unit: str, doc: str, within: Between = ANY, usual: Between | None = None, shape: tuple[int | None, ...] = ()
) -> Any:
    """A bounded physical number, or an array of them: a leaf that can be tuned."""
    value = tuple_of(default) if shape else default
    return dataclasses.field(
        default=value, metadata={"declared": {"kind": "param", "unit": unit, "doc": doc, "within": within, "usual": usual, "shape": shape}}
    )


def option(*, default: Any, choices: tuple[Any, ...], doc: str) -> Any:
    """One of a few choices, fixed when the chain is compiled."""
    return dataclasses.field(default=default, metadata={"static": True, "declared": {"kind": "option", "doc": doc, "choices": choices}})


def whole_number(*, default: int, unit: str, within: Between, doc: str) -> Any:
    """An option that counts something, such as the rows of a picture; fixed when the chain is compiled, since shapes depend on it."""
    return dataclasses.field(
        default=default, metadata={"static": True, "declared": {"kind": "option", "unit": unit, "doc": doc, "within": within}}
    )


def content(*, suffix: str, doc: str) -> Any:
    """The content of a file that YAML names, None where it names none; fixed when the chain is compiled."""
    return dataclasses.field(
        default=None, metadata={"static": True, "declared": {"kind": "option", "doc": doc, "choices": (None,), "suffix": suffix}}
    )


def weights(*, grow: Grow, wide: str = "", doc: str) -> Any:
    """What a stage learns, as leaves by name; by default what ships for it, else as `grow` makes it from a seed. A network that may be of any width
    grows with `wide=` too, and names the array with as many numbers."""
    growth = Growth(grow, wide)
    return dataclasses.field(default_factory=Default(growth), metadata={"declared": {"kind": "weights", "doc": doc, "grow": growth}})


def tuple_of(value: Any) -> Any:
    """Nested sequences as nested tuples, so that they can be a default."""
    return tuple(tuple_of(v) for v in value) if isinstance(value, (list, tuple, np.ndarray)) else value
