"""An example to tune on: a raw frame, what its picture should be, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Frame
from isp.core.pytree import pytree


@pytree
@dataclass(frozen=True, eq=False)
class About:
    """What a loss may ask besides the pictures. `chart` is the name of the scene's chart stage where the frame shows a whole one ("" else), `size` the rows
    and columns of the frame, `label` what a task should find in it (None where nothing is asked)."""

    chart: str = field(default="", metadata={"static": True})
    size: tuple[int, int] = field(default=(0, 0), metadata={"static": True})
    label: Any = None


@pytree
@dataclass(frozen=True, eq=False)
class Item:
    """One example, or a batch: then every array has a leading axis.

    `raw` is a frame as a sensor gives it (or a file); where a loss compares frames of a clip, its arrays have the clip as their next axis.
    `wanted` is the picture that should come out, linear light of sRGB primaries (domain `working`) or encoded (`display`); None where no
    loss asks for one. `weight` is how much the example counts.
    """

    raw: Frame
    wanted: Frame | None
    about: About
    weight: Any = 1.0


def stacked(items: Sequence[Item]) -> list[Item]:
    """Items of one kind as one item with a leading axis."""
    kinds: dict[Any, list[Item]] = {}
    for item in items:
        leaves, form = jax.tree.flatten(item)
        kinds.setdefault((form, tuple((np.shape(leaf), jnp.result_type(leaf)) for leaf in leaves)), []).append(item)
    return [jax.tree.map(lambda *a: np.stack([np.asarray(x, jnp.result_type(x)) for x in a]), *some) for some in kinds.values()]
