"""A chain with other values and other stages, and the YAML text that says a chain or its difference from another."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from isp.core.chain import Chain
from isp.core.content import Content
from isp.core.errors import IspError, Problem, SpecError
from isp.core.table import Table
from isp.core.weights import Weights, content, packed
from isp.spec.camera import COUNTS, WORDS, Camera
from isp.spec.names import stage_class
from isp.spec.ranges import Range, Ranges, has_range, range_of, refuse
from isp.spec.read import Faults, read_yaml, scalar, short
from isp.spec.values import FAULT, Say, value_of

WIDTH = 120
"""Values of a stage stand in one line where it is no longer than that."""


def changed(chain: Chain, *, set: Iterable[str] = (), swap: Iterable[str] = ()) -> Chain:
    """`chain` with stages swapped (`denoise.guided=denoise.bilateral`), then values set (`denoise.bilateral.strength=2`).

    Raises SpecError with every problem; the n-th `set` is called `--set:n`.
    """
    made, ranges = varied(chain, {}, set=set, swap=swap)
    refuse(ranges)
    return made


def varied(chain: Chain, ranges: Ranges, *, set: Iterable[str] = (), swap: Iterable[str] = ()) -> tuple[Chain, Ranges]:
    """The same of a chain that has ranges, and ranges left: those of swapped stages and of set values are gone, and what is set may be one."""
    faults, before = Faults(), chain.names
    chain = _swapped(chain, swap, faults)
    faults.settle()
    gone = {old for old, new in zip(before, chain.names, strict=True) if old != new}
    left = {path: one for path, one in ranges.items() if path.rpartition(".")[0] not in gone}
    values = {}
    for i, path, text in _pairs("--set", set, faults):
        try:
            index, field = chain.find(path)
            raw, _ = read_yaml(text or "~", "--set")
            stage = chain.stages[index]
            make = range_of if has_range(raw) else value_of
            value = make(stage.declared()[field], raw, _saying(i, path, faults), stage=stage.name)
            left.pop(path, None)
            if isinstance(value, Range):
                left[path] = dataclasses.replace(value, place=Problem("--set", i))
                value = value.middle
            if value is not FAULT:
                values[path] = value
        except IspError as error:
            _told("--set", i, path, error, faults)
    faults.settle()
    return chain.replace(values), left


def _swapped(chain: Chain, swap: Iterable[str], faults: Faults) -> Chain:
    """All stages are swapped before the chain is judged: two may fit only together."""
    last, by = 0, dict[int, int]()
    for last, old, new in _pairs("--swap", swap, faults):
        try:
            at, stage = chain.index(old), stage_class(new)()
        except IspError as error:
            _told("--swap", last, old, error, faults)
            continue
        if new in _with(chain.names, at, ""):
            faults.add(Problem("--swap", last, 0, new, "appears twice"))
            continue
        chain = dataclasses.replace(chain, stages=_with(chain.stages, at, stage), names=_with(chain.names, at, new))
        by[at] = last
    for j, why in misfits(chain) if by else ():
        faults.add(Problem("--swap", by.get(j, last), 0, chain.names[j], why))
    return chain


def misfits(chain: Chain) -> list[tuple[int, str]]:
    """Where stages do not fit: (index, why), the first fault of each stage, since its others follow from that one."""
    return list({i: why for i, why in reversed(chain.misfits())}.items())


def dump(chain: Chain, *, defaults: bool = False) -> str:
    """YAML text that loads back to `chain`: values that differ from their defaults, or all with `defaults`."""
    lines = ["isp: 1", *([f"title: {_text(chain.title)}"] if chain.title else []), f"input: {chain.input}", "stages:"]
    for name, stage in zip(chain.names, chain.stages, strict=True):
        plain = type(stage)()
        values = {f: _yaml(getattr(stage, f)) for f in stage.declared()}
        values = {
            f: v for f, v in values.items() if (defaults and not isinstance(getattr(stage, f), dict)) or v != _yaml(getattr(plain, f))
        }
        said = "".join(f"\n      {field}: {value}" for field, value in values.items())
        lines.append(f"  - {stage.name}" + (":" if said or name != stage.name else "") + said)
        if name != stage.name:
            lines.append(f"    as: {name}")
    return "\n".join(lines) + "\n"


def dump_profile(chain: Chain, camera: Camera) -> str:
    """YAML text of a sensor: every parameter of its stages, options that differ from their defaults or have a source, whose camera it is, and
    the sources."""
    said = [f"  {name}: {_yaml(value)}" for name in (*WORDS, *COUNTS) if (value := getattr(camera, name)) is not None]
    lines = ["isp: 1", *([f"title: {_text(chain.title)}"] if chain.title else []), f"input: {chain.input}"]
    lines += [*(["camera:", *said] if said else []), "stages:"]
    for name, stage in zip(chain.names, chain.stages, strict=True):
        plain, declared = type(stage)(), stage.declared()
        matters = {
            f for f, d in declared.items() if d.kind == "param" or getattr(stage, f) != getattr(plain, f) or f"{name}.{f}" in camera.sources
        }
        told = [f"{f}: {_yaml(getattr(stage, f))}" for f in declared if f in matters]
        short = f": {{{', '.join(told)}}}" if told else ":" if name != stage.name else ""
        long = "".join(f"\n      {one}" for one in told)
        lines.append(f"  - {stage.name}{short if len(short) < WIDTH else ':' + long}")
        lines += [f"    as: {name}"] if name != stage.name else []
    sources = [f"  {key}: {_text(words)}" for key, words in camera.sources.items()]
    return "\n".join([*lines, *(["sources:", *sources] if sources else [])]) + "\n"


def dump_overlay(chain: Chain, base: Chain, name: str, title: str = "") -> str:
    """YAML text that says how `chain` differs from `base`, the chain of the file `name`. Raises SpecError when its stages do."""
    if chain.names != base.names or [type(s) for s in chain] != [type(s) for s in base]:
        raise SpecError("overlay", f"the chain has other stages than {name}, and an overlay changes values only", "write it whole")
    lines = ["isp: 1", *([f"title: {_text(title)}"] if title else []), f"from: {_text(name)}"]
    pairs = [
        (f"  {own}.{field}: {value}")
        for own, stage, old in zip(chain.names, chain, base, strict=True)
        for field in stage.declared()
        if (value := _yaml(getattr(stage, field))) != _yaml(getattr(old, field))
    ]
    return "\n".join([*lines, *(["values:", *pairs] if pairs else [])]) + "\n"


def weight_files(chain: Chain, card: Mapping[str, Any]) -> dict[str, bytes]:
    """The files, by name, to which the YAML text of a chain points for weights that do not ship; each with this card."""
    return {
        file_of(value): packed(value, stage.name, card)
        for stage in chain
        for field, d in stage.declared().items()
        if d.kind == "weights" and content(value := getattr(stage, field)) != content(getattr(type(stage)(), field))
    }


def file_of(weights: Weights) -> str:
    """The file in which weights are kept beside a YAML text, named by their content."""
    return f"weights/{content(weights)[:16]}.safetensors"


def _pairs(option: str, given: Iterable[str], faults: Faults) -> Iterator[tuple[int, str, str]]:
    """The two sides of each `a=b`, counted from 1."""
    for i, text in enumerate([given] if isinstance(given, str) else given, 1):
        left, equals, right = text.partition("=")
        if equals and left.strip() and (right.strip() or option == "--set"):
            yield i, left.strip(), right.strip()
        else:
            what = "stage.parameter=value" if option == "--set" else "stage=other.stage"
            faults.add(Problem(option, i, 0, short(text), f"expected {what}"))


def _saying(i: int, path: str, faults: Faults) -> Say:
    return lambda _, why: faults.add(Problem("--set", i, 0, path, why))


def _told(option: str, i: int, what: str, error: IspError, faults: Faults) -> None:
    for p in error.problems:
        faults.add(Problem(option, i, 0, short(p.what or what), p.why, p.do))


def _with(some: tuple[Any, ...], at: int, one: Any) -> tuple[Any, ...]:
    return (*some[:at], one, *some[at + 1 :])


def _yaml(value: Any) -> str:
    """A value as YAML that reads back to it, in the fewest digits its own number type needs."""
    if isinstance(value, Table):
        rows = zip(value.at_, np.asarray(value.values), strict=True)
        return f"{{over: {value.over}, at: {{{', '.join(f'{int(k) if float(k).is_integer() else _number(k)}: {_yaml(v)}' for k, v in rows)}}}}}"
    if isinstance(value, dict):
        return f"{{file: {file_of(value)}, sha256: {content(value)}}}"
    if value is None or isinstance(value, Content):
        return "~" if value is None else _text(value.name)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int)):
        return _text(value) if isinstance(value, str) else str(value)
    numbers = np.asarray(value)
    return "[" + ", ".join(map(_yaml, numbers)) + "]" if numbers.ndim else _number(numbers[()])


def _number(number: Any) -> str:
    """A number with a point, as readers of every YAML version take it: `1.0e-05`, not `1e-05`. Not by `str`, which follows print options
    that other libraries set."""
    value: np.floating[Any] = np.asarray(number)[()]  # type: ignore[assignment]
    if value and not 1e-4 <= abs(value) < 1e16:
        return str(np.format_float_scientific(value, unique=True, trim="0"))
    return str(np.format_float_positional(value, unique=True, trim="0"))


def _text(text: str) -> str:
    """A text, quoted where it would be read as something else."""
    plain = text and all(c.isalnum() or c in " _-.," for c in text) and text[0].isalpha() and text[-1] != " " and text.isascii()
    if plain and scalar(text) == text:
        return text
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text) + '"'
