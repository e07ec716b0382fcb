"""What no slope can move: which method stands in a slot, whether a stage is there at all, the order of some, the value of an option.

```yaml
choose:
  demosaic.menon2007: [demosaic.menon2007, demosaic.malvar2004]     # methods for a slot; `off` leaves it out
  detail.unsharp: [on, off]
  denoise.bilateral.radius: [2, 4, 6]                               # values of an option, also of a method named above
  order: [look.saturation, detail.unsharp]                          # stages whose places may be exchanged; or a list of such groups
```
One pick of each choice makes a chain: `chosen(chain, {"detail.unsharp": "off", "denoise.bilateral.radius": 4})`.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isp.core import Chain, ChainError, Domain, Stage
from isp.core.chain import nearest
from isp.spec import all_names, stage_class

ON, OFF, ORDER = "on", "off", "order"
MANY = 4096
"""Combinations beyond which they are not listed."""
LONGEST = 5
"""Stages in a group whose order may change: 120 orders."""

Picks = dict[str, Any]
"""One pick a choice, by its key, as a recipe would say it."""


@dataclass(frozen=True)
class Choice:
    """What may be picked under a key: `slot` (names of methods, `on` for the stage that stands there, `off`), `value`, or `order` (tuples of names)."""

    key: str
    kind: str
    picks: tuple[Any, ...]


@dataclass(frozen=True)
class Alternative:
    """A combination of picks and the chain it makes."""

    picks: Picks
    chain: Chain


@dataclass(frozen=True)
class Alternatives:
    """The combinations that make a chain, each chain once, and those that do not, with the reason."""

    fit: tuple[Alternative, ...]
    left_out: tuple[tuple[Picks, str], ...]


def choices_of(chain: Chain, said: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The choices that a recipe's `choose` says. Raises ChainError for names and values that the chain and its methods do not have."""
    slots = [_slot(chain, str(key), _listed(key, picks)) for key, picks in said.items() if key in chain.names]
    orders = [choice for key, groups in said.items() if key == ORDER for choice in _orders(chain, groups)]
    rest = [(str(key), picks) for key, picks in said.items() if key != ORDER and key not in chain.names]
    return (*slots, *(_value(chain, slots, key, _listed(key, picks)) for key, picks in rest), *orders)


def combinations(choices: Sequence[Choice]) -> Iterator[Picks]:
    """Every combination, the first picks first."""
    for picks in itertools.product(*(choice.picks for choice in choices)):
        yield {choice.key: pick for choice, pick in zip(choices, picks, strict=True)}


def count(choices: Sequence[Choice]) -> int:
    """How many combinations there are."""
    return math.prod(len(choice.picks) for choice in choices)


def alternatives(chain: Chain, choices: Sequence[Choice]) -> Alternatives:
    """All chains that the choices make. Picks without effect (an option of a method that is not there) are left out of a combination. Raises ChainError where
    there are too many to list: `search` then draws some."""
    if count(choices) > MANY:
        raise ChainError("choose", f"{count(choices)} combinations are too many to list", "let fewer things vary")
    fit: dict[str, Alternative] = {}
    left_out: list[tuple[Picks, str]] = []
    for picks in combinations(choices):
        try:
            made = chosen(chain, picks)
        except ChainError as error:
            left_out.append((picks, str(error)))
            continue
        fit.setdefault(repr(made), Alternative(_without_idle(made, choices, picks), made))
    return Alternatives(tuple(fit.values()), tuple(left_out))


def chosen(chain: Chain, picks: Mapping[str, Any]) -> Chain:
    """The chain with these picks: places exchanged, methods put in, options set (those of methods that are not there: not), stages left out. A method that comes in has its default values, and the name of
    its own unless the slot was given one. Raises ChainError where the stages do not fit, or end in another domain."""
    entries = list(zip(chain.names, chain.stages, strict=True))
    for key in picks:
        if not _is_order(key) and key not in chain.names and key.rpartition(".")[0] not in (*chain.names, *all_names()):
            raise ChainError(key, "no such stage in this chain or among its methods", nearest(key, chain.names))
    for key, pick in picks.items():
        if _is_order(key):
            places = sorted(chain.index(name) for name in pick)
            moved = [entries[chain.index(name)] for name in pick]
            for at, entry in zip(places, moved, strict=True):
                entries[at] = entry
    for name, pick in picks.items():
        if name in chain.names and not _is_order(name):
            at = [n for n, _ in entries].index(name)
            entries[at] = (name, None) if _word(pick) == OFF else _put_in(name, chain[name], pick)
    left = [(name, stage) for name, stage in entries if stage is not None]
    for key, pick in picks.items():
        name, _, field = key.rpartition(".")
        for at, (here, stage) in enumerate(left):
            if here == name and key not in chain.names and field in stage.declared():
                checked = type(stage).of(**{field: _truth(pick, stage, field)})
                left[at] = here, stage.with_values(**{field: getattr(checked, field)})
    names = tuple(name for name, _ in left)
    if twice := [name for name in names if names.count(name) > 1]:
        raise ChainError(twice[0], "appears twice")
    made = dataclasses.replace(chain, stages=tuple(stage for _, stage in left), names=names)
    if misfits := made.misfits():
        raise ChainError("; ".join(f"{names[i]} {why}" for i, why in misfits))
    if (end := _end(made)) != _end(chain):
        raise ChainError(names[-1] if names else "chain", f"ends in {end}, where the chain ended in {_end(chain)}")
    return made


