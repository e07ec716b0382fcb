"""A stage: a frozen set of declared numbers with one call, frame to frame.

A family is a class under `Stage` that states the contract; a stage is a final class under a family. `Stage.__init_subclass__`
makes it a frozen keyword-only dataclass and a JAX pytree, and guards its call.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, dataclass_transform

import jax
import jax.numpy as jnp

from isp.core.declared import option, param, weights, whole_number
from isp.core.declares import Declares
from isp.core.domain import Domain
from isp.core.errors import ChainError
from isp.core.frame import FACTS, Frame
from isp.core.planes import Array, Planes, Reach
from isp.core.table import Table


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(param, option, whole_number, weights))
class Stage(Declares):
    """A step of a chain. Class keywords of a family: `accepts`, `emits` (None: as it came), `stabilised` (works under a variance
    stabilising transform too), `measures` (writes facts, leaves the pixels), `whole` (needs the whole frame as one array).
    Class keywords of a stage: `bayer` (takes no other filter array), `needs`, `uses` (if there), `takes` (reads and ends), `gives` (facts), `reach`, `paper`,
    `random` (draws, see `Frame.words`), `smooth` (options under which a step that is flat by nature is left out, for those who check gradients).
    """

    accepts: ClassVar[tuple[Domain, ...]] = ()
    emits: ClassVar[Domain | None] = None
    stabilised: ClassVar[bool] = False
    measures: ClassVar[bool] = False
    whole: ClassVar[bool] = False
    bayer: ClassVar[bool] = False
    random: ClassVar[bool] = False
    smooth: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    needs: ClassVar[tuple[str, ...]] = ()
    uses: ClassVar[tuple[str, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ()
    gives: ClassVar[tuple[str, ...]] = ()
    paper: ClassVar[str] = ""
    is_stage: ClassVar[bool] = False

    def __init_subclass__(cls, *, reach: Reach | None = None, **contract: Any) -> None:
        super().__init_subclass__()
        if any(base.is_stage for base in cls.__mro__[1:] if issubclass(base, Stage)):
            raise TypeError(f"{cls.__name__}: a stage is final; write a new stage under the family instead")
        unknown = set(contract) - set(Stage.__annotations__) | set(contract) & {"name", "is_stage"}
        if unknown:
            raise TypeError(f"{cls.__name__}: unknown class keywords {sorted(unknown)}")
        for word in ("needs", "uses", "takes", "gives"):
            if missing := set(contract.get(word, ())) - set(FACTS):
                raise TypeError(f"{cls.__name__}: {word} unknown facts {sorted(missing)}; facts are declared in isp.core.frame")
        for word, value in contract.items():
            setattr(cls, word, value)
        if reach is not None:
            cls.reach = reach  # type: ignore[assignment, method-assign]
        cls.name = ".".join(cls.__module__.split(".")[-2:])
        if "__call__" in cls.__dict__:
            cls.is_stage = True
            cls.__call__ = _guarded(cls.__call__)  # type: ignore[method-assign, assignment]
            cls.final()

    @property
    def reach(self) -> Reach:
        """How many pixels around a site this stage reads: a number, or one for each step where it takes a neighbourhood of a
        neighbourhood. Given as a class keyword, or as a property where it depends on an option."""
        return 0

    @property
    def tile(self) -> tuple[int, int] | None:
        """The tile of the mosaic that this stage makes; None where it leaves the tile as it is."""
        return None

    def __call__(self, frame: Frame) -> Frame:
        """The next frame."""
        raise NotImplementedError

    def refuse(self, frame: Frame) -> None:
        """Raise ChainError, naming what is missing, when this stage cannot take `frame`."""
        if self.accepts and frame.domain not in self.accepts:
            raise ChainError(self.name, f"takes {' or '.join(map(str, self.accepts))}, but the frame is {frame.domain}")
        if self.bayer and frame.cfa is not None and not frame.cfa.is_bayer:
            raise ChainError(self.name, f"takes a 2x2 Bayer mosaic, but this frame's filters are {frame.cfa}", "remosaic it first")
        if frame.stabiliser is not None and not self.stabilised:
            raise ChainError(self.name, "cannot work on variance-stabilised values", "put stabilise.undo before it")
        for name in (*self.needs, *self.takes):
            if getattr(frame, name) is None:
                why = f"needs frame.{name} ({FACTS[name].metadata['doc']}), which this frame does not have"
                raise ChainError(self.name, why, "say it in the sidecar, or put a stage that gives it before this one")


def _guarded(body: Callable[[Any, Frame], Frame]) -> Callable[[Any, Frame], Frame]:
    """The call of a stage: refuse what it cannot take, resolve tables, hide the halo from what measures, drop the facts it takes."""

    @functools.wraps(body)
    def call(self: Any, frame: Frame) -> Frame:
        from isp.core.run import run  # the two know each other: a stage called on an array is a chain of one

        if not isinstance(frame.pixels, Planes) and not self.whole:
            return run((self,), frame)
        self.refuse(frame)
        stage = self.with_values(**_numbers(self, frame))
        with jax.named_scope(self.name):
            if self.measures:
                made = body(stage, frame.but(pixels=frame.pixels.trimmed())).but(pixels=frame.pixels)
            else:
                made = body(stage, frame)
        made = made.but(**{name: None for name in self.takes if name not in self.gives})
        if self.random and made.random is not None:
            pixels = _once(lambda p: body(stage, frame.but(pixels=p)).pixels, frame.pixels)
            made = made.but(random=made.random.passed(self.name), pixels=pixels)
        if not self.whole:
            (down, right), (height, width) = frame.pixels._less(frame.pixels.cells(self.reach)), frame.pixels.tile
            left = down * height, right * width
            # A stage that goes over to flat planes takes no more than it needs of its last tile.
            if tuple(h // side * side for h, side in zip(made.pixels.halo, (height, width), strict=True)) != left:
                raise AssertionError(f"{self.name} leaves a halo of {made.pixels.halo}, but its reach {self.reach} says {left}")
        return made

    return call


def _once(draw: Callable[[Planes], Planes], pixels: Planes) -> Planes:
    """`draw(pixels)`, in a computation of its own that XLA does not fuse with what comes before or after: else it draws a plane again for
    every reader, and compiles for minutes. A loop whose second round does nothing is a border in every back end, under vmap and in
    gradients, which a barrier is not."""

    def round_(carry: Planes, first: Array) -> tuple[Planes, None]:
        return jax.lax.cond(first, draw, lambda same: same, carry), None

    done, _ = jax.lax.scan(round_, pixels, jnp.array([True, False]))
    return done


def _numbers(stage: Stage, frame: Frame) -> dict[str, Any]:
    """The parameters as this frame wants them: tables looked up, all in the number type of the pixels."""
    dtype = frame.pixels.dtype
    if not jnp.issubdtype(dtype, jnp.floating):
        dtype = jnp.result_type(float)
    values = {name: getattr(stage, name) for name, d in stage.declared().items() if d.kind != "option"}
    found = {name: v.at(frame, f"{stage.name}.{name}") if isinstance(v, Table) else v for name, v in values.items()}
    cast: dict[str, Any] = jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype), found)
    return cast
