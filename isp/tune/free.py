"""What may move: the parameters of a chain that a recipe frees, as real numbers without bounds.

    theta = free.start(chain)          {path: array}, one entry a freed parameter
    chain = free.bind(theta)           the chain with those values, differentiable

A parameter inside limits is moved along the logistic curve of its range, one with one limit along a softplus, others as they are; all in
steps that suit them: a half-open range is measured in its parameter's own usual width.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.core import Between, Chain, ChainError, Declared, Table
from isp.core.chain import nearest
from isp.tune.scale import scale, stride

Theta = dict[str, Any]
"""Real numbers by the path of the parameter they stand for."""


@dataclass(frozen=True)
class Freed:
    """One parameter that may move: how far (`within`), as a table over which fact (`over`, `at`), how fast beside the others (`rate`), in
    which steps (`first` to before `last`), and where it probably lies (`prior`: mean and deviation). `scale` is the unit of a range that is not closed; `stride` shortens the steps
    in a closed one that is much wider than what is usual."""

    path: str
    declared: Declared
    within: Between
    scale: float
    stride: float = 1.0
    over: str | None = None
    at: tuple[float, ...] = ()
    rate: float = 1.0
    first: int = 0
    last: float = math.inf
    prior: tuple[float, float] | None = None

    @property
    def range(self) -> Between:
        """Its limits in units of `scale`."""
        return Between(self.within.low / self.scale, self.within.high / self.scale)

    def free(self, value: Any) -> Any:
        """The real numbers that stand for a value."""
        return self.range.free(value / self.scale) / self.stride

    def bind(self, numbers: Any) -> Any:
        """The value that real numbers stand for."""
        return self.range.bind(numbers * self.stride) * self.scale

    @property
    def usual(self) -> Between:
        """The finite range from which a random start is drawn: the usual one within the limits, or around the default."""
        if self.declared.kind == "weights":
            return Between(-2 * self.scale, 2 * self.scale)
        usual = self.declared.usual or Between()
        default = np.asarray(self.declared.default, float)
        low = max(self.within.low, usual.low)
        high = min(self.within.high, usual.high)
        low = low if math.isfinite(low) else float(default.min() - 2 * self.scale)
        high = high if math.isfinite(high) else float(default.max() + 2 * self.scale)
        return Between(low, high)


@dataclass(frozen=True)
class Free:
    """Everything that may move in a chain."""

    chain: Chain
    freed: tuple[Freed, ...]

    def start(self, chain: Chain | None = None) -> Theta:
        """The real numbers that stand for the values of a chain (its own where none is given). A value at a limit is moved inside a little: it
        would have no slope there."""
        chain = chain or self.chain
        return {f.path: f.free(_knots(f, _value(chain, f.path))) for f in self.freed}

    def values(self, theta: Theta) -> dict[str, Any]:
        """The values that numbers stand for, by path: arrays, with the knots of a table as the first axis."""
        return {f.path: f.bind(theta[f.path]) for f in self.freed}

    def bind(self, theta: Theta) -> Chain:
        """The chain with these values. Pure: gradients and tracers pass."""
        values = {f.path: Table(v, f.over, f.at) if f.over else v for f, v in zip(self.freed, self.values(theta).values(), strict=True)}
        return with_values(self.chain, values)

    def sampled(self, random: np.random.Generator) -> Theta:
        """A random start, within the usual range of each parameter; weights are grown anew."""
        made, fresh = {}, dict[str, Any]()
        for f, now in zip(self.freed, self.start().values(), strict=True):
            if f.declared.grow is not None:
                field, _, leaf = f.path.partition(LEAF)
                wide = f.declared.grow.width(_value(self.chain, field))
                fresh[field] = fresh.get(field) or f.declared.grow(random, wide)
                made[f.path] = f.free(jnp.asarray(fresh[field][leaf], jnp.float32))
                continue
            usual = f.usual
            spread = random.uniform(usual.low, usual.high, np.shape(now))
            made[f.path] = f.free(spread)
        return made

    def prior(self, theta: Theta) -> Any:
        """Half the sum of squared distances from where parameters probably lie, in deviations."""
        values = self.values(theta)
        terms = [jnp.sum(((values[f.path] - f.prior[0]) / f.prior[1]) ** 2) / 2 for f in self.freed if f.prior]
        return sum(terms) if terms else jnp.zeros(())

    def rates(self, step: Any) -> Theta:
        """How much of an update each parameter takes at a step: its rate, or nothing while it rests."""
        return {f.path: f.rate * ((step >= f.first) & (step < f.last)) for f in self.freed}

    @property
    def count(self) -> int:
        """How many numbers are free."""
        return int(sum(np.size(v) for v in self.start().values()))


def freed(chain: Chain, patterns: Iterable[str | Mapping[str, Mapping[str, Any]]]) -> Free:
    """What these path patterns free: `denoise.*`, `*.strength`, or with more to say `{denoise.bilateral.strength: {within: [0, 3]}}`. A later
    pattern that says more of the same path replaces the earlier.

    Raises ChainError for a pattern that frees nothing, and for limits beyond those of the parameter.
    """
    found: dict[str, Freed] = {}
    paths, numbers = _declared(chain), numbers_of(chain)
    for one in patterns:
        pattern, said = (one, {}) if isinstance(one, str) else next(iter(one.items()))
        hit = [path for path in numbers if matches(path, pattern)]
        if not hit:
            why = "is a choice, which `choose` searches" if pattern in paths else "frees no parameter of this pipeline"
            raise ChainError(pattern, why, nearest(pattern, [*numbers, *chain.names]))
        for path in hit:
            found[path] = _freed(chain, path, paths[path.partition(LEAF)[0]], dict(said or {}))
    order = [path for path in numbers if path in found]
    return Free(chain, tuple(found[path] for path in order))


def matches(path: str, pattern: str) -> bool:
    """Whether a path is meant by a pattern: by its words, by the name of its stage alone, or, one array of a stage's weights, by their field."""
    return any(fnmatchcase(one, pattern) for one in (path, path.partition(LEAF)[0], path.rpartition(".")[0]))


