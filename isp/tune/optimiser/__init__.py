"""How values move: by gradient, or by trying.

    state = optimiser.begin(theta, problem)
    state = optimiser(state, problem)            one step; `state.theta` is where it stands

A state is a frozen dataclass that is a pytree of arrays, so that it can be kept in a checkpoint and taken up again, to the bit. An optimiser
that keeps a library's object instead (a sampler) keeps a log of what it tried and heard in its state, and rebuilds the object by telling it the log again.
"""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from isp.tune.free import Free, Theta
from isp.tune.part import Part


class Problem(Protocol):
    """What an optimiser sees of the world."""

    free: Free
    seed: int
    steps: int

    def gradient(self, theta: Theta, step: int) -> tuple[Any, Theta]:
        """The loss on the data of a step, and its slope."""

    def value(self, theta: Theta, step: int) -> Any:
        """The loss alone, on the same data."""

    def terms(self, theta: Theta, step: int) -> dict[str, float]:
        """Each loss of the sum by itself, for fronts."""


class Optimiser(Part):
    """`slopes`: asks for gradients. A step of one that does not is a generation, or a trial."""

    slopes: ClassVar[bool] = True

    def begin(self, theta: Theta, problem: Problem) -> Any:
        """The state before the first step."""
        raise NotImplementedError

    def __call__(self, state: Any, problem: Problem) -> Any:
        """The state after one more step. `state.step` counts them, `state.theta` is where it stands, `state.loss` the loss of this step's data before it moved."""
        raise NotImplementedError
