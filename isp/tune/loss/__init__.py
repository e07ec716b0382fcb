"""What is bad about a picture: one number, smaller is better, with a gradient.

A loss is given what a pipeline made and what it should have made, both as arrays (rows, columns, 3) in the domain it speaks
of: `isp.evaluate.view` says which there are. A border of `edge` pixels has been cut off where the whole frame is no chart. A loss is a file here, and its name in a recipe is the file's.
"""

from __future__ import annotations

import functools
from typing import Any, ClassVar

import jax.numpy as jnp

from isp.core import Frame, between, option, param
from isp.core.planes import Array
from isp.evaluate.view import DOMAINS, view
from isp.tune.item import About
from isp.tune.part import Part


class Loss(Part):
    """`domain` is a class keyword, or an option of the loss (`any_domain`). `blind`: asks for no wanted picture. `chart`: speaks of this
    chart stage only, and is left out of other scenes. `clip`: compares so many frames of one scene, and is given arrays (clip, rows, columns, 3).
    """

    domain: ClassVar[str] = "display"
    blind: ClassVar[bool] = False
    chart: ClassVar[str] = ""
    clip: ClassVar[int] = 1

    def __init_subclass__(cls, **contract: Any) -> None:
        if "__call__" in cls.__dict__:
            cls.__call__ = _viewed(cls.__call__)  # type: ignore[method-assign]
        super().__init_subclass__(**contract)

    def __call__(self, made: Any, wanted: Any, about: About) -> Array:
        """The number. From outside `made` and `wanted` are frames; the body of a loss sees arrays."""
        raise NotImplementedError


def any_domain(default: str = "display", choices: tuple[str, ...] = DOMAINS) -> Any:
    """The declaration of a domain that the user may choose."""
    return option(default=default, choices=choices, doc="domain in which pictures are compared")


def rounding() -> Any:
    """The declaration of the difference of colour below which a loss is quadratic."""
    return param(default=0.5, unit="dE", within=between(1e-3, 100), usual=between(0.1, 2), doc="difference below which it is quadratic")


def rounded_root(squared: Array, radius: Array) -> Array:
    """sqrt(squared + radius^2) - radius: a root that has a slope of 0 where what it is taken of has none."""
    return jnp.sqrt(squared + radius**2) - radius


def viewing() -> Any:
    """The declaration of how large a picture is seen."""
    return param(
        default=60.0,
        unit="px/deg",
        within=between(5, 500),
        usual=between(20, 120),
        doc="pixels in a degree of the viewer's eye",
    )


def _viewed(body: Any) -> Any:
    """A body that sees arrays in its domain, called with frames."""

    @functools.wraps(body)
    def call(self: Loss, made: Frame, wanted: Frame | None, about: About) -> Array:
        seen = view(made, self.domain)
        return body(self, seen, None if self.blind or wanted is None else view(wanted, self.domain), about)

    return call
