"""A value that depends on a fact: knots over ISO, colour temperature or exposure, as real image processors are tuned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from isp.core.errors import ChainError
from isp.core.planes import Array
from isp.core.pytree import pytree

if TYPE_CHECKING:
    from isp.core.frame import Frame


def _mired(kelvin: Array) -> Array:
    """Reciprocal megakelvin, negative so that it rises with the temperature."""
    return -1e6 / kelvin


OVER: dict[str, Callable[[Array], Array]] = {"iso": jnp.log, "exposure_time": jnp.log, "aperture": jnp.log, "colour_temperature": _mired}
"""Facts a table may run over, and the axis along which each is interpolated: exposures in their logarithm, as stops are; the colour
temperature in its reciprocal, in which equal steps look alike and which the DNG specification takes for matrices."""

SIDECAR = "give one value, or the fact in a sidecar"
GIVEN = {"colour_temperature": "put measure.colour_temperature before it, or give the fact in a sidecar"}
"""What to do where a fact is missing."""


@pytree
@dataclass(frozen=True, eq=False)
class Table:
    """`values` (knots, ...) at the positions `at` of the fact `over`; between knots linear along the axis of the fact, beyond them constant."""

    values: Array
    over: str = field(metadata={"static": True})
    at_: tuple[float, ...] = field(metadata={"static": True})

    def at(self, frame: Frame, path: str) -> Array:
        """The value for this frame. Raises ChainError when the frame does not know the fact."""
        position, axis = getattr(frame, self.over), OVER[self.over]
        if position is None:
            raise ChainError(
                path, f"is a table over {self.over}, but the frame does not say its {self.over}", GIVEN.get(self.over, SIDECAR)
            )
        values, knots = jnp.asarray(self.values), axis(jnp.asarray(self.at_, jnp.result_type(float)))
        where = axis(jnp.asarray(position, jnp.result_type(float)))
        hats = [jnp.interp(where, knots, np.eye(len(self.at_))[i]) for i in range(len(self.at_))]
        return jnp.tensordot(jnp.stack(hats), values, axes=1)

    def fault(self, check: Callable[[Any], str]) -> str:
        """The first fault among the values, as `check` finds it."""
        return next((why for value in np.asarray(self.values) if (why := check(value if np.ndim(value) else float(value)))), "")

    def __str__(self) -> str:
        return (
            "{"
            + f"over: {self.over}, "
            + ", ".join(f"{k:g}: {v}" for k, v in zip(self.at_, np.asarray(self.values).tolist(), strict=True))
            + "}"
        )
