"""YAML text becomes plain values, and every key and value keeps its line and column. The only door to the yaml library.

Values are built straight from parse events, so that what could harm is refused before anything is built: aliases and anchors (443 bytes
of merge keys take 26 s in a usual loader), tags, deep nesting (a usual loader dies of 30,000 brackets), second documents. Scalars are
those of the YAML 1.2 core schema: `1e-3` is a number; `no`, `on`, `1:30`, `1_000` and dates are text; `010` is ten. A repeated key is an
error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from isp.core.errors import Problem, SpecError

BYTES, DEPTH, VALUES, DIGITS = 1_000_000, 64, 50_000, 100
"""Limits of a file: its size, its nesting, how many keys and values it may have, and how many digits a whole number."""
SHOWN = 50
"""So many problems are told of one file; a flood of them ends the reading."""

Steps = tuple[Any, ...]
"""Keys and list indices from the top: `("stages", 3, "tone.filmic", "contrast")`."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = {"", "~", "null", "Null", "NULL"}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_SPECIAL = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


@dataclass
class Marks:
    """Where each key and value of a file stands, by its path; lines and columns count from 1."""

    file: str
    values: dict[Steps, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Steps, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Steps, *, key: bool = False) -> tuple[int, int]:
        """Line and column of a value (or its key); of the nearest thing around it where the path itself is not in the file."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))

    def problem(self, path: Steps, what: str = "", why: str = "", do: str = "", *, key: bool = False) -> Problem:
        """A problem at the place of a value, or of its key."""
        return Problem(self.file, *self.place(path, key=key), what, why, do)


@dataclass
class Faults:
    """Problems as they are found, so that all are told at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """One more. Raises SpecError where there are too many to read."""
        self.found.append(problem)
        if len(self.found) > SHOWN:
            self.found[-1] = Problem(problem.file, problem.line, problem.column, "~", "more problems follow")
            self.settle()

    def settle(self) -> None:
        """Raise SpecError with everything found; nothing where nothing was."""
        if self.found:
            raise SpecError(problems=self.found)


def read_yaml(source: Path | str, name: str | None = None) -> tuple[Any, Marks]:
    """The value of a YAML file (a Path) or a YAML text (a str), and the place of everything in it.

    `name` is what problems call the source; by default the path, or "text". Raises SpecError, with every problem in its place, for a
    file that cannot be read, is larger than the limits, or is not the plain subset of YAML described above.
    """
    file = name if name is not None else str(source) if isinstance(source, Path) else "text"
    text = _text(source, file) if isinstance(source, Path) else source.removeprefix("\ufeff")
    if len(text) > BYTES:
        _refuse(file, 0, 0, f"it has more than {BYTES:,} characters", "keep large tables in files beside it")
    if bad := _CONTROL.search(text):
        _refuse(file, *_place(text, bad.start()), f"character U+{ord(bad[0]):04X} has no place in a text", "delete it")
    builder = _Builder(file, Marks(file))
    events = yaml.parse(text, Loader=_LOADER)
    try:
        value = builder.document(events)
    except yaml.MarkedYAMLError as error:
        _syntax(file, text, error)
    except yaml.YAMLError as error:
        _refuse(file, 0, 0, f"it is not YAML: {' '.join(str(error).split())}")
    builder.faults.settle()
    return value, builder.marks


def scalar(text: str) -> Any:
    """What a plain (unquoted) scalar means in the YAML 1.2 core schema. Raises ValueError for a whole number of absurd length."""
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _INT.fullmatch(text):
        if len(text) > DIGITS:
            raise ValueError(f"a number of {len(text):,} digits")
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if special := _SPECIAL.fullmatch(text):
        return float(special[1] + "inf") if special[2] else float("nan")
    return text


