"""Choices as numbers that a descent can move: methods of a slot are blended, and the blend grows harder as tuning goes on.

    soft = relaxed(chain, choices)                         the chain with a blend in each slot
    free = freed(soft, spread(soft, ["*.logits", "demosaic.*"]))
    loss of annealed(free.bind(theta), done) + weight * entropy(...)
    chain = hardened(free.bind(theta))                     the heaviest of each

The relaxation of Liu, Simonyan and Yang 2019: softmax over methods, here at a temperature that falls, with a term that pushes it to decide.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.core import Chain, ChainError, Stage
from isp.core.planes import Array
from isp.tune.blend import PART, Blend, field_of
from isp.tune.choice import Alternatives, Choice, alternatives
from isp.tune.free import matches

PAPERS = ("liu2019",)
HOT, COLD = 2.0, 0.1
"""Temperatures with which annealing begins and ends."""


def relaxed(chain: Chain, choices: Sequence[Choice]) -> Chain:
    """The chain with a blend in each slot that the choices speak of: one stage for each combination of its method (or none) and options that fits there, with
    equal weights. Raises ChainError for an order, which has no mixture, and for slots of which fewer than two combinations fit or can be mixed."""
    if orders := [choice.key for choice in choices if choice.kind == "order"]:
        raise ChainError(orders[0], "an order cannot be blended", "search it")
    slots: dict[str, list[Choice]] = {}
    for choice in choices:
        slots.setdefault(_slot_of(chain, choices, choice), []).append(choice)
    stages = list(chain.stages)
    for slot, own in slots.items():
        stages[chain.index(slot)] = _blend(chain, slot, alternatives(chain, own))  # type: ignore[call-overload]
    soft = dataclasses.replace(chain, stages=tuple(stages))
    if misfits := soft.misfits():
        raise ChainError("; ".join(f"{soft.names[i]} {why}" for i, why in misfits))
    return soft


def _slot_of(chain: Chain, choices: Sequence[Choice], choice: Choice) -> str:
    """The slot in which a choice has its effect: its own, or that of the method whose option it is."""
    name = choice.key if choice.kind == "slot" else choice.key.rpartition(".")[0]
    return name if name in chain.names else next(c.key for c in choices if c.kind == "slot" and name in c.picks)


def _blend(chain: Chain, slot: str, found: Alternatives) -> Blend:
    at, why = chain.index(slot), [f"{picks}: {why}" for picks, why in found.left_out]
    before = chain.input
    for stage in chain.stages[:at]:
        before = stage.emits or before
    stages, called = list[Stage | None](), list[str]()
    for one in found.fit:
        there = len(one.chain) == len(chain)
        stage = one.chain.stages[at] if there else None
        if stage is not None and (bad := [w for w in ("whole", "measures", "random", "tile") if getattr(stage, w)]):
            why.append(f"{stage.name}: cannot be mixed ({bad[0]}); search it")
        else:
            stages.append(stage)
            called.append(one.chain.names[at] if there else "")
    after = {(stage.emits if stage else None) or before for stage in stages}
    if len(stages) < 2 or len(after) > 1 or not any(stages):
        raise ChainError(
            slot, "fewer than two of its picks can be mixed", "; ".join(why) or f"they lead to {', '.join(sorted(map(str, after)))}"
        )
    names = tuple(_name(stage, stages) for stage in stages)
    emits = next((s.emits for s in stages if s is not None and s.emits), None)
    return Blend(slot, tuple(stages), names, tuple(called), emits, jnp.zeros(len(stages)), jnp.float32(HOT))


def _name(stage: Stage | None, among: Sequence[Stage | None]) -> str:
    """What a share is called: its method, with the options in which it differs from others of its class."""
    if stage is None:
        return "off"
    same = [s for s in among if type(s) is type(stage)]
    fields = [f for f, d in stage.declared().items() if d.kind == "option" and len({getattr(s, f) for s in same}) > 1]
    return " ".join([stage.name, *(f"{f}={getattr(stage, f)}" for f in fields)])


def spread(chain: Chain, patterns: Iterable[str | Mapping[str, Any]]) -> list[Any]:
    """Patterns of free parameters, written for the plain chain and its methods, as patterns for a relaxed one: `demosaic.malvar2004.alpha` also means
    that method inside a blend."""
    made: list[Any] = []
    for one in patterns:
        pattern, rest = (one, None) if isinstance(one, str) else next(iter(one.items()))
        inside = [path for path, own in _inside(chain) if matches(own, pattern)]
        outside = [
            f"{name}.{field}"
            for name, stage in zip(chain.names, chain.stages, strict=True)
            for field, d in stage.declared().items()
            if d.kind != "option" and matches(f"{name}.{field}", pattern)
        ]
        hit = list(dict.fromkeys([*outside, *inside]))
        made += [one] if not hit else [path if rest is None else {path: rest} for path in hit]
    return made


def _inside(chain: Chain) -> list[tuple[str, str]]:
    """(path in the relaxed chain, path in the plain one) of the numbers of methods inside blends."""
    return [
        (f"{blend.name}.{field}", f"{called}.{field.rpartition(PART)[2]}")
        for blend in chain.stages
        if isinstance(blend, Blend)
        for called, stage in zip(blend.called, blend.stages, strict=True)
        for field in blend.declared()
        if stage is not None and field.startswith(field_of(stage, ""))
    ]


def hardened(chain: Chain) -> Chain:
    """The plain chain of the heaviest stage in each blend, with its present values. Raises ChainError where these do not fit together."""
    entries = []
    for name, stage in zip(chain.names, chain.stages, strict=True):
        if isinstance(stage, Blend):
            kept = stage.stages[stage.heaviest]
            entries += [] if kept is None else [(stage.called[stage.heaviest], kept)]
        else:
            entries.append((name, stage))
    made = dataclasses.replace(chain, stages=tuple(s for _, s in entries), names=tuple(n for n, _ in entries))
    if misfits := made.misfits():
        raise ChainError("; ".join(f"{made.names[i]} {why}" for i, why in misfits))
    return made


def annealed(chain: Chain, done: Any, hot: float = HOT, cold: float = COLD) -> Chain:
    """The chain with the temperature of its blends when a share `done` of tuning is done: from `hot` to `cold` by equal factors. Traced numbers pass; a chain
    without blends comes back as it is."""
    temperature = hot * jnp.exp(jnp.clip(jnp.asarray(done, jnp.float32), 0, 1) * float(np.log(cold / hot)))
    stages = tuple(s.with_values(temperature=temperature) if isinstance(s, Blend) else s for s in chain.stages)
    return dataclasses.replace(chain, stages=stages)


def entropy(chain: Chain) -> Array:
    """How undecided the blends are, 0 (each takes one stage alone) to 1 (all stages alike), on average; 0 without blends."""
    each = [_undecided(s.shares) for s in chain.stages if isinstance(s, Blend)]
    return sum(each) / len(each) if each else jnp.zeros(())


def _undecided(shares: Array) -> Array:
    return -jnp.sum(shares * jnp.log(jnp.maximum(shares, 1e-30))) / float(np.log(shares.shape[0]))
