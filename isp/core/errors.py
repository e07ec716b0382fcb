"""What can go wrong, and how it is said: `FILE[:LINE[:COLUMN]]: what: why (what to do)`.

IspError
├── SpecError          a YAML file, with every problem found in it         exit 2
├── ChainError         stages that do not fit, or a frame they cannot take exit 2
├── DataError          an input file that is not what it should be         exit 1
└── PlaceError         the environment: disk, permission, memory           exit 3
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any


def _printable(text: object) -> str:
    """Text from a file or a name, with control characters and line ends escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))


@dataclass(frozen=True, order=True)
class Problem:
    """One fault, with its place. `line` and `column` count from 1; 0 means unknown."""

    file: str = ""
    line: int = 0
    column: int = 0
    what: str = ""
    why: str = ""
    do: str = ""

    def __str__(self) -> str:
        place = self.file
        if place and self.line:
            place += f":{self.line}" + (f":{self.column}" if self.column else "")
        text = ": ".join(_printable(part) for part in (place, self.what, self.why) if part)
        return text + (f" ({_printable(self.do)})" if self.do else "")


class IspError(Exception):
    """The root. `problems` holds one line for each fault; `exit_code` is what a command returns."""

    exit_code = 1

    def __init__(self, what: str = "", why: str = "", do: str = "", *, file: object = "", problems: Iterable[Problem] = ()):
        self.problems = tuple(sorted(problems)) or (Problem(file=str(file), what=what, why=why, do=do),)
        super().__init__("\n".join(map(str, self.problems)))

    def at(self, file: object) -> IspError:
        """The same error, said of a file."""
        named = [p if p.file else Problem(str(file), p.line, p.column, p.what, p.why, p.do) for p in self.problems]
        return type(self)(problems=named)


class SpecError(IspError):
    """A YAML file that does not say a pipeline; all its problems at once."""

    exit_code = 2


class ChainError(IspError):
    """Stages that do not fit each other, or a frame that does not fit a stage."""

    exit_code = 2


class DataError(IspError):
    """An input file that is missing, damaged, or not understood."""


class PlaceError(IspError):
    """The environment refuses: disk full, no permission, not enough memory."""

    exit_code = 3


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, to be called back from inside a program: of what it raises JAX tells the text alone, so it is kept for `told`."""

    @wraps(function)
    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except IspError as error:
            if len(_RAISED) >= KEPT:
                _RAISED.clear()
            _RAISED[str(error)] = error
            raise

    return call


def told(error: Exception) -> Exception:
    """What was raised inside the program that an error comes from, where it was `remembered`; else the error itself."""
    text = str(error)
    return next((_RAISED.pop(own) for own in list(_RAISED) if own in text), error)


KEPT = 16
"""So many faults are kept for whoever asks."""
_RAISED: dict[str, IspError] = {}
