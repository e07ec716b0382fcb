"""Values that are ranges: one file that stands for many cameras, from which a seed draws one.

```yaml
noise.read:
  deviation: ~uniform(1, 4) e-            # any number between, each as likely
exposure.settings:
  iso: ~log_uniform(100, 6400)            # each stop as likely
cfa.bayer:
  pattern: ~choice(rggb, bggr)            # one of these
```
A range may stand wherever a number or a word of an option stands, in lists and tables too; inside braces and brackets in quotes, since a
comma ends a value there. A file with ranges has a chain all the same, of the middle of each range (the first of a choice): what fits is judged by
that. But nothing runs on a middle that nobody asked for: `isp capture` and `isp tune` draw, everything else asks for one value.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from isp.core.chain import Chain, nearest
from isp.core.declared import Declared
from isp.core.errors import Problem, SpecError
from isp.spec.read import Steps, scalar, short
from isp.spec.values import FAULT, Say, kind_of, value_of

FORM = re.compile(r"~\s*(\w+)\s*\(([^()]*)\)\s*(.*)", re.S)
"""A word, numbers or words in brackets, and perhaps a unit."""
TAKES = {"uniform": "two numbers", "log_uniform": "two numbers above 0", "choice": "two values or more"}
"""The ranges there are, and what stands in their brackets."""


@dataclass(frozen=True)
class Hole:
    """One range in a value: which, its ends or choices, and the unit behind it."""

    kind: str
    ends: tuple[Any, ...]
    unit: str = ""

    def end(self, i: int) -> Any:
        """The i-th end or choice, as YAML would have it; the last one beyond it."""
        one = self.ends[min(i, len(self.ends) - 1)]
        return f"{one!r} {self.unit}" if self.unit and not isinstance(one, str) else one

    def at(self, share: float) -> Any:
        """The number (or the choice) with this share of the range below it."""
        if self.kind == "choice":
            return self.ends[min(int(share * len(self.ends)), len(self.ends) - 1)]
        low, high = map(float, self.ends)
        if self.kind == "uniform":
            return min(max(low + share * (high - low), low), high)
        return min(max(math.exp(math.log(low) + share * (math.log(high) - math.log(low))), low), high)


@dataclass(frozen=True)
class Range:
    """A value with holes, still as YAML has it; `place` is where it is said."""

    raw: Any
    declared: Declared
    stage: str = ""
    file: Path | None = None
    place: Problem = field(default_factory=Problem)

    def drawn(self, random: np.random.Generator) -> Any:
        """A value, as a stage takes it."""
        return self._made(lambda hole: hole.at(random.random()))

    @property
    def middle(self) -> Any:
        """The value in the middle; of choices the first."""
        return self._made(lambda hole: hole.end(0) if hole.kind == "choice" else hole.at(0.5))

    def _made(self, fill: Callable[[Hole], Any]) -> Any:
        return value_of(self.declared, _filled(self.raw, fill), _never, stage=self.stage, file=self.file)

    def __str__(self) -> str:
        return self.raw.strip() if isinstance(self.raw, str) else str(self.raw)


Ranges = Mapping[str, Range]
"""The ranges of a file, by `stage.parameter`."""


def has_range(raw: Any) -> bool:
    """Whether a YAML value holds a range, sound or not."""
    return any(True for _ in _texts(raw, ()))


def cut_short(raw: Any) -> bool:
    """Whether a text begins a range that a comma has cut."""
    return isinstance(raw, str) and raw.startswith("~") and "(" in raw and ")" not in raw


def range_of(declared: Declared, raw: Any, say: Say, *, stage: str = "", file: Path | None = None) -> Any:
    """The range that `raw` means for this field, its ends judged as any value is; FAULT after having said every fault."""
    told: set[tuple[Steps, str]] = set()

    def once(at: Steps, why: str) -> None:
        if (at, why) not in told:
            told.add((at, why))
            say(at, why)

    most = 0
    for at, text in _texts(raw, ()):
        try:
            most = max(most, len(_hole(text, declared).ends))
        except ValueError as error:
            once(at, str(error))
    for i in range(0 if told else most):
        value_of(declared, _filled(raw, lambda hole, i=i: hole.end(i)), once, stage=stage, file=file)  # type: ignore[misc]
    return FAULT if told else Range(raw, declared, stage, file)


def drawn(chain: Chain, ranges: Ranges, seed: int) -> tuple[Chain, dict[str, Any]]:
    """The chain that a seed draws, and the values drawn. What one range draws depends on the seed and its path alone: another range
    elsewhere leaves it as it was."""
    values = {path: one.drawn(_random(seed, path)) for path, one in ranges.items()}
    return chain.replace(values) if values else chain, values


def refuse(ranges: Ranges) -> None:
    """Raise SpecError at every range, saying what to do where one value is wanted."""
    if ranges:
        why = "is a range, and one value is needed here: only `isp capture` and the sensors and scenes of `isp tune` draw from it"
        do = "give one: --set {}=..., or draw: isp.load(..., seed=1)"
        raise SpecError(
            problems=[
                Problem(r.place.file, r.place.line, r.place.column, path, f"{short(r)} {why}", do.format(path))
                for path, r in ranges.items()
            ]
        )


def _random(seed: int, path: str) -> np.random.Generator:
    return np.random.default_rng(list(hashlib.sha256(f"{seed} {path}".encode()).digest()))


def _never(at: Steps, why: str) -> None:
    raise AssertionError(f"a value between sound ends is at fault: {why}")


def _texts(raw: Any, at: Steps) -> Iterator[tuple[Steps, str]]:
    """Every text in a value that begins as a range does, with its place."""
    if isinstance(raw, str):
        if len(raw) > 1 and raw.startswith("~"):
            yield at, raw
    elif isinstance(raw, (list, dict)):
        for key, inner in raw.items() if isinstance(raw, dict) else enumerate(raw):
            yield from _texts(inner, (*at, key))


def _filled(raw: Any, fill: Callable[[Hole], Any]) -> Any:
    """The value with something in every hole."""
    if isinstance(raw, dict):
        return {key: _filled(inner, fill) for key, inner in raw.items()}
    if isinstance(raw, list):
        return [_filled(inner, fill) for inner in raw]
    return fill(_hole(raw, None)) if isinstance(raw, str) and len(raw) > 1 and raw.startswith("~") else raw


def _hole(text: str, declared: Declared | None) -> Hole:
    """The range that a text means. Raises ValueError, in words, where it is none; with `declared` also where that field cannot take it."""
    if cut_short(text):
        raise ValueError(f'the comma ends the value here: inside braces and brackets a range stands in quotes, "{text}, ...)"')
    found = FORM.fullmatch(text.strip())
    if not found:
        raise ValueError(f"a range reads ~uniform(1, 4), ~log_uniform(1, 4) or ~choice(a, b, c), not {short(text)}")
    kind, inside, unit = found[1], found[2], found[3].strip()
    if kind not in TAKES:
        do = nearest(kind, TAKES) or f"known: {', '.join(TAKES)}"
        raise ValueError(f"there is no range ~{short(kind)} ({do})")
    ends = tuple(scalar(part.strip()) for part in inside.split(","))
    numbers = all(isinstance(end, (int, float)) and not isinstance(end, bool) and math.isfinite(end) for end in ends)
    if unit and any(isinstance(end, str) for end in ends):
        raise ValueError(f"words have no unit, not {short(unit)}")
    if any(end is None or end == "" for end in ends) or (kind == "choice" and len(ends) < 2) or (kind != "choice" and len(ends) != 2):
        raise ValueError(f"~{kind} takes {TAKES[kind]}, not {short(inside.strip() or 'nothing')}")
    if kind != "choice":
        if not numbers:
            wrong = next(end for end in ends if isinstance(end, (str, bool)) or not math.isfinite(end))
            raise ValueError(f"~{kind} takes {TAKES[kind]}, not {kind_of(wrong)}")
        if ends[0] >= ends[1]:
            raise ValueError(f"~{kind} goes from the smaller number to the larger one, not from {ends[0]:g} to {ends[1]:g}")
        if kind == "log_uniform" and ends[0] <= 0:
            raise ValueError(f"~log_uniform takes numbers above 0, not {ends[0]:g}")
        if declared is not None and declared.kind != "param":
            raise ValueError("an option, a whole number and weights are drawn by ~choice(...)")
    return Hole(kind, ends, unit)
