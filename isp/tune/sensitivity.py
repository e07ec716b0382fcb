"""Which parameters matter, which cannot be told apart, and which do nothing, by the slopes of the pictures themselves.

Everything is in shares of a parameter's usual range. With J the slope of every value of the pictures (encoded for a display) along every number
that is free, F = JᵀJ over the count of values is the Gauss-Newton matrix of their mean squared difference, and the Fisher information of one
value under noise of deviation 1. An eigenvalue of F is the squared rms change of the pictures along its eigenvector; where that is below
`noise`, nobody sees the parameters move along it, and no data finds them.

`alone` is how far a number moves the pictures by `noise` when the others hold still, `together` how far when they move along and make up for
it: roots of the diagonal of F⁻¹, before which every number is supposed to lie within one usual range (deviation) of where it stands.
All this is said of where the parameters stand, on these examples.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from isp.core import DataError, SpecError
from isp.core.look import Shown
from isp.tune.free import LEAF
from isp.tune.learned import is_weights
from isp.tune.problem import Problem
from isp.tune.recipe import Recipe
from isp.tune.slopes import Overlay, Slopes
from isp.tune.straight import Number, Straight

NOISE = 1 / 255
"""Rms change of a picture that nobody sees: one step of eight bits."""
DEAD, ENTANGLED, FIGHT, PART, SLACK = 1e-6, 10.0, 0.9, 0.2, 1e-4
"""Change by a whole usual range below which a number is dead; ratio of variances from which it is entangled (the customary bound of
variance inflation); correlation from which a pair fights; part in a direction that is worth naming; rounding of slopes."""
MANY = 1000
"""How many numbers may be free."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Direction:
    """A way to move several numbers at once: how much the pictures change (rms, by one usual range), and its parts."""

    change: float
    parts: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        return " ".join(f"{part:+.2f} {name}" for name, part in self.parts)


@dataclass(frozen=True)
class Pair:
    """Two numbers one of which makes up for the other."""

    one: str
    other: str
    correlation: float