def with_values(chain: Chain, values: Mapping[str, Any]) -> Chain:
    """`chain` with other values, unchecked: what `Chain.replace` does for tracers."""
    stages = list(chain.stages)
    for path, value in values.items():
        whole, _, leaf = path.partition(LEAF)
        i, field = chain.find(whole)
        stages[i] = stages[i].with_values(**{field: {**getattr(stages[i], field), leaf: value} if leaf else value})
    return dataclasses.replace(chain, stages=tuple(stages))


LEAF = "/"
"""Stands between the path of a stage's weights and the name of one of their arrays: `demosaic.residual_cnn.weights/first/kernel`."""
KEYS = ("within", "over", "at", "rate", "first", "last", "prior")
"""What may be said of a freed parameter."""


def numbers_of(chain: Chain) -> list[str]:
    """The paths of everything that could be freed."""
    return [leaf for path, d in _declared(chain).items() if d.kind != "option" for leaf in _leaves(chain, path, d)]


def _declared(chain: Chain) -> dict[str, Declared]:
    return {f"{name}.{field}": d for name, stage in zip(chain.names, chain, strict=True) for field, d in stage.declared().items()}


def _leaves(chain: Chain, path: str, declared: Declared) -> list[str]:
    """The path itself, or of weights that of each array."""
    return [f"{path}{LEAF}{name}" for name in sorted(_value(chain, path))] if declared.kind == "weights" else [path]


def _freed(chain: Chain, path: str, declared: Declared, said: dict[str, Any]) -> Freed:
    if unknown := set(said) - set(KEYS):
        raise ChainError(path, f"no such key: {', '.join(map(str, sorted(unknown)))}", nearest(str(min(unknown)), KEYS))
    within = declared.within
    if "within" in said:
        ends: Sequence[float] = said["within"]
        if len(ends) != 2 or not ends[0] < ends[1] or ends[0] < within.low or ends[1] > within.high:
            raise ChainError(path, f"within: expected two numbers in {within}, the lower first")
        within = Between(float(ends[0]), float(ends[1]))
    now = _value(chain, path)
    over, at = (now.over, now.at_) if isinstance(now, Table) else (said.get("over"), tuple(map(float, said.get("at", ()))))
    if (over is None) != (len(at) < 2):
        raise ChainError(path, "a table has a fact `over` and two or more positions `at`")
    prior = said.get("prior")
    return Freed(
        path,
        declared,
        within,
        scale(declared, within),
        stride(declared, within),
        over,
        tuple(sorted(at)),
        float(said.get("rate", 1.0)),
        int(said.get("first", 0)),
        float(said.get("last", math.inf)),
        (float(prior[0]), float(prior[1])) if prior is not None else None,
    )


def _value(chain: Chain, path: str) -> Any:
    whole, _, leaf = path.partition(LEAF)
    i, field = chain.find(whole)
    value = getattr(chain.stages[i], field)
    return value[leaf] if leaf else value


def _knots(freed: Freed, value: Any) -> Any:
    """A value as an array; one value is every knot's of a table."""
    if isinstance(value, Table):
        return jnp.asarray(value.values, jnp.float32)
    value = jnp.asarray(value, jnp.float32)
    return jnp.broadcast_to(value, (len(freed.at), *value.shape)) if freed.over else value


def flat(theta: Theta) -> np.ndarray:
    """All numbers in a row, in the order of the paths in `theta`."""
    return np.concatenate([np.ravel(np.asarray(v)) for v in theta.values()]) if theta else np.zeros(0)


def shaped(numbers: np.ndarray, like: Theta) -> Theta:
    """The inverse of `flat`."""
    made, at = {}, 0
    for path, v in like.items():
        size = int(np.size(v))
        made[path] = jnp.asarray(np.reshape(numbers[at : at + size], np.shape(v)), jnp.result_type(v))
        at += size
    return made
