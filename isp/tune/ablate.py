"""What do classical parameters bring, what do weights, and what do both together? One recipe, tuned in four ways at equal cost, by several seeds.

    hand         the values that the pipeline has
    classical    its parameters alone
    learned      its weights alone
    sequential   parameters in the first half, weights in the second
    joint        all at once

What is a weight and what is not follows from the declarations. All ways of a seed see the same examples and are judged on the same held-out ones, once, at
their end: nothing is picked by what it is judged on.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Chain, SpecError
from isp.core.compile import compiled
from isp.core.look import Shown
from isp.evaluate.view import view
from isp.io.place import put
from isp.report.examples import png
from isp.report.preview import preview
from isp.spec import dump, dump_overlay
from isp.tune import folder
from isp.tune.data import Data
from isp.tune.free import Free, Theta
from isp.tune.item import Item
from isp.tune.learned import is_weights
from isp.tune.problem import Problem, everywhere, placed, trimmed
from isp.tune.recipe import Recipe
from isp.tune.run import tuned
from isp.tune.take import developed, picture

WAYS = {"hand": (), "classical": ("classical",), "learned": ("learned",), "sequential": ("classical", "learned"), "joint": ("joint",)}
"""What moves in the parts of each way, one after another."""
PACE = 4
"""Steps by which the pace of a way is measured, after the first."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What one way came to by one seed: the loss and the mean PSNR (dB, of what a display shows) on held-out examples; steps made, and seconds for them."""

    way: str
    seed: int
    loss: float
    psnr_db: float
    steps: int
    seconds: float


@dataclass(frozen=True)
class Ablation(Shown):
    """`outcomes`, seed by seed; `pictures`: of a held-out example, PNG files by way, and `wanted`."""

    outcomes: tuple[Outcome, ...]
    pictures: dict[str, bytes]
    about: dict[str, str] = field(default_factory=dict)

    def of(self, way: str) -> list[Outcome]:
        """The outcomes of a way, by seed."""
        return [one for one in self.outcomes if one.way == way]

    def rows(self) -> list[dict[str, Any]]:
        """A row for each way: means and deviations over seeds, and by how much joint tuning is better, seed by seed."""
        joint, made = self.of("joint"), []
        for way in WAYS:
            some = self.of(way)
            gains = [j.psnr_db - one.psnr_db for j, one in zip(joint, some, strict=True)]
            made.append(
                {
                    "way": way, "seeds": len(some), "steps": round(float(np.mean([o.steps for o in some]))), "seconds": _mean([o.seconds for o in some]),
                    "loss": _mean([o.loss for o in some]), "loss_deviation": _spread([o.loss for o in some]),
                    "psnr_db": _mean([o.psnr_db for o in some]), "psnr_deviation": _spread([o.psnr_db for o in some]),
                    "joint_gains_db": _mean(gains), "gains_deviation": _spread(gains),
                }
            )  # fmt: skip
        return made


class Part(Problem):
    """A recipe of which some numbers move and the others stand at `rest`. One program serves every seed and every rest."""

    def __init__(self, recipe: Recipe, data: Data, moves: Callable[[Any], bool], valued: Any = None):
        super().__init__(recipe, data)
        whole = recipe.free
        self.free = Free(whole.chain, tuple(f for f in whole.freed if moves(f)))
        self.whole, self.rest = whole, {path: v for path, v in whole.start().items() if path not in self.free.start()}
        order = [f.path for f in whole.freed]
        plain = valued or compiled(lambda theta, batches, done: self._total(theta, batches, done))
        self.plain = plain

        def total(moving: Theta, rest: Theta, batches: list[Item], done: Any) -> Any:
            return self._total({path: (moving if path in moving else rest)[path] for path in order}, batches, done)

        sloped = compiled(jax.value_and_grad(total, has_aux=True))
        self._sloped = lambda theta, batches, done: sloped(theta, everywhere(self.rest), batches, done)
        self._valued = lambda theta, batches, done: plain(everywhere(self.all(theta)), batches, done)

    def all(self, theta: Theta) -> Theta:
        """These numbers and those that rest, in the order of the chain."""
        return {f.path: (theta if f.path in theta else self.rest)[f.path] for f in self.whole.freed}

    def begun(self, data: Data, steps: int, rest: Theta) -> Part:
        """The same program for other data, steps and rest."""
        self.data, self.seed, self.steps, self._batches = data, data.settings.seed, steps, {}
        self.__dict__.pop("_held", None)
        self.rest = {path: v for path, v in rest.items() if path not in self.free.start()}
        settings = self.recipe.settings.with_values(seed=self.seed, steps=steps, every=steps, patience=0, restarts=1)
        self.recipe = dataclasses.replace(self.recipe, settings=settings, free=self.free)
        return self