@dataclass(frozen=True)
class Sensitivity(Shown):
    """What slopes say of every number that is free. Arrays go by `numbers`: `gradient` of the loss, `terms` of each term, `change` of the pictures, `alone`,
    `together`, `correlation` (n, n); `directions` from the one that shows most. `unseen` are combinations of two numbers or more along which the pictures stay
    as they are: only what is across them can be found."""

    numbers: tuple[Number, ...]
    noise: float
    gradient: np.ndarray
    terms: dict[str, np.ndarray]
    change: np.ndarray
    alone: np.ndarray
    together: np.ndarray
    correlation: np.ndarray
    directions: tuple[Direction, ...]
    unseen: tuple[Direction, ...]
    overlays: tuple[Overlay, ...] = ()
    about: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The name of each number."""
        return [n.name for n in self.numbers]

    @property
    def verdicts(self) -> list[str]:
        """What is to be said of each: `dead` moves no pixel, `faint` moves them less than anybody sees, `entangled` can be made up for by
        others, `clear` is none of these."""
        ratio = (self.together / self.alone) ** 2
        return [
            "dead" if c <= DEAD else "faint" if c < self.noise else "entangled" if r > ENTANGLED else "clear"
            for c, r in zip(self.change, ratio, strict=True)
        ]

    @property
    def pairs(self) -> list[Pair]:
        """Pairs that fight, the worst first."""
        found = [
            Pair(self.names[i], self.names[j], float(self.correlation[i, j]))
            for i in range(len(self.numbers))
            for j in range(i)
            if abs(self.correlation[i, j]) >= FIGHT
        ]
        return sorted(found, key=lambda p: -abs(p.correlation))

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        rows = [
            {
                "name": n.name, "value": n.value, "unit": n.unit, "usual_width": n.width, "verdict": verdict, "gradient": float(self.gradient[i]),
                "terms": {name: float(v[i]) for name, v in self.terms.items()}, "change": float(self.change[i]),
                "alone": float(self.alone[i] * n.width), "together": float(self.together[i] * n.width),
            }
            for i, (n, verdict) in enumerate(zip(self.numbers, self.verdicts, strict=True))
        ]  # fmt: skip
        return {
            "noise": self.noise,
            "parameters": rows,
            "correlation": self.correlation.tolist(),
            "directions": [{"change": d.change, "parts": dict(d.parts)} for d in self.directions],
            "unseen": [str(d) for d in self.unseen],
            "pairs": [vars(p) for p in self.pairs],
        }


def sensitivity(
    recipe: Recipe, *, noise: float = NOISE, top: int = 4, shown: int = 2, progress: Progress | None = None, problem: Problem | None = None
) -> Sensitivity:
    """The slopes of a recipe where its parameters stand, on the data of its first step: of the pictures along each number, and of the loss.

    `top` numbers with the largest gradients are shown over `shown` examples each. Raises SpecError where there are too many numbers.
    """
    problem = problem or Problem(recipe)
    plain = tuple(f for f in problem.free.freed if not is_weights(f))
    if not plain:
        raise SpecError("free", "nothing but weights: one of thousands says nothing by itself", "free parameters too, or instead")
    straight, batches = Straight(dataclasses.replace(problem.free, freed=plain)), problem.batches(0)
    numbers = straight.numbers
    if len(numbers) > MANY:
        raise SpecError("free", f"{len(numbers)} numbers are more than {MANY}", "free fewer: each asks for a pass of its own")
    slopes = Slopes(problem, straight, batches)
    columns = []
    for i in range(len(numbers)):
        columns.append(slopes.column(i))
        if progress:
            progress(i + 1, len(numbers) + 1)
    jacobian = np.stack(columns, -1).astype(np.float64)
    gradient, terms = slopes.gradient()
    if bad := [
        n.name for n, column, slope in zip(numbers, columns, gradient, strict=True) if not np.isfinite([slope, *_ends(column)]).all()
    ]:
        raise DataError(bad[0], "its slope is not finite on these examples", "`isp tune` says by which stage")
    order = np.argsort(-np.abs(gradient), kind="stable")[:top]
    overlays = [o for i in order if gradient[i] for o in slopes.overlays(int(i), shown)]
    if progress:
        progress(len(numbers) + 1, len(numbers) + 1)
    return Sensitivity(
        numbers,
        noise,
        gradient,
        terms,
        **of_slopes(jacobian, noise, [n.name for n in numbers]),
        overlays=tuple(overlays),
        about={
            "pipeline": recipe.chain.title or recipe.base,
            "sensors": ", ".join(s.chain.title or s.name for s in recipe.sensors),
            "conditions": ", ".join(map(str, recipe.conditions)),
            "examples": str(sum(int(np.shape(b.weight)[0]) for b in batches)),
            **({"left out": f"weights of {', '.join(hidden)}"} if (hidden := _learned(problem)) else {}),
        },
    )


def _learned(problem: Problem) -> list[str]:
    """The fields of freed weights, which are no numbers to look at one by one."""
    return list(dict.fromkeys(f.path.partition(LEAF)[0] for f in problem.free.freed if is_weights(f)))


def _ends(column: np.ndarray) -> tuple[float, float]:
    """The least and the greatest; not a number where one of them is none."""
    return float(column.min()), float(column.max())


def of_slopes(jacobian: np.ndarray, noise: float, names: Sequence[str]) -> dict[str, Any]:
    """What `Sensitivity` says of slopes (values, numbers)."""
    information = jacobian.T @ jacobian / len(jacobian)
    change = np.sqrt(np.diag(information))
    covariance = np.linalg.inv(information / noise**2 + np.eye(len(names)))
    together = np.sqrt(np.diag(covariance))
    live = np.flatnonzero(change > DEAD)
    values, vectors = np.linalg.eigh(information[np.ix_(live, live)])
    named = [names[i] for i in live]
    changes = np.sqrt(np.maximum(values, 0.0))
    hidden = changes < max(noise, SLACK * float(changes.max(initial=0.0)))
    sparse = _sparse(vectors[:, hidden].T)
    unseen = [_direction(v, float(np.sqrt(max(v @ information[np.ix_(live, live)] @ v, 0.0))), named) for v in sparse]
    return {
        "change": change,
        "alone": 1 / np.sqrt(np.diag(information) / noise**2 + 1),
        "together": together,
        "correlation": covariance / np.outer(together, together),
        "directions": tuple(_direction(v, float(c), named) for v, c in zip(vectors.T[::-1], changes[::-1], strict=True)),
        "unseen": tuple(d for d in unseen if len(d.parts) > 1),
    }


def _direction(vector: np.ndarray, change: float, names: Sequence[str]) -> Direction:
    """A direction by its larger parts, the largest of them positive."""
    order = np.argsort(-np.abs(vector), kind="stable")
    vector = vector * np.sign(vector[order[0]])
    return Direction(change, tuple((names[i], float(vector[i])) for i in order if abs(vector[i]) >= PART))


def _sparse(rows: np.ndarray) -> np.ndarray:
    """Other directions (k, n) that span the same space, each with a number of its own that the others leave alone: easier to read."""
    if not len(rows):
        return rows
    from scipy.linalg import qr

    _, upper, order = qr(rows, pivoting=True)
    made = np.empty_like(rows)
    made[:, order] = np.linalg.solve(upper[:, : len(rows)], upper)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True))
