"""A YAML pipeline becomes a checked chain; every problem in it is told at once, by line and column.

```yaml
isp: 1
title: Classical Bayer pipeline
stages:
  - level.subtract_black
  - demosaic.malvar2004: {alpha: 0.5}
    as: first                         # a name of its own, needed where a stage appears twice
tune: {free: [first.*]}               # for the tuner, which checks it
```
or an overlay of another file: `from: classic.yaml` and `values: {demosaic.malvar2004.alpha: 0.47}`.

What a field admits is read from the declaration on the stage itself (`Stage.declared`), by the very `Declared.fault` that `Stage.of` asks.
Models of a validation library would be a second copy of each declaration, and know neither units, tables over a fact nor array shapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from isp.core.chain import Chain, nearest
from isp.core.domain import Domain
from isp.core.errors import ChainError, SpecError
from isp.core.stage import Stage
from isp.spec.camera import Camera, camera_of
from isp.spec.names import all_names, beside, resolve, stage_class
from isp.spec.overlay import misfits
from isp.spec.own import admit_all
from isp.spec.ranges import Range, cut_short, has_range, range_of
from isp.spec.read import Faults, Marks, Steps, read_yaml, short
from isp.spec.said import Spec
from isp.spec.values import FAULT, Say, kind_of, value_of

VERSION = 1
"""The version of the format, which a file states as `isp: 1`."""
KEYS = ("isp", "title", "input", "camera", "stages", "from", "values", "tune", "sources")
"""What a file may say at its top level."""
ALIAS = re.compile(r"[a-z][a-z0-9_]*")
"""A stage's name of its own: no dot, so that it is no stage's name."""


def load(
    source: str | Path,
    *,
    set: Iterable[str] = (),
    swap: Iterable[str] = (),
    kind: str = "pipelines",
    seed: int | None = None,
    stages: Iterable[Any] | Mapping[str, Any] = (),
) -> Chain:
    """The chain of a file, of a bare name (`classic`) or of a YAML text, with other stages and values where asked.

    `swap` holds `denoise.guided=denoise.bilateral`, `set` holds `demosaic.malvar2004.alpha=0.4`. A str with a line end or a brace is a
    text. Where values are ranges, `seed` draws one of each. `stages` are those of one's own to be admitted: classes, functions, networks, where
    to find them (`file.py:NAME`), or a mapping of names to them. Raises SpecError with every problem, and for ranges without a seed.
    """
    admit_all(stages)
    spec = load_spec(source, kind=kind).changed(set=set, swap=swap)
    return spec.one() if seed is None else spec.drawn(seed).chain


def load_spec(source: str | Path, *, kind: str = "pipelines") -> Spec:
    """All that a file, a bare name or a text says. Raises SpecError with every problem."""
    if isinstance(source, str) and ("\n" in source or source.lstrip().startswith("{")):
        return _File(*read_yaml(source), None, kind, ()).spec()
    return _file(resolve(source, kind), kind, ())


def _file(path: Path, kind: str, seen: tuple[Path, ...]) -> Spec:
    here = Path.cwd()
    name = path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
    return _File(*read_yaml(path, str(name)), path, kind, seen).spec()


class _File:
    """One file on its way to a chain; the steps of `spec` gather faults, and go on as long as anything can be judged."""

    def __init__(self, value: Any, marks: Marks, path: Path | None, kind: str, seen: tuple[Path, ...]):
        self.value, self.marks, self.path, self.kind, self.seen = value, marks, path, kind, seen
        self.faults = Faults()
        self.ranges: dict[str, Range] = {}

    def say(self, at: Steps, what: str = "", why: str = "", do: str = "", *, key: bool = False) -> None:
        self.faults.add(self.marks.problem(at, short(what), why, do, key=key))

    def saying(self, at: Steps, what: str) -> Say:
        """Says faults inside one value."""
        return lambda inside, why: self.say((*at, *inside), what, why)

    def refused(self, at: Steps, error: ChainError) -> None:
        """What a chain says of a name, at the key that holds it."""
        for p in error.problems:
            self.say(at, p.what, p.why, p.do, key=True)

    def spec(self) -> Spec:
        """The whole; raises SpecError when anything was at fault."""
        if not isinstance(self.value, dict):
            self.say((), "", f"expected `isp: {VERSION}` and a list of stages, got {kind_of(self.value)}")
            self.faults.settle()
        top = self.value
        for key in [key for key in top if key not in KEYS]:
            self.say((key,), str(key), "no such key", nearest(str(key), KEYS), key=True)
        if isinstance(version := top.get("isp"), bool) or version != VERSION:
            self.say(("isp",), "isp", f"expected the version of the format, got {kind_of(version)}", f"write `isp: {VERSION}`")
        if not isinstance(top.get("title", ""), str):
            self.say(("title",), "title", f"expected a text, got {kind_of(top['title'])}")
        if not isinstance(top.get("tune", {}), (dict, list)):
            self.say(("tune",), "tune", f"expected what the tuner may move, got {kind_of(top['tune'])}")
        if "stages" in top and "from" in top:
            self.say(("from",), "from", "a file has either stages or another file to start from", key=True)
        elif "stages" not in top and "from" not in top:
            self.say((), "stages", "the file has none", "list them: `stages: [level.subtract_black, ...]`")
        base = self.overlaid() if "from" in top else None
        chain = base.chain if base else None if "from" in top else self.listed()
        camera = camera_of(top, chain, base.camera if base else Camera(), self.say) if chain else None
        self.faults.settle()
        assert chain is not None and camera is not None
        return Spec(chain, top.get("tune", base.tune if base else None), self.marks, self.path, camera, self.ranges)

    # ------------------------------------------------------------------ a list of stages
    def listed(self) -> Chain | None:
        """The chain of `stages`; None when a stage is not known."""
        if "values" in self.value:
            self.say(("values",), "values", "belong to a file that starts `from` another", "write them beside their stages", key=True)
        items = self.value.get("stages", [])
        if not isinstance(items, list) or ("stages" in self.value and not items):
            got = "none" if items == [] else kind_of(items)
            self.say(("stages",), "stages", f"expected a list of stages, got {got}", "one a line, each after a dash")
            return None
        made = [self.item(item, ("stages", i)) for i, item in enumerate(items)]
        domain = self.domain(next((s.accepts for s, _ in filter(None, made) if s.accepts), ()))
        self.distinct(made)
        if not made or None in made or domain is None:
            return None
        stages, names = zip(*filter(None, made), strict=True)
        chain = Chain(stages, names, domain, str(self.value.get("title", "")))
        for i, why in misfits(chain):
            self.say(("stages", i), names[i], why)
        return chain

    def domain(self, accepted: tuple[Domain, ...]) -> Domain | None:
        """Where the chain begins: as the file says, else what its first stage takes."""
        said = self.value.get("input", (*accepted, Domain.MOSAIC_DN)[0])
        if said not in list(Domain):
            self.say(("input",), "input", f"expected a domain, got {kind_of(said)}", nearest(str(said), map(str, Domain)))
            return None
        return Domain(said)

    def distinct(self, made: list[tuple[Stage, str] | None]) -> None:
        """Every name once."""
        seen: set[str] = set()
        for i, name in ((i, one[1]) for i, one in enumerate(made) if one):
            if name in seen:
                self.say(("stages", i), name, "appears twice", "give it a name of its own beside it: `as: another_name`")
            seen.add(name)

    def item(self, item: Any, at: Steps) -> tuple[Stage, str] | None:
        """One stage with its name; None when it is not known."""
        if isinstance(item, str):
            item = {item: None}
        keys = [key for key in item if key != "as"] if isinstance(item, dict) else []
        if not keys:
            self.say(at, "", f"expected a stage, got {kind_of(item)}", "`- name` or `- name: {value: 1}`")
            return None
        name = next((key for key in keys if key in all_names()), keys[0])
        try:
            cls = stage_class(str(name))
        except ChainError as error:
            self.refused((*at, name), error)
            return None
        for other in keys:
            if other != name:
                self.stray(cls, other, (*at, other))
        alias = item.get("as", name)
        if alias != name and not (isinstance(alias, str) and ALIAS.fullmatch(alias)):
            self.say((*at, "as"), "as", f"expected a name of small letters, digits and _, got {kind_of(alias)}")
        return cls.of(**self.fields(cls, item[name], (*at, name), str(alias))), str(alias)

    def stray(self, cls: type[Stage], key: Any, at: Steps) -> None:
        """A second key of one list item: most often an indent too few."""
        if key in cls.declared():
            self.say(
                at, str(key), f"stands beside {cls.name}, not in it", f"indent it further, or write `{cls.name}: {{{key}: ...}}`", key=True
            )
        elif key in all_names():
            self.say(at, str(key), "a list item holds one stage", "put a dash before it", key=True)
        else:
            self.say(at, str(key), "no such key beside a stage", "known: as", key=True)

    def fields(self, cls: type[Stage], values: Any, at: Steps, own: str) -> dict[str, Any]:
        """The sound values of a stage, whose name in the chain is `own`."""
        if values is not None and not isinstance(values, dict):
            self.say(at, cls.name, f"expected its values as `{{name: value}}`, got {kind_of(values)}")
        declared, made, rest = cls.declared(), {}, False
        for key, raw in values.items() if isinstance(values, dict) else ():
            path = f"{cls.name}.{key}"
            if rest:  # what a comma has cut off a range, which has been told
                rest = ")" not in str(key)
                continue
            rest = cut_short(raw)
            if key not in declared:
                self.say((*at, key), path, "no such parameter", nearest(str(key), declared) or f"{cls.name} has none", key=True)
                continue
            made[key] = self.valued(cls, key, raw, (*at, key), path, own)
        return {key: value for key, value in made.items() if value is not FAULT}

    def valued(self, cls: type[Stage], key: str, raw: Any, at: Steps, path: str, own: str) -> Any:
        """One value, which may be a range; FAULT after having said every fault."""
        make = range_of if has_range(raw) else value_of
        value = make(cls.declared()[key], raw, self.saying(at, path), stage=cls.name, file=self.path)
        if not isinstance(value, Range):
            return value
        self.ranges[f"{own}.{key}"] = replace(value, place=self.marks.problem(at))
        return value.middle

    # ------------------------------------------------------------------ another file, with other values
    def overlaid(self) -> Spec | None:
        """What the file that `from` names says, with `values`; None when it is at fault."""
        if "input" in self.value:
            self.say(("input",), "input", "is said by the file that this one starts from", key=True)
        values = self.value.get("values", {})
        if not isinstance(values, dict):
            self.say(("values",), "values", f"expected `{{stage.parameter: value}}`, got {kind_of(values)}")
        seen = (*self.seen, *((self.path.resolve(),) if self.path else ()))
        try:
            base = _file(beside(self.path, self.value["from"], self.kind, seen), self.kind, seen)
        except SpecError as error:
            for p in error.problems:
                self.faults.add(p if p.file else self.marks.problem(("from",), "from", p.why, p.do))
            return None
        good = {}
        self.ranges = {path: one for path, one in base.ranges.items() if not (isinstance(values, dict) and path in values)}
        for key, raw in values.items() if isinstance(values, dict) else ():
            try:
                index, name = base.chain.find(str(key))
            except ChainError as error:
                self.refused(("values", key), error)
                continue
            stage = base.chain.stages[index]
            value = self.valued(type(stage), name, raw, ("values", key), str(key), base.chain.names[index])
            if value is not FAULT:
                good[str(key)] = value
        chain = base.chain.replace(good)
        return replace(base, chain=Chain(chain.stages, chain.names, chain.input, str(self.value.get("title", chain.title))))