class _Builder:
    """Builds values from parse events and notes where each began."""

    def __init__(self, file: str, marks: Marks):
        self.file, self.marks, self.faults = file, marks, Faults()

    def document(self, events: Iterator[Any]) -> Any:
        """The one value of a file with one document."""
        value, seen = None, False
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    self.refuse(event, "a second document begins here", "one file holds one document")
                seen, value = True, self.value(events, next(events), ())
        if not seen:
            _refuse(self.file, 1, 1, "it is empty")
        return value

    def value(self, events: Iterator[Any], event: Any, path: Steps) -> Any:
        """The value that begins with `event`; its place is noted under `path`."""
        self.admit(event, path)
        self.marks.values[path] = _mark(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(events, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(events, path)
        return self.scalar(event)

    def sequence(self, events: Iterator[Any], path: Steps) -> list[Any]:
        """A list."""
        made: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            made.append(self.value(events, event, (*path, len(made))))
        return made

    def mapping(self, events: Iterator[Any], path: Steps) -> dict[Any, Any]:
        """A mapping whose keys are scalars, each said once."""
        made: dict[Any, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)):
                self.refuse(event, "a key must be one word or number")
            if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
                self.refuse(event, "merge keys (<<) are not read", "write the values out")
            self.admit(event, path)
            place, key = _mark(event), self.scalar(event)
            if key in made:
                first = self.marks.keys[(*path, key)][0]
                self.faults.add(Problem(self.file, *place, short(key), f"the key is repeated; it stands in line {first} too"))
            self.marks.keys.setdefault((*path, key), place)
            made[key] = self.value(events, next(events), (*path, key))
        return made

    def scalar(self, event: Any) -> Any:
        """A scalar; quoted ones are text."""
        if not event.implicit[0]:
            return str(event.value)
        try:
            return scalar(event.value)
        except ValueError as error:
            self.faults.add(Problem(self.file, *_mark(event), short(event.value), f"it is {error}", f"at most {DIGITS} are read"))
            return None

    def admit(self, event: Any, path: Steps) -> None:
        """Refuse an event that could harm or mislead, or that is one too many."""
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self.refuse(event, "anchors (&) and aliases (*) are not read", "write the value out")
        if event.tag is not None:
            self.refuse(event, f"the tag {short(event.tag)} is not read", "write the plain value")
        if len(path) > DEPTH:
            self.refuse(event, f"it is nested more than {DEPTH} deep")
        if len(self.marks.values) + len(self.marks.keys) > VALUES:
            self.refuse(event, f"it has more than {VALUES:,} keys and values", "keep large tables in files beside it")

    def refuse(self, event: Any, why: str, do: str = "") -> NoReturn:
        _refuse(self.file, *_mark(event), why, do)


def short(value: Any) -> str:
    """A value as it is told in a problem: on one line, and cut where it is long."""
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _mark(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _place(text: str, at: int) -> tuple[int, int]:
    """Line and column of the character `at`."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _refuse(file: str, line: int, column: int, why: str, do: str = "") -> NoReturn:
    raise SpecError(problems=[Problem(file, line, column, "", why, do)]) from None


def _text(path: Path, file: str) -> str:
    """The text of a file, or a SpecError that says what is wrong with it."""
    try:
        if path.is_dir():
            _refuse(file, 0, 0, "it is a folder, not a file")
        if path.exists() and not path.is_file():
            _refuse(file, 0, 0, "it is not an ordinary file")
        with path.open("rb") as stream:
            data = stream.read(BYTES + 1)
    except FileNotFoundError:
        _refuse(file, 0, 0, "no such file")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        _refuse(file, 0, 0, f"it cannot be read: {getattr(error, 'strerror', None) or error}")
    if len(data) > BYTES:
        _refuse(file, 0, 0, f"it is larger than {BYTES:,} bytes", "keep large tables in files beside it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = data.count(b"\n", 0, error.start) + 1, error.start - data.rfind(b"\n", 0, error.start)
        _refuse(file, line, column, "it is not UTF-8 text", "save it as UTF-8")


def _syntax(file: str, text: str, error: yaml.MarkedYAMLError) -> NoReturn:
    """What the parser could not read, in our words."""
    mark = error.problem_mark or error.context_mark
    if mark and "nesting depth" in str(error.problem):  # a limit of newer parsers, which look ahead of what they give away
        read_yaml(text[: mark.index], file)  # refuses it at ours
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    lines = text.split("\n")
    if 0 < line <= len(lines) and lines[line - 1][max(column - 2, 0) : column].find("\t") >= 0:
        _refuse(file, line, column, "a tab stands where YAML wants spaces", "replace it by spaces")
    why = " ".join(part for part in (error.problem or "unreadable", error.context or "") if part)
    if error.context_mark and error.context_mark.line + 1 != line:
        why += f" that begins in line {error.context_mark.line + 1}"
    _refuse(file, line, column, f"it is not YAML: {why}")
