"""Points of a sweep: every combination of values, or a sample of the space that they span."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np

from isp.core import Chain, SpecError
from isp.spec import changed
from isp.tune.free import freed
from isp.tune.recipe import Recipe

EVEN = 5
"""Values of a parameter for which none are said: so many, even over its usual range."""
Row = dict[str, Any]


def points(recipe: Recipe, vary: Mapping[str, Sequence[Any]], sample: int | None) -> list[Row]:
    """The values of each point, by path."""
    if not vary:
        raise SpecError("--vary", "names no parameter", "say one, and its values: denoise.bilateral.strength=0.5,1,2")
    axes = {path: list(values) or _usual(recipe.chain, path) for path, values in vary.items()}
    if sample is None:
        return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    from scipy.stats import qmc

    ends = {}
    for path, values in axes.items():
        if not all(isinstance(v, (int, float)) for v in values) or min(values) >= max(values):
            raise SpecError(f"--vary {path}", "a sample needs two numbers, the least and the greatest")
        ends[path] = min(values), max(values)
    if sample < 1:
        raise SpecError("--sample", "expected the count of points, 1 or more")
    random = np.random.default_rng(recipe.settings.seed)
    shares = qmc.Sobol(len(ends), scramble=True, rng=random).random_base2(math.ceil(math.log2(sample)))[:sample]
    return [
        {path: float(f"{low + (high - low) * s:.6g}") for s, (path, (low, high)) in zip(row, ends.items(), strict=True)} for row in shares
    ]


def _usual(chain: Chain, path: str) -> list[Any]:
    first = freed(chain, [path]).freed[0]
    if first.declared.kind == "weights":
        raise SpecError(
            f"--vary {path}", "weights have no range that could be walked", "name files: STAGE.weights=a.safetensors,b.safetensors"
        )
    usual = first.usual
    return [float(f"{v:.6g}") for v in np.linspace(usual.low, usual.high, EVEN)]


def at_point(chain: Chain, point: Row) -> Chain:
    """The chain at a point. Its numbers are arrays, so that another point is no other program."""
    try:
        made = changed(chain, set=[f"{path}={value}" for path, value in point.items()])
    except SpecError as error:
        raise SpecError(problems=[type(p)(file="--vary", what=p.what, why=p.why, do=p.do) for p in error.problems]) from error
    return jax.tree.map(lambda value: np.asarray(value, np.float32), made)
