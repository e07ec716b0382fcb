"""What a chain is while somebody plays with it: the stages of its slots, which of them are on, and the way back."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from isp.core import Chain, ChainError, Frame, Stage
from isp.core.chain import nearest
from isp.spec import dump, dump_overlay, families, load, shipped_names, stage_class


@dataclass(frozen=True)
class State:
    """All slots of a chain, by their places; those in `off` are left out of what runs."""

    whole: Chain
    off: frozenset[int] = frozenset()

    @property
    def chain(self) -> Chain:
        """What runs."""
        on = [i for i in range(len(self.whole)) if i not in self.off]
        return dataclasses.replace(self.whole, stages=tuple(self.whole.stages[i] for i in on), names=tuple(self.whole.names[i] for i in on))

    def turned(self, path: str, value: Any) -> State:
        """With another value. Raises ChainError."""
        return dataclasses.replace(self, whole=self.whole.replace({path: value}))

    def without(self, slot: int) -> State:
        """With a slot left out. Raises ChainError where the others need it."""
        return dataclasses.replace(self, off=self.off | {slot}).checked()

    def swapped(self, slot: int, stage: Stage) -> State:
        """With another stage in a slot, which is on then. A stage keeps the name that its slot was given by `as`. Raises ChainError where it does not fit."""
        old = self.whole.stages[slot]
        if type(old) is type(stage):
            return dataclasses.replace(self, off=self.off - {slot}).checked()
        names, stages = list(self.whole.names), list(self.whole.stages)
        names[slot] = stage.name if names[slot] == old.name else names[slot]
        stages[slot] = stage
        if names.count(names[slot]) > 1:
            raise ChainError(names[slot], "is in this chain already")
        whole = dataclasses.replace(self.whole, stages=tuple(stages), names=tuple(names))
        return State(whole, self.off - {slot}).checked()

    def checked(self) -> State:
        """Itself. Raises ChainError with what does not fit."""
        chain = self.chain
        if not len(chain):
            raise ChainError("chain", "nothing would be left of it")
        if misfits := chain.misfits():
            raise ChainError("; ".join(f"{chain.names[i]} {why}" for i, why in misfits))
        return self

    def fitting(self, slot: int, frame: Frame) -> list[str]:
        """The stages of the same family that fit into a slot, what is there first to last as the family lists them; none of one's own."""
        family = self.whole.stages[slot].name.rpartition(".")[0]
        return [name for name in families().get(family, ()) if self._fits(slot, name, frame)]

    def may_be_off(self, slot: int) -> bool:
        """Whether the others do without it."""
        try:
            self.without(slot)
        except ChainError:
            return False
        return True

    def _fits(self, slot: int, name: str, frame: Frame) -> bool:
        stage = stage_class(name)
        if stage.bayer and frame.cfa is not None and not frame.cfa.is_bayer:
            return False
        try:
            self.swapped(slot, stage())
        except ChainError:
            return False
        return True


class History:
    """The way back, and forth again."""

    def __init__(self, start: State):
        self.states, self.at = [start], 0

    @property
    def now(self) -> State:
        """Where we are."""
        return self.states[self.at]

    def went(self, state: State, *, further: bool = False) -> None:
        """A step; `further` makes it part of the step before. What had been undone is gone."""
        kept = self.states[: self.at + 1]
        self.states = [*(kept[:-1] if further and self.at else kept), state]
        self.at = len(self.states) - 1

    def move(self, by: int) -> State:
        """Undo with -1, redo with 1; stays where there is nothing more."""
        self.at = min(max(self.at + by, 0), len(self.states) - 1)
        return self.now


def written(state: State, start: Chain, base: str = "") -> str:
    """YAML text of what a chain has become: an overlay of the file `base` it came from, or of the shipped pipeline that it was; the whole where other stages are in
    it or no file is known."""
    chain = state.chain
    base = base or next((name for name in shipped_names() if _same(load(name), start)), "")
    same = chain.names == start.names and all(type(a) is type(b) for a, b in zip(chain, start, strict=True))
    return dump_overlay(chain, start, base, title=chain.title) if base and same else dump(chain)


def found(path: str, paths: Any) -> str:
    """`path` where it is among `paths`. Raises ChainError with the nearest."""
    if path not in paths:
        raise ChainError(path, "no such knob", nearest(path, paths))
    return path


def _same(one: Chain, other: Chain) -> bool:
    return one.names == other.names and dump(one) == dump(other)
