"""One value of a YAML file becomes one value of a stage, judged by what the stage declares of it."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from isp.core.content import Content
from isp.core.declared import Declared, tuple_of
from isp.core.errors import IspError, SpecError
from isp.core.limits import ANY
from isp.core.table import OVER, Table
from isp.core.weights import WIDEST, content, grown, read
from isp.spec.names import under
from isp.spec.read import Steps, scalar, short

Say = Callable[[Steps, str], None]
"""Takes the place of a fault inside the value, and what is wrong there."""

GROWN = "grown"
"""Says that weights are fresh ones, still to be trained."""

MOST = 512 * 2**20
"""Bytes of a file that a stage runs by."""

FAULT = object()
"""Stands for a value that cannot be used; why has been said."""


def value_of(declared: Declared, raw: Any, say: Say, *, stage: str = "", file: Path | None = None) -> Any:
    """What `raw` means for this field: a number with or without its unit, nested lists of them, a table over a fact, a choice, or weights:
    those of `stage`, in a file under the folder of the YAML `file` (None: under the working folder).

    Returns FAULT after having said every fault.
    """
    faults: list[Steps] = []

    def noted(at: Steps, why: str) -> None:
        faults.append(at)
        say(at, why)

    if declared.kind == "weights":
        made = _weights(declared, raw, noted, stage, file)
    elif declared.suffix:
        made = _content(declared, raw, noted, file)
    else:
        made = _option(declared, raw, noted) if declared.kind == "option" else _param(declared, raw, noted)
    return FAULT if faults else made


def kind_of(raw: Any) -> str:
    """A value in the words of a message: "the text 'abc'", "a list", "nothing"."""
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, (list, dict)):
        return "a list" if isinstance(raw, list) else "a mapping"
    return f"the text '{short(raw)}'" if isinstance(raw, str) else f"the number {short(raw)}"


def _option(declared: Declared, raw: Any, say: Say) -> Any:
    if isinstance(raw, (list, dict)) or raw is None:
        say(
            (),
            f"expected {'one of ' + ', '.join(map(str, declared.choices)) if declared.choices else 'a whole number'}, got {kind_of(raw)}",
        )
        return None
    made = _split(raw, declared, say) if isinstance(raw, str) and not declared.choices else raw
    if made is not None and (why := declared.fault(short(made) if isinstance(made, str) else made)):
        say((), why)
    return made


def _param(declared: Declared, raw: Any, say: Say) -> Any:
    if isinstance(raw, dict) and raw.keys() & {"over", "at"}:
        return _table(declared, raw, say)
    made = _numbers(declared, raw, say, ())
    if made is None:
        return None
    if _ragged(made):
        say((), f"its rows differ in length ({declared.doc})")
    elif why := dataclasses.replace(declared, within=ANY).fault(np.zeros(np.shape(made))):
        say((), why)  # of the shape alone; the limits are judged number by number, each in its place
    elif declared.fault(made):
        for at, number in np.ndenumerate(made):
            if why := dataclasses.replace(declared, shape=()).fault(float(number)):
                say(at, why)
    return tuple_of(made)


def _weights(declared: Declared, raw: Any, say: Say, stage: str, file: Path | None) -> Any:
    """`grown`, `{grown: {wide: 48}}`, `my.safetensors`, or `{file: my.safetensors, sha256: ...}`, which pins the content; None after a fault."""
    assert declared.grow is not None
    if raw == GROWN:
        return grown(declared.grow)
    if isinstance(raw, dict) and raw.keys() == {GROWN}:
        return _grown(declared, raw[GROWN], lambda inside, why: say((GROWN, *inside), why))
    said = {"file": raw} if isinstance(raw, str) else raw
    if not isinstance(said, dict) or "file" not in said or said.keys() - {"file", "sha256"}:
        say((), f"expected `{GROWN}`, the name of a safetensors file, or {{file: ..., sha256: ...}}, got {kind_of(raw)}")
        return None
    try:
        values, _ = read(under(file, said["file"]), stage, declared.grow)
    except IspError as error:
        say((), f"{short(said['file'])}: {'; '.join(p.why for p in error.problems)}")
        return None
    if "sha256" in said and content(values) != said["sha256"]:
        say(("sha256",), f"the content of {said['file']} has another: {content(values)}")
        return None
    return values


def _grown(declared: Declared, said: Any, say: Say) -> Any:
    """Fresh weights of a width; None after a fault."""
    assert declared.grow is not None
    if not isinstance(said, dict) or said.keys() != {"wide"}:
        say((), f"expected {{wide: ...}}, got {kind_of(said)}")
    elif not declared.grow.wide:
        say(("wide",), f"this network has one width: say `{GROWN}`")
    elif not isinstance(wide := said["wide"], int) or isinstance(wide, bool) or not 1 <= wide <= WIDEST:
        say(("wide",), f"expected a whole number in [1, {WIDEST}], the channels between layers; got {kind_of(wide)}")
    else:
        return grown(declared.grow, wide=wide)
    return None


def _content(declared: Declared, raw: Any, say: Say, file: Path | None) -> Content | None:
    """The content of a file; None after a fault, or for nothing."""
    if raw is None:
        return None
    try:
        path = under(file, raw)
        if path.suffix.lower() != declared.suffix:
            raise SpecError("", f"expected a {declared.suffix} file", declared.doc)
        if path.stat().st_size > MOST:
            raise SpecError("", f"more than {MOST} bytes")
        data = path.read_bytes()
    except IspError as error:
        say((), f"{short(raw) if isinstance(raw, str) else kind_of(raw)}: {'; '.join(p.why for p in error.problems)}")
        return None
    except OSError as error:
        say((), f"{short(raw)}: {error.strerror or error}")
        return None
    return Content(str(raw), hashlib.sha256(data).hexdigest(), data)


def _numbers(declared: Declared, raw: Any, say: Say, at: Steps) -> Any:
    """A number, or lists of them, still to be judged; None after a fault."""
    if isinstance(raw, list):
        made = [_numbers(declared, r, say, (*at, i)) for i, r in enumerate(raw)]
        return None if any(m is None for m in made) else made
    if isinstance(raw, str):
        raw = _split(raw, declared, lambda inside, why: say((*at, *inside), why))
        if raw is None:
            return None
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        table = "; a table reads {over: iso, at: {100: 0.2, 800: 0.7}}" if isinstance(raw, dict) else ""
        say(at, f"expected a number, got {kind_of(raw)}{table}")
        return None
    return float(raw)


def _split(text: str, declared: Declared, say: Say) -> int | float | None:
    """The number of `0.6 px`, after comparing the unit; None after a fault."""
    head, _, unit = text.strip().partition(" ")
    try:
        number = scalar(head) if head and unit else None
    except ValueError:
        number = None
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        say((), f"expected a number, got {kind_of(text)}")
        return None
    if unit.strip() != declared.unit or declared.unit == "1":
        say((), f"it has no unit, not {short(unit)}" if declared.unit in ("", "1") else f"its unit is {declared.unit}, not {short(unit)}")
        return None
    return number


def _table(declared: Declared, raw: dict[Any, Any], say: Say) -> Table | None:
    """`{over: iso, at: {100: 0.2, 800: 0.7}}`; None after a fault."""
    over, at = raw.get("over"), raw.get("at")
    for key in raw.keys() - {"over", "at"}:
        say((key,), f"a table has `over` and `at`, no {short(key)}")
    if over not in list(OVER):
        say(("over",), f"a table runs over {', '.join(OVER)}, not over {kind_of(over)}")
    if not isinstance(at, dict) or len(at) < 2:
        say(("at",), "a table has two or more positions: `at: {100: 0.2, 800: 0.7}`")
        return None
    for position in at:
        if isinstance(position, bool) or not isinstance(position, (int, float)) or not 0 < position < np.inf:
            say(("at", position), f"a position of a table is a number above 0, not {kind_of(position)}")
            return None
    knots = {float(p): _param(declared, at[p], lambda inside, why, p=p: say(("at", p, *inside), why)) for p in sorted(at)}  # type: ignore[misc]
    if any(v is None or isinstance(v, Table) for v in knots.values()):
        if any(isinstance(v, Table) for v in knots.values()):
            say(("at",), "a table holds numbers, not tables")
        return None
    if _ragged(list(knots.values())):
        say(("at",), f"its values differ in length ({declared.doc})")
        return None
    return Table(np.asarray(list(knots.values()), float), str(over), tuple(knots))


def _ragged(numbers: Any) -> bool:
    try:
        np.asarray(numbers, float)
    except ValueError:
        return True
    return False
