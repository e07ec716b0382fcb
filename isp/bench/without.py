"""A chain with one of its stages switched off, as far as the others can do without.

Where they can, the stage is left out, together with those that only serve it: what reads a fact that nothing else gives (white balance without its
measure), and what begins a transform that it ends (`stabilise.anscombe` without `stabilise.undo`). A step that no chain can miss is taken by the
plainest stage that there is: a demosaic by interpolation, a matrix by the camera's own colours, a black level by none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from isp.core import Chain, Stage
from isp.spec import stage_class

Named = tuple[str, Stage]


@dataclass(frozen=True)
class Without:
    """`chain` is what is left, None where the stage cannot be missed; `how` says in words what was done for it, or why nothing was. The stages before
    `first` are those of the whole chain."""

    chain: Chain | None
    how: str
    first: int


def without(chain: Chain, name: str, *, bayer: bool = True) -> Without:
    """The chain without a stage. `bayer` says that the frame's filters are a Bayer mosaic's. Raises ChainError for a name that it has not."""
    at = chain.index(name)
    for gone in _sets(chain, at):
        left = _chain(chain, [entry for i, entry in enumerate(_entries(chain)) if i not in gone])
        if left.stages and not left.misfits():
            others = [chain.names[i] for i in sorted(gone - {at})]
            return Without(left, f"left out{' with ' + ', '.join(others) if others else ''}", min(gone))
    plain = _plainest(chain.stages[at], bayer)
    if plain is None:
        return Without(None, "no chain is whole without it", at)
    stages, how = plain
    if [type(stage) for stage in stages] == [type(chain.stages[at])]:
        return Without(None, "nothing plainer takes its place", at)
    before, after = _entries(chain)[:at], _entries(chain)[at + 1 :]
    left = _chain(chain, [*before, *((stage.name if stage.name != chain.stages[at].name else name, stage) for stage in stages), *after])
    if misfits := left.misfits():
        return Without(None, "; ".join(f"{left.names[i]} {why}" for i, why in misfits), at)
    return Without(left, how, at)


def _sets(chain: Chain, at: int) -> Iterator[set[int]]:
    """Which stages may go together: the stage alone; with all that needs what only it gives; with what began a transform that it ends as well."""
    yield {at}
    yield _served(chain, {at})
    begun = {fact: i for i in range(at) for fact in chain.stages[i].gives}
    yield _served(chain, {at, *(begun[fact] for fact in chain.stages[at].takes if fact in begun)})


def _served(chain: Chain, gone: set[int]) -> set[int]:
    """Stages that go, and all that cannot stay without them."""
    while more := {i for i in range(len(chain)) if i not in gone and _bereft(chain, i, gone)}:
        gone = gone | more
    return gone


def _bereft(chain: Chain, at: int, gone: set[int]) -> bool:
    """Whether a stage needs a fact that only stages which are `gone` would have given it."""
    stage = chain.stages[at]
    givers = {fact: [i for i in range(at) if fact in chain.stages[i].gives] for fact in (*stage.needs, *stage.takes)}
    return any(some and gone.issuperset(some) for some in givers.values())


def _plainest(stage: Stage, bayer: bool) -> tuple[list[Stage], str] | None:
    """The least that can stand in the place of a stage, and its words."""
    family = stage.name.partition(".")[0]
    if family == "demosaic":
        name = "demosaic.bilinear" if bayer else "demosaic.normalised"
        return [stage_class(name)()], f"{name} in its place"
    if family == "colour":
        return [stage_class("colour.fixed_matrix")()], "the camera's colours taken as they are"
    if stage.name == "level.subtract_black":
        return [stage_class("level.fixed_black").of(black=[0.0, 0.0, 0.0]), stage], "its black level taken as 0"
    return None


def _entries(chain: Chain) -> list[Named]:
    return list(zip(chain.names, chain.stages, strict=True))


def _chain(chain: Chain, entries: list[Named]) -> Chain:
    return dataclasses.replace(chain, names=tuple(n for n, _ in entries), stages=tuple(s for _, s in entries))
