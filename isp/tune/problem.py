"""The sum that is made small: losses of what a chain makes of examples, and priors on its values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

from isp.core import Chain, Frame
from isp.core.compile import compiled
from isp.tune.data import Data
from isp.tune.free import Theta, matches
from isp.tune.item import Item
from isp.tune.prior import Prior
from isp.tune.recipe import Recipe, Term
from isp.tune.relax import annealed, entropy
from isp.tune.take import developed

KEPT = 4
"""Steps whose data are kept, for optimisers that look at some of them again and again."""
UNDECIDED = 1e-3
"""What a blend that has not decided costs; see `isp.tune.relax`."""
PRIOR = 1e-4
"""How much half a squared deviation from where a parameter probably lies weighs beside the losses."""


class Problem:
    """A recipe as an optimiser sees it: values and slopes of the loss on the data of a step.

    Examples are spread over all devices of this process (`jax.sharding`) in equal shares; the sum does not depend on how many there are, but for
    rounding.
    """

    def __init__(self, recipe: Recipe, data: Data | None = None):
        self.recipe, self.free = recipe, recipe.free
        self.data = data or Data(recipe)
        self.seed, self.steps = recipe.settings.seed, recipe.settings.steps
        self._batches: dict[int, list[Item]] = {}
        terms, edge, clip = recipe.terms, recipe.settings.edge, self.data.clip
        free, steps = recipe.free, self.steps
        start = free.values(free.start())

        def total(theta: Theta, batches: list[Item], done: Any) -> tuple[Any, dict[str, Any]]:
            chain = annealed(free.bind(theta), done)
            parts = summed(terms, chain, free.values(theta), start, batches, edge, clip)
            value = sum(t.weight_at(done, steps) * parts[label(terms, i)] for i, t in enumerate(terms))
            return value + PRIOR * free.prior(theta) + UNDECIDED * entropy(chain), parts

        self._total = total
        self._sloped: Callable[..., Any] = compiled(jax.value_and_grad(total, has_aux=True))
        self._valued: Callable[..., Any] = compiled(total)

    def batches(self, step: int) -> list[Item]:
        """The data of a step, on its devices."""
        key = 0 if self.recipe.settings.noise == "fixed" and self.data.order.one_step_is_all else step
        if key not in self._batches:
            while len(self._batches) >= KEPT:
                del self._batches[next(iter(self._batches))]
            self._batches[key] = [placed(item) for item in self.data.training(key)]
        return self._batches[key]

    def gradient(self, theta: Theta, step: int) -> tuple[Any, Theta]:
        """The loss on the data of a step, and its slope."""
        (value, _), slope = self._sloped(everywhere(theta), self.batches(step), self._done(step))
        return value, slope

    def value(self, theta: Theta, step: int) -> Any:
        """The loss alone, on the same data."""
        return self._valued(everywhere(theta), self.batches(step), self._done(step))[0]

    def terms(self, theta: Theta, step: int) -> dict[str, float]:
        """Each term of the sum by itself, without its weight."""
        return {name: float(part) for name, part in self._valued(everywhere(theta), self.batches(step), self._done(step))[1].items()}

    def judged(self, theta: Theta) -> tuple[float, dict[str, float]]:
        """The loss on what is held out, and its terms."""
        value, parts = self._valued(everywhere(theta), self._held, self._done(self.steps))
        return float(value), {name: float(part) for name, part in parts.items()}

    def _done(self, step: int) -> np.float32:
        """The share of the run that is done."""
        return np.float32(step / max(1, self.steps))

    @cached_property
    def _held(self) -> list[Item]:
        return [placed(item) for item in self.data.held_out]


def label(terms: Sequence[Term], i: int) -> str:
    """What a term is called: its name, and where that stands twice, its place."""
    names = [t.name for t in terms]
    return names[i] if names.count(names[i]) == 1 else f"{names[i]}_{i + 1}"


def summed(terms: Sequence[Term], chain: Chain, values: Theta, start: Theta, batches: list[Item], edge: int, clip: int) -> dict[str, Any]:
    """Each term: a loss as the weighted mean over the examples that it speaks of, a prior once."""
    sums = [jnp.zeros(()) for _ in terms]
    weights = [jnp.zeros(()) for _ in terms]
    for batch in batches:
        judge = [i for i, t in enumerate(terms) if not isinstance(t.part, Prior) and t.part.chart in ("", batch.about.chart)]
        if not judge:
            continue
        losses = jax.vmap(lambda item, judge=judge: _losses(chain, item, [terms[i].part for i in judge], edge, clip))(batch)
        for i, loss in zip(judge, losses, strict=True):
            sums[i] += jnp.sum(batch.weight * loss)
            weights[i] += jnp.sum(batch.weight)
    made = {}
    for i, t in enumerate(terms):
        if isinstance(t.part, Prior):
            mine = {path: v for path, v in values.items() if matches(path, t.of)}
            made[label(terms, i)] = t.part(mine, {path: start[path] for path in mine})
        else:
            made[label(terms, i)] = sums[i] / jnp.maximum(weights[i], 1e-12)
    return made


def _losses(chain: Chain, item: Item, parts: Sequence[Any], edge: int, clip: int) -> list[Any]:
    """Each loss of one example."""
    if clip == 1:
        made = developed(chain, item.raw)
        return [part(*trimmed(made, item, edge), item.about) for part in parts]
    film = [developed(chain, jax.tree.map(lambda a, i=i: a[i], item.raw)) for i in range(clip)]
    every = film[0].but(pixels=jnp.stack([frame.pixels for frame in film]))
    done = []
    for part in parts:
        if part.clip > 1:
            made, wanted = trimmed(every, item, edge, axis=1)
            done.append(part(made, wanted, item.about))
        else:
            done.append(sum(part(*trimmed(frame, item, edge), item.about) for frame in film) / clip)
    return done


def trimmed(made: Frame, item: Item, edge: int, axis: int = 0) -> tuple[Frame, Frame | None]:
    """Both pictures without their border; a chart keeps it, since a loss knows the places of its patches."""
    edge = 0 if item.about.chart else edge
    rows, columns = made.pixels.shape[axis : axis + 2]
    inside = (slice(None),) * axis + (slice(edge, rows - edge), slice(edge, columns - edge))
    wanted = item.wanted
    return made.but(pixels=made.pixels[inside]), None if wanted is None else wanted.but(
        pixels=wanted.pixels[edge : rows - edge, edge : columns - edge]
    )


def everywhere(theta: Theta) -> Theta:
    """Numbers on every device of this process: always in one way, since a program is compiled for each."""
    return jax.device_put(
        {path: jnp.asarray(v, jnp.float32) for path, v in theta.items()}, NamedSharding(mesh(len(jax.devices())), PartitionSpec())
    )


def placed(item: Item) -> Item:
    """A batch on the devices of this process: its leading axis in equal shares over as many as divide it."""
    devices = jax.devices()
    size = int(np.shape(item.weight)[0])
    count = next(n for n in range(min(size, len(devices)), 0, -1) if size % n == 0)
    if count == 1:
        return jax.device_put(item, devices[0])
    return jax.device_put(item, NamedSharding(mesh(count), PartitionSpec("example")))


@cache
def mesh(count: int) -> Mesh:
    """The first so many devices in a row."""
    return jax.make_mesh((count,), ("example",), devices=jax.devices()[:count], axis_types=(AxisType.Auto,))
