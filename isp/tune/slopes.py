"""The slopes of a recipe's pictures and of its loss, along one number at a time, by programs that are compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core.compile import compiled
from isp.evaluate.view import view
from isp.tune.free import Theta
from isp.tune.item import Item
from isp.tune.prior import Prior
from isp.tune.problem import Problem, label, summed, trimmed
from isp.tune.straight import Straight
from isp.tune.take import developed

SAMPLES = 30_000_000
"""How many slopes are kept at most: where there are more, pictures are thinned."""


@dataclass(frozen=True)
class Overlay:
    """Which pixels want a number to grow (amber) and which to shrink (blue), over the picture in grey: `wants` (rows, columns), the fall of
    the loss that each pixel would have; `picture` (rows, columns, 3), encoded."""

    name: str
    picture: np.ndarray
    wants: np.ndarray


def pushed(function: Any, at: Any, tangent: Any) -> Any:
    """The slope of `function` along a tangent, as `jax.jvp` gives it, by reverse mode alone: stages may bring pullbacks that are written by hand, which
    forward mode refuses. What a pullback makes of cotangents is linear in them, so its own pullback is the slope."""
    made, pull = jax.vjp(function, at)
    nothing = jax.tree.map(jnp.zeros_like, made)
    (slope,) = jax.vjp(pull, nothing)[1]((tangent,))
    return slope


class Slopes:
    """The programs, compiled once: along which number is an argument."""

    def __init__(self, problem: Problem, straight: Straight, batches: list[Item]):
        self.problem, self.straight, self.batches = problem, straight, batches
        recipe = problem.recipe
        edge, clip = recipe.settings.edge, problem.data.clip
        self.losses = [(t.part, t.weight) for t in recipe.terms if not isinstance(t.part, Prior) and t.part.clip == 1]

        def seen(moves: Theta, batch: Item) -> tuple[Any, Any]:
            """The pictures as they come out, and as a display shows them inside their border."""

            def one(item: Item) -> tuple[Any, Any]:
                made = developed(straight.bind(moves), _first(item.raw))
                return made.pixels, view(trimmed(made, item, edge)[0], "display")

            return jax.vmap(one)(batch)

        def along(tangent: Theta, batch: Item) -> tuple[Any, Any]:
            return pushed(lambda moves: seen(moves, batch), straight.zero, tangent)

        def pulls(batch: Item, weights: list[Any], nothing: Any) -> tuple[Any, Any]:
            """The slope of the loss along every pixel of the pictures."""

            def one(item: Item, nudge: Any) -> Any:
                made = developed(straight.bind(straight.zero), _first(item.raw))
                made = made.but(pixels=made.pixels + nudge)
                parts = [w * part(*trimmed(made, item, edge), item.about) for (part, _), w in zip(self._of(batch), weights, strict=True)]
                return item.weight * sum(parts), made.pixels

            return jax.vmap(jax.grad(one, argnums=1, has_aux=True))(batch, nothing)

        def total(moves: Theta, batches: list[Item]) -> Any:
            start = straight.values(straight.zero)
            return list(summed(recipe.terms, straight.bind(moves), straight.values(moves), start, batches, edge, clip).values())  # type: ignore[arg-type]

        self._along, self._pulls, self._total = compiled(along), compiled(pulls), compiled(jax.jacrev(total))
        shapes = [jax.eval_shape(seen, straight.zero, batch) for batch in batches]
        self.nothing = [np.zeros(made.shape, np.float32) for made, _ in shapes]
        every = sum(int(np.prod(inside.shape)) for _, inside in shapes)
        self.share = min(1.0, SAMPLES / (every * len(straight.numbers)))

    def tangent(self, i: int) -> Theta:
        """A usual range of one number, and nothing of the others."""
        number = self.straight.numbers[i]
        still = self.straight.zero
        moved = still[number.path].copy()
        moved[number.index] = 1
        return {**still, number.path: moved}

    def column(self, i: int) -> np.ndarray:
        """The slope of every value, weighted as its example is."""
        made = []
        for batch in self.batches:
            slope = np.asarray(self._along(self.tangent(i), batch)[1], np.float32)
            made.append((slope * np.sqrt(np.asarray(batch.weight, np.float32)).reshape(-1, *(1,) * (slope.ndim - 1))).ravel())
        column = np.concatenate(made)
        if self.share < 1:
            column = np.random.default_rng(0).choice(column, max(1, int(self.share * column.size)), replace=False)
        return np.asarray(column)

    def gradient(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The slope of the loss along each number, and of each of its terms."""
        terms, paths = self.problem.recipe.terms, list(self.straight.zero)  # JAX gives a dictionary back in alphabetical order
        found = self._total(self.straight.zero, self.batches)
        slopes = [np.concatenate([np.ravel(slope[path]) for path in paths]).astype(float) for slope in found]
        whole = np.sum([t.weight * s for t, s in zip(terms, slopes, strict=True)], 0)
        return whole, {label(terms, i): s for i, s in enumerate(slopes)}

    def overlays(self, i: int, count: int) -> list[Overlay]:
        """What the pixels of the first examples want of one number. Terms that look at clips have no say."""
        made = []
        for batch, nothing in zip(self.batches, self.nothing, strict=True):
            if len(made) >= count or not self._of(batch):
                continue
            weights = [np.float32(w / max(self._weight(part), 1e-12)) for part, w in self._of(batch)]
            pull, picture = self._pulls(batch, weights, nothing)
            wants = -np.asarray(pull) * np.asarray(self._along(self.tangent(i), batch)[0])
            for k in range(min(len(wants), count - len(made))):
                made.append(Overlay(self.straight.numbers[i].name, np.asarray(picture[k]), wants[k].sum(-1)))
        return made

    def _of(self, batch: Item) -> list[tuple[Any, float]]:
        return [(part, w) for part, w in self.losses if part.chart in ("", batch.about.chart)]

    def _weight(self, part: Any) -> float:
        """What the mean of a term divides by."""
        return sum(float(np.sum(b.weight)) for b in self.batches if part.chart in ("", b.about.chart))


def _first(raw: Any) -> Any:
    """A frame, or the first of a clip."""
    return raw if raw.pixels.ndim == 2 else jax.tree.map(lambda a: a[0], raw)
