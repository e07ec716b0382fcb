"""Losses over a grid of values, or over a sample of them, for every sensor and every condition: what tuning would find, seen whole.

Every point is judged on the same examples with the same noise, so that differences are those of the values. Values are arguments of one program for
each kind of example; what is finished is kept, and not computed again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np

from isp.core import Chain, SpecError, Table
from isp.core.compile import compiled
from isp.core.look import Shown
from isp.report.examples import png
from isp.report.preview import preview
from isp.tune.data import View
from isp.tune.identity import digest, identity
from isp.tune.item import Item
from isp.tune.loss.psnr import Psnr
from isp.tune.points import at_point, points
from isp.tune.prior import Prior
from isp.tune.problem import Problem, label, placed, summed
from isp.tune.recipe import Recipe, Term
from isp.tune.rows import Kept, Row
from isp.tune.take import developed

MOST = 100_000
"""Rows that a sweep may have."""
SIDE = 160
"""Longest side of the picture of a row."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sweep(Shown):
    """`rows`: the value of each path in `vary`, `sensor`, `iso`, `illuminant`, `compensation`, `loss`, each of `terms` and `psnr_db` (where something is
    wanted), one for each point, sensor and condition. `pictures`: a PNG of the first example by the row's `picture`. `fresh`: rows that were computed now."""

    vary: tuple[str, ...]
    terms: tuple[str, ...]
    rows: tuple[Row, ...]
    sampled: bool = False
    fresh: int = 0
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)

    @property
    def cells(self) -> list[tuple[Any, ...]]:
        """Each sensor and condition, in the order of the rows."""
        return list(dict.fromkeys(cell(row) for row in self.rows))

    def of(self, which: tuple[Any, ...]) -> list[Row]:
        """The rows of a cell."""
        return [row for row in self.rows if cell(row) == which]

    def best(self, which: tuple[Any, ...] | None = None) -> Row:
        """The row of the least loss in a cell; over all cells, the point of the least mean as a row of `vary` and `loss` alone."""
        if which is not None:
            return min(self.of(which), key=lambda row: _or_worst(row["loss"]))
        points: dict[tuple[Any, ...], list[float]] = {}
        for row in self.rows:
            points.setdefault(tuple(row[path] for path in self.vary), []).append(_or_worst(row["loss"]))
        values, losses = min(points.items(), key=lambda item: float(np.mean(item[1])))
        return {**dict(zip(self.vary, values, strict=True)), "loss": float(np.mean(losses))}


def cell(row: Row) -> tuple[Any, ...]:
    """The sensor and condition of a row."""
    return tuple(row[name] for name in ("sensor", "iso", "illuminant", "compensation"))


