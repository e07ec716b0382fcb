"""Several stages in one slot: all of them run, and shares that a descent can move say how much of each is taken."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import ANY, Between, Declared, Domain, Frame, Planes, Stage, align
from isp.core.planes import Array, Reach
from isp.core.run import run


class Blend:
    """Several stages in one slot, or none (None: the frame as it comes); pixels are mixed by softmax(`logits` / `temperature`), facts are those of the first. It
    does all that a chain asks of a stage, and its numbers are freed as a stage's are: `logits`, and for each method `family/method/field`, which methods of one
    class share. The temperature is a leaf that is not declared: it is given, not tuned. `names` is what each is called in words, `called` its name in a plain chain.

    The halo it reads is the largest of all; planes are cut to it.
    """

    random = measures = whole = False
    smooth: Mapping[str, Any] = MappingProxyType({})
    is_stage, tile = True, None

    def __init__(
        self,
        name: str,
        stages: tuple[Stage | None, ...],
        names: tuple[str, ...],
        called: tuple[str, ...],
        emits: Domain | None,
        logits: Any,
        temperature: Any,
    ):
        self.name, self.stages, self.names, self.called, self.emits = name, stages, names, called, emits
        self.logits, self.temperature = logits, temperature

    # ------------------------------------------------------------------ what a chain asks of a stage
    @property
    def some(self) -> tuple[Stage, ...]:
        """Its stages, without the place where none stands."""
        return tuple(stage for stage in self.stages if stage is not None)

    @property
    def accepts(self) -> tuple[Domain, ...]:
        """The domains that all take."""
        sets = [set(s.accepts) for s in self.some if s.accepts]
        return tuple(sorted(set.intersection(*sets), key=str)) if sets else ()

    @property
    def reach(self) -> Reach:
        """The largest, step by step from the longest step on: enough for each."""
        steps = [sorted((s.reach,) if isinstance(s.reach, int) else s.reach, reverse=True) for s in self.some]
        longest = max(map(len, steps))
        return tuple(max(s[i] if i < len(s) else 0 for s in steps) for i in range(longest))

    @property
    def stabilised(self) -> bool:
        """Whether all work under a variance stabilising transform."""
        return all(s.stabilised for s in self.some)

    @property
    def bayer(self) -> bool:
        """Whether any takes no other filter array."""
        return any(s.bayer for s in self.some)

    @property
    def needs(self) -> tuple[str, ...]:
        """All that any needs or takes."""
        return tuple(sorted({fact for s in self.some for fact in (*s.needs, *s.takes)} - set(self.takes)))

    @property
    def uses(self) -> tuple[str, ...]:
        """All that any uses."""
        return tuple(sorted({fact for s in self.some for fact in s.uses}))

    @property
    def takes(self) -> tuple[str, ...]:
        """What the first takes."""
        return self.stages[0].takes if self.stages[0] is not None else ()

    @property
    def gives(self) -> tuple[str, ...]:
        """What the first gives."""
        return self.stages[0].gives if self.stages[0] is not None else ()

    @property
    def paper(self) -> str:
        """The first paper of all."""
        return next((s.paper for s in self.some if s.paper), "")

    def declared(self) -> dict[str, Declared]:
        """The logits, and the numbers of all methods."""
        size = len(self.stages)
        doc = f"weight of {', '.join(self.names)}, as logarithms"
        made = {"logits": Declared("logits", "param", np.zeros(size), doc, "1", ANY, Between(-1.0, 1.0), (size,))}
        for stage in self.some:
            for field, d in stage.declared().items():
                if d.kind != "option":
                    made[field_of(stage, field)] = dataclasses.replace(d, name=field_of(stage, field))
        return made

    def __getattr__(self, field: str) -> Any:
        for stage in self.__dict__.get("stages", ()) if PART in field else ():
            if stage is not None and field.startswith(field_of(stage, "")):
                return getattr(stage, field.rpartition(PART)[2])
        raise AttributeError(field)

    def with_values(self, **values: Any) -> Blend:
        """The same with other values, unchecked."""
        stages = []
        for stage in self.stages:
            mine = {k.rpartition(PART)[2]: v for k, v in values.items() if stage is not None and k.startswith(field_of(stage, ""))}
            stages.append(stage.with_values(**mine) if stage is not None and mine else stage)
        logits, temperature = (values.get(k, getattr(self, k)) for k in ("logits", "temperature"))
        return Blend(self.name, tuple(stages), self.names, self.called, self.emits, logits, temperature)

    def __call__(self, frame: Frame) -> Frame:
        """The mixture. From outside a chain it takes a frame of an array, as a stage does."""
        if not isinstance(frame.pixels, Planes):
            return run((self,), frame)  # type: ignore[arg-type]
        cells = frame.pixels.cells(self.reach)
        margin = frame.pixels.margin[0] - cells[0], frame.pixels.margin[1] - cells[1]
        made = [frame if stage is None else stage(frame) for stage in self.stages]
        planes = align(*(m.pixels for m in made))
        shares = [share.astype(planes[0].dtype) for share in self.shares]
        mixed = planes[0].map(lambda *all_: sum(w * p for w, p in zip(shares, all_, strict=True)), *planes[1:])
        return made[0].but(pixels=mixed.trimmed(margin))

    # ------------------------------------------------------------------ what a tuner asks
    @property
    def shares(self) -> Array:
        """How much of each stage is taken: positive, with sum one."""
        return jax.nn.softmax(jnp.asarray(self.logits) / self.temperature)

    @property
    def heaviest(self) -> int:
        """The stage of which most is taken; the first of equals."""
        return int(np.argmax(np.asarray(self.logits)))

    def __repr__(self) -> str:
        shares = ", ".join(f"{share:.0%} {name}" for share, name in zip(np.asarray(self.shares), self.names, strict=True))
        return f"{self.name}\n  a blend of {shares}"


PART = ":"
"""Stands between the parts of a name within a blend, whose last dot stands before them all."""


def field_of(stage: Stage, field: str) -> str:
    """How a blend calls the field of a stage: paths have their last dot before the field."""
    return PART.join((*stage.name.split("."), field))


def _flatten(blend: Blend) -> tuple[list[tuple[Any, Any]], Any]:
    key = jax.tree_util.GetAttrKey
    fixed = blend.name, blend.names, blend.called, blend.emits
    return [(key(name), getattr(blend, name)) for name in ("stages", "logits", "temperature")], fixed


def _made(fixed: Any, leaves: Any) -> Blend:
    (name, names, called, emits), (stages, logits, temperature) = fixed, leaves
    return Blend(name, tuple(stages), names, called, emits, logits, temperature)


jax.tree_util.register_pytree_with_keys(Blend, _flatten, _made)
