"""A value that depends on a fact: knots over ISO, colour temperature or exposure, as real image processors are tuned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core.errors import ChainError
from isp.core.planes import Array

if TYPE_CHECKING:
    from isp.core.frame import Frame

OVER = {"iso": "iso", "exposure_time": "exposure_time", "aperture": "aperture"}
"""Facts a table may run over; all are interpolated in their logarithm, as stops are."""


@jax.tree_util.register_dataclass
@dataclass(frozen=True, eq=False)
class Table:
    """`values` (knots, ...) at the positions `at` of the fact `over`; between knots linear in the logarithm, beyond them constant."""

    values: Array
    over: str = field(metadata={"static": True})
    at_: tuple[float, ...] = field(metadata={"static": True})

    def at(self, frame: Frame, path: str) -> Array:
        """The value for this frame. Raises ChainError when the frame does not know the fact."""
        position = getattr(frame, OVER[self.over])
        if position is None:
            raise ChainError(
                path, f"is a table over {self.over}, but the frame does not say its {self.over}", "give one value, or the fact in a sidecar"
            )
        values, knots = jnp.asarray(self.values), np.log(self.at_)
        where = jnp.log(jnp.asarray(position, jnp.result_type(float)))
        hats = [jnp.interp(where, knots, np.eye(len(knots))[i]) for i in range(len(knots))]
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