def sweep(
    recipe: Recipe,
    vary: Mapping[str, Sequence[Any]],
    *,
    sample: int | None = None,
    out: Path | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """The losses of a recipe over values of parameters or options, by their paths: every combination, or a `sample` of so many points (a power of two covers best;
    Sobol's sequence, scrambled by the seed) between the least and the greatest value of each. No values at all mean the usual range.

    In `out` finished rows are kept, and taken up by the next call. Raises SpecError for values that a parameter may not have, and DataError where `out` holds
    rows of other data.
    """
    problem = Problem(recipe)
    places = points(recipe, vary, sample)
    cells = _cells(problem)
    total = len(places) * len(cells)
    if total > MOST:
        raise SpecError(
            "--vary", f"{len(places)} points over {len(cells)} sensors and conditions are more than {MOST} rows", "ask for a --sample"
        )
    for path in vary:  # all that may be wrong is told before anything runs
        for value in dict.fromkeys(point[path] for point in places):
            at_point(recipe.chain, {path: value})
    kept = Kept(out, identity(problem)) if out else Kept(None, {})
    measure, terms = _program(problem)
    rows, fresh = [], 0
    for sensor, condition, names in cells:
        batches: list[Item] = []
        for point in places:
            at, which = {**point, **names}, digest(recipe.sensors[sensor].chain)
            row = kept.row(at, which)
            if row is None:
                batches = batches or [placed(item) for item in problem.data.batches(_views(problem, sensor, condition))]
                chain = at_point(recipe.chain, point)
                row = kept.add(at, which, _measured(measure(chain, batches), recipe, terms), _picture(chain, batches[0]))
                fresh += 1
            rows.append(row)
            if progress:
                progress(len(rows), total)
    about = {
        "pipeline": recipe.chain.title or recipe.base,
        "examples": str(recipe.settings.judged),
        "loss": ", ".join(f"{t.weight:g} {t.name}" for t in recipe.terms),
    }
    return Sweep(tuple(vary), terms, tuple(rows), sample is not None, fresh, kept.pictures, about)


# ---------------------------------------------------------------------- examples
def _cells(problem: Problem) -> list[tuple[int, int, Row]]:
    """Sensors and conditions by their places in the recipe, and what a row says of them. Raw files have been captured: they make one cell."""
    recipe = problem.recipe
    if all(scene.is_raw for scene in problem.data.scenes):
        return [(0, 0, {"sensor": "files", "iso": None, "illuminant": None, "compensation": 0.0})]
    titles = [s.chain.title or s.name for s in recipe.sensors]
    names = [title if titles.count(title) == 1 else f"{title} ({i + 1})" for i, title in enumerate(titles)]
    return [
        (i, j, {"sensor": names[i], "iso": c.iso, "illuminant": c.illuminant, "compensation": float(c.compensation)})
        for i in range(len(names))
        for j, c in enumerate(recipe.conditions)
    ]


def _views(problem: Problem, sensor: int, condition: int) -> list[View]:
    """Examples of a cell: scenes in turn, with crops, noise and dies that are the same for every cell."""
    settings, count = problem.recipe.settings, len(problem.data.scenes)
    random = np.random.default_rng([settings.seed, count])
    drawn = [(int(random.integers(2**53)), int(random.integers(settings.units))) for _ in range(settings.judged)]
    return [View(n % count, sensor, condition, occasion, unit) for n, (occasion, unit) in enumerate(drawn)]


# ---------------------------------------------------------------------- numbers
def _program(problem: Problem) -> tuple[Any, tuple[str, ...]]:
    """Every term of a chain's pictures, and `psnr_db`, negative, where something is wanted; and the names of the terms."""
    recipe = problem.recipe
    terms = list(recipe.terms)
    names = tuple(label(terms, i) for i in range(len(terms)))
    if any(not isinstance(t.part, Prior) and not t.part.blind for t in terms):
        terms.append(Term("psnr_db", 0.0, Psnr()))
    edge, clip = recipe.settings.edge, problem.data.clip
    start = _values(recipe.chain)

    def measure(chain: Chain, batches: list[Item]) -> dict[str, Any]:
        return summed(terms, chain, _values(chain), start, batches, edge, clip)

    return compiled(measure), names


def _values(chain: Chain) -> dict[str, Any]:
    """Every number of a chain, by path."""
    made = {}
    for name, stage in zip(chain.names, chain, strict=True):
        for one, declared in stage.declared().items():
            if declared.kind == "param":
                value = getattr(stage, one)
                made[f"{name}.{one}"] = value.values if isinstance(value, Table) else value
    return made


def _measured(told: Mapping[str, Any], recipe: Recipe, terms: Sequence[str]) -> Row:
    """The numbers of a row; what is not finite is None."""
    numbers = {name: float(value) for name, value in told.items()}
    loss = sum(t.weight * numbers[name] for t, name in zip(recipe.terms, terms, strict=True))
    row = {"loss": loss, **{name: numbers[name] for name in terms}}
    if "psnr_db" in numbers:
        row["psnr_db"] = -numbers["psnr_db"]
    return {name: value if math.isfinite(value) else None for name, value in row.items()}


def _picture(chain: Chain, batch: Item) -> bytes:
    raw = jax.tree.map(lambda a: a[0], batch.raw)
    raw = raw if raw.pixels.ndim == 2 else jax.tree.map(lambda a: a[0], raw)
    return png(preview(_developed(chain, raw), SIDE))


_developed = compiled(developed)


def _or_worst(loss: float | None) -> float:
    return math.inf if loss is None else loss