def ablate(
    recipe: Recipe,
    *,
    seeds: Sequence[int] = (0, 1, 2),
    seconds: float | None = None,
    out: Path | None = None,
    progress: Progress | None = None,
) -> Ablation:
    """Tune a recipe in each way, at equal steps, or in equal `seconds` of steps (compiling and judging do not count). In `out` what was found lies in a folder
    for each way and seed.

    Raises SpecError where not both parameters and weights are free.
    """
    weights = [f for f in recipe.free.freed if is_weights(f)]
    if not weights or len(weights) == len(recipe.free.freed):
        raise SpecError(
            "free", f"frees {'nothing but' if weights else 'no'} weights", "free parameters and weights: both sides of the comparison"
        )
    moves = {"classical": lambda f: not is_weights(f), "learned": is_weights, "joint": lambda f: True}
    parts: dict[str, Part] = {}
    outcomes, pictures = [], dict[str, bytes]()
    measure = compiled(_psnrs, static_argnums=2)
    for k, seed in enumerate(seeds):
        data = Data(dataclasses.replace(recipe, settings=recipe.settings.with_values(seed=seed)))
        for i, (way, legs) in enumerate(WAYS.items()):
            theta, steps, spent, loss = recipe.free.start(), 0, 0.0, float("nan")
            for name in legs:
                if name not in parts:
                    parts[name] = Part(recipe, data, moves[name], next(iter(parts.values())).plain if parts else None)
                count = max(1, recipe.settings.steps // len(legs))
                part = parts[name].begun(data, count, theta)
                part.gradient(part.free.start(), 0), part.judged(part.free.start())  # compiles, before time counts
                if seconds:
                    part = part.begun(data, max(1, round(seconds / len(legs) / _pace(part))), theta)
                run = tuned(part.recipe, problem=part)
                theta, loss = part.all(run.theta), run.after["loss"]
                steps, spent = steps + int(run.state.step), spent + run.seconds
            moved = Free(recipe.chain, tuple(f for f in recipe.free.freed if any(moves[name](f) for name in legs)))
            chain = folder.rounded(moved.bind({f.path: np.asarray(theta[f.path]) for f in moved.freed}))
            if not legs:
                first = parts.get("classical") or parts.setdefault("classical", Part(recipe, data, moves["classical"]))
                loss = first.begun(data, 1, theta).judged(first.free.start())[0]
            outcomes.append(Outcome(way, seed, loss, _psnr(measure, chain, data, recipe), steps, spent))
            if k == 0:
                pictures[way], pictures["wanted"] = _pictures(chain, data)
            if out is not None:
                _kept(out / f"{way}-{seed}", chain, recipe.chain, outcomes[-1])
            if progress:
                progress(k * len(WAYS) + i + 1, len(seeds) * len(WAYS))
    about = {
        "pipeline": recipe.chain.title or recipe.base,
        "cost": f"{seconds:g} s of steps" if seconds else f"{recipe.settings.steps} steps",
    }
    about |= {"parameters": str(recipe.free.count - _count(weights, recipe)), "weights": str(_count(weights, recipe))}
    return Ablation(tuple(outcomes), {name: one for name, one in pictures.items() if one}, about)


def _pace(part: Part) -> float:
    """Seconds that a step takes."""
    optimiser, state = part.recipe.optimiser, part.recipe.optimiser.begin(part.free.start(), part)
    state = optimiser(state, part)
    jax.block_until_ready(state.theta)
    begun = time.monotonic()
    for _ in range(PACE):
        state = optimiser(state, part)
    jax.block_until_ready(state.theta)
    return (time.monotonic() - begun) / PACE


def _psnrs(chain: Chain, batch: Item, edge: int) -> Any:
    def one(item: Item) -> Any:
        made, wanted = trimmed(developed(chain, item.raw), item, edge)
        assert wanted is not None
        return -10 * jnp.log10(jnp.maximum(jnp.mean((view(made, "display") - view(wanted, "display")) ** 2), 1e-10))

    return jax.lax.map(one, batch)


def _psnr(measure: Any, chain: Chain, data: Data, recipe: Recipe) -> float:
    """The mean over held-out examples; nan where nothing is wanted."""
    chain = jax.tree.map(lambda v: np.asarray(v, np.float32), chain)
    found = [measure(chain, placed(batch), recipe.settings.edge) for batch in data.held_out if batch.wanted is not None]
    return float(np.mean(np.concatenate([np.asarray(f) for f in found]))) if found else float("nan")


def _pictures(chain: Chain, data: Data) -> tuple[bytes, bytes]:
    """The first held-out example, and what it should be."""
    item = jax.tree.map(lambda a: a[0], data.held_out[0])
    made = picture(chain, item.raw)
    return tuple(b"" if one is None else png(preview(one, max(np.shape(one.pixels)))) for one in (made, item.wanted))  # type: ignore[return-value]


def _kept(place: Path, chain: Chain, base: Chain, outcome: Outcome) -> None:
    place.mkdir(parents=True, exist_ok=True)
    folder.weighed(place, base, {"from": "what an ablation began with"})
    folder.weighed(place, chain, {"from": f"the ablation {place.name}"})
    put(place / "outcome.json", json.dumps(vars(outcome)).encode())
    put(place / "base.yaml", dump(base).encode())
    put(place / "tuned.yaml", dump_overlay(chain, base, "base.yaml", place.name).encode())


def _count(weights: list[Any], recipe: Recipe) -> int:
    start = recipe.free.start()
    return int(sum(np.size(start[f.path]) for f in weights))


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _spread(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
