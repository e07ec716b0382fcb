"""A chain: stages in order, each under a name of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import jax

from isp.core.compile import compiled
from isp.core.domain import Domain
from isp.core.errors import ChainError
from isp.core.frame import FACTS, Frame
from isp.core.look import Shown, viewer
from isp.core.run import run
from isp.core.stage import Stage


@dataclass(frozen=True, eq=False, repr=False)
class Chain(Shown):
    """Stages under unique names, from frames in the domain `input`. A pytree whose paths read `.demosaic.malvar2004.alpha`."""

    stages: tuple[Stage, ...]
    names: tuple[str, ...]
    input: Domain = Domain.MOSAIC_DN
    title: str = ""

    @classmethod
    def of(cls, *stages: Stage, input: Domain | None = None, title: str = "") -> Chain:
        """A checked chain of stages under their own names. Raises ChainError when a name repeats or the stages do not fit."""
        chain = cls(stages, tuple(s.name for s in stages), input or (stages[0].accepts or (Domain.MOSAIC_DN,))[0], title)
        if twice := [n for n in chain.names if chain.names.count(n) > 1]:
            raise ChainError(twice[0], "appears twice", "load it from YAML with `as: another name`")
        if misfits := chain.misfits():
            raise ChainError("; ".join(f"{chain.names[i]} {why}" for i, why in misfits))
        return chain

    # ------------------------------------------------------------------ running
    def __call__(self, frame: Frame) -> Frame:
        """The developed frame, compiled once for each kind of frame; parameters are arguments, so that a new value never recompiles."""
        developed: Frame = _compiled(self, frame)
        return developed

    def trace(self, frame: Frame) -> dict[str, Frame]:
        """Every intermediate frame by the name of the stage that made it."""
        return dict(zip(self.names, _watched(self, frame), strict=True))

    def entered_at(self, name: str) -> Chain:
        """The rest of the chain from a stage on, for a frame saved before it."""
        first = self.index(name)
        domain = self.input
        for stage in self.stages[:first]:
            domain = stage.emits or domain
        return dataclasses.replace(self, stages=self.stages[first:], names=self.names[first:], input=domain)

    # ------------------------------------------------------------------ looking
    def show(self, frame: Frame | None = None) -> Any:
        """Display what every stage makes of `frame`, as a strip of pictures with their histograms; without one, the table of its values."""
        return super().show() if frame is None else viewer().show_film(self, frame)

    def explore(self, frame: Frame, *, at: tuple[float, float] | None = None, base: str = "") -> Any:
        """Sliders, menus of stages that fit, and the picture that follows them, in a notebook; see `isp.notebook.explore`. Raises PlaceError without ipywidgets."""
        return viewer().explore(self, frame, at=at, base=base)

    # ------------------------------------------------------------------ other values, other stages
    def replace(self, values: Mapping[str, Any]) -> Chain:
        """The same chain with other values: `chain.replace({"demosaic.malvar2004.alpha": 0.4})`. Raises ChainError for what no stage has."""
        stages = list(self.stages)
        for path, value in values.items():
            i, field = self.find(path)
            old = stages[i]
            checked = type(old).of(**{field: value})
            stages[i] = old.with_values(**{field: getattr(checked, field)})
        return dataclasses.replace(self, stages=tuple(stages))

    def swap(self, name: str, stage: Stage) -> Chain:
        """The same chain with another stage in the place of one. Raises ChainError when it does not fit there."""
        i = self.index(name)
        chain = dataclasses.replace(
            self, stages=(*self.stages[:i], stage, *self.stages[i + 1 :]), names=(*self.names[:i], stage.name, *self.names[i + 1 :])
        )
        if misfits := chain.misfits():
            raise ChainError("; ".join(f"{chain.names[j]} {why}" for j, why in misfits))
        return chain

    def index(self, name: str) -> int:
        """The place of a stage. Raises ChainError with the nearest name when there is none."""
        if name not in self.names:
            raise ChainError(name, "no such stage in this chain", nearest(name, self.names))
        return self.names.index(name)

    def find(self, path: str) -> tuple[int, str]:
        """The stage and the field that a path `name.field` means."""
        name, _, field = path.rpartition(".")
        declared = self.stages[i := self.index(name or path)].declared()
        if field not in declared:
            raise ChainError(path, f"{self.names[i]} has no field {field!r}", nearest(field, declared))
        return i, field

    # ------------------------------------------------------------------ fitting
    def misfits(self) -> list[tuple[int, str]]:
        """Where stages do not fit, before any pixel moves: (index, why). Facts that a file may bring count as known."""
        return list(_misfits(self.stages, self.names, self.input))

    def __iter__(self) -> Iterator[Stage]:
        return iter(self.stages)

    def __len__(self) -> int:
        return len(self.stages)

    def __getitem__(self, name: str) -> Stage:
        return self.stages[self.index(name)]

    def __repr__(self) -> str:
        return "\n".join(
            [
                f"{self.title or 'chain'}, from {self.input}",
                *(repr(s) if s.name == n else repr(s).replace(s.name, n) for n, s in zip(self.names, self.stages, strict=True)),
            ]
        )


def nearest(word: str, known: Any) -> str:
    """ "did you mean ...?", or the whole choice where it is small, or nothing."""
    known = list(known)
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}" if 0 < len(known) <= 12 else ""


def _misfits(stages: Sequence[Stage], names: Sequence[str], domain: Domain) -> Iterator[tuple[int, str]]:
    facts: dict[str, str] = {name: "the file" for name, f in FACTS.items() if f.metadata["from_file"]}
    gone: dict[str, str] = {}
    for i, (stage, name) in enumerate(zip(stages, names, strict=True)):
        if stage.accepts and domain not in stage.accepts:
            yield i, f"takes {' or '.join(map(str, stage.accepts))}, but the frame is {domain} here"
        if "stabiliser" in facts and not stage.stabilised:
            yield i, f"cannot work on the variance-stabilised values of {facts['stabiliser']}; put stabilise.undo before it"
        for fact in (*stage.needs, *stage.takes):
            if fact not in facts:
                yield (
                    i,
                    f"needs frame.{fact}, which {gone[fact]} has taken"
                    if fact in gone
                    else f"needs frame.{fact}, which no earlier stage gives",
                )
        for fact in stage.takes:
            facts.pop(fact, None)
            gone[fact] = name
        if domain.is_mosaic and stage.emits is not None and not stage.emits.is_mosaic:
            for fact in ("cfa", "defects"):
                facts.pop(fact, None)
                gone[fact] = name
        facts |= {fact: name for fact in stage.gives}
        domain = stage.emits or domain
    if "stabiliser" in facts:
        yield len(stages) - 1, f"ends the chain on the variance-stabilised values of {facts['stabiliser']}; put stabilise.undo after it"


def _flatten(chain: Chain) -> tuple[list[tuple[Any, Stage]], Any]:
    return [(jax.tree_util.GetAttrKey(n), s) for n, s in zip(chain.names, chain.stages, strict=True)], (
        chain.names,
        chain.input,
        chain.title,
    )


jax.tree_util.register_pytree_with_keys(Chain, _flatten, lambda aux, stages: Chain(tuple(stages), *aux))


@compiled
def _compiled(chain: Chain, frame: Frame) -> Frame:
    return run(chain.stages, frame)


@compiled
def _watched(chain: Chain, frame: Frame) -> list[Frame]:
    seen: list[Frame] = []
    run(chain.stages, frame, lambda _, made: seen.append(made))
    return seen