def _end(chain: Chain) -> Domain:
    """The domain in which a chain ends."""
    return next((stage.emits for stage in reversed(chain.stages) if stage.emits), chain.input)


def said(pick: Any) -> str:
    """A pick in words."""
    return " < ".join(pick) if isinstance(pick, tuple) else str(pick)


def _without_idle(made: Chain, choices: Sequence[Choice], picks: Picks) -> Picks:
    idle = set()
    for choice in choices:
        name, _, field = choice.key.rpartition(".")
        if choice.kind == "value" and (name not in made.names or field not in made[name].declared()):
            idle.add(choice.key)
    return {key: pick for key, pick in picks.items() if key not in idle}


# ---------------------------------------------------------------------- reading
def _listed(key: Any, picks: Any) -> list[Any]:
    picks = list(picks) if isinstance(picks, (list, tuple)) else [picks]
    picks = [_word(pick) for pick in picks]
    if len(picks) < 2 or any(picks.count(pick) > 1 for pick in picks):
        raise ChainError(str(key), "expected a list of two or more different picks")
    return picks


def _word(pick: Any) -> Any:
    """YAML may have read `on` and `off` as truth values."""
    return {True: ON, False: OFF}[pick] if isinstance(pick, bool) else pick


def _slot(chain: Chain, key: str, picks: list[Any]) -> Choice:
    for pick in picks:
        if pick not in (ON, OFF):
            _put_in(key, chain[key], pick)
    return Choice(key, "slot", tuple(picks))


def _put_in(slot: str, stage: Stage, pick: Any) -> tuple[str, Stage]:
    """The name and the stage that a pick puts into a slot. Raises ChainError for a method that does not exist."""
    if _word(pick) == ON or pick == stage.name:
        return slot, stage
    cls = stage_class(str(pick))
    return (cls.name if slot == stage.name else slot), cls()


def _value(chain: Chain, slots: Sequence[Choice], key: str, picks: list[Any]) -> Choice:
    name, _, field = key.rpartition(".")
    stages = [stage for here, stage in zip(chain.names, chain.stages, strict=True) if here == name]
    for slot in slots:
        put = [_put_in(slot.key, chain[slot.key], pick) for pick in slot.picks if pick not in (ON, OFF)]
        stages += [stage for here, stage in put if here == name]
    if not stages:
        known = [*chain.names, *(p for slot in slots for p in slot.picks if p not in (ON, OFF)), ORDER]
        raise ChainError(key, "no such stage in this chain or among its methods", nearest(name or key, known))
    declared = next((s.declared()[field] for s in stages if field in s.declared()), None)
    if declared is None:
        raise ChainError(key, f"{name} has no field {field!r}", nearest(field, stages[0].declared()))
    if declared.kind != "option":
        raise ChainError(key, "is a number, which `free` lets move", f"within: [{declared.within.low:g}, {declared.within.high:g}]")
    stage = next(s for s in stages if field in s.declared())
    picks = [_truth(pick, stage, field) for pick in picks]
    for pick in picks:
        if why := declared.fault(pick):
            raise ChainError(key, why)
    return Choice(key, "value", tuple(picks))


def _truth(pick: Any, stage: Stage, field: str) -> Any:
    """`on` and `off` are truth values where an option has those."""
    choices = stage.declared()[field].choices
    return pick == ON if pick in (ON, OFF) and pick not in choices and True in choices else pick


def _orders(chain: Chain, groups: Any) -> list[Choice]:
    if not isinstance(groups, (list, tuple)) or not groups:
        raise ChainError(ORDER, "expected a list of stages")
    groups = [groups] if all(isinstance(name, str) for name in groups) else list(groups)
    made: list[Choice] = []
    named = [name for group in groups if isinstance(group, (list, tuple)) for name in group]
    if twice := [name for name in named if named.count(name) > 1]:
        raise ChainError(ORDER, f"{twice[0]} is named twice")
    for group in groups:
        for name in group if isinstance(group, (list, tuple)) else [group]:
            chain.index(str(name))
        if not isinstance(group, (list, tuple)) or not 2 <= len(group) <= LONGEST:
            raise ChainError(ORDER, f"expected two to {LONGEST} stages in each group")
        key = ORDER if len(groups) == 1 else f"{ORDER} {len(made) + 1}"
        first = tuple(sorted(group, key=chain.index))
        made.append(Choice(key, "order", tuple(itertools.permutations(first))))
    return made


def _is_order(key: str) -> bool:
    return key.partition(" ")[0] == ORDER
