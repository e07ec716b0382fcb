"""The choices of a recipe, made: combinations are tuned for a while, the best one is what the run goes on with."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from isp.core import Chain
from isp.tune.blend import Blend
from isp.tune.choice import Picks, choices_of, chosen
from isp.tune.data import Data
from isp.tune.folder import rounded
from isp.tune.free import freed
from isp.tune.optimiser import Optimiser
from isp.tune.problem import Problem
from isp.tune.recipe import Recipe
from isp.tune.relax import hardened, relaxed, spread
from isp.tune.search import freed_here, search

SHARE, BLENDED = 10, 2
"""The first round of a combination is one step in so many of the whole run's; so is the time of a blend."""


def selected(recipe: Recipe, chain: Chain | None = None, picks: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe with its choices made: as they were made before (`chain`, by its `picks`), or now. `tried` lists the combinations, best first. Raises ChainError for
    choices that make no chain."""
    if chain is not None:
        return _with(recipe, chain, dict(picks or {}), [])
    optimiser: Optimiser | None = recipe.optimiser if recipe.optimiser.slopes else None
    data = Problem(recipe).data
    if recipe.settings.choosing == "blend" and optimiser is not None:
        return _blended(recipe, data)
    found = search(
        lambda chain: Problem(_with(recipe, chain, {}, []), data),
        recipe.chain,
        choices_of(recipe.chain, recipe.choose),
        optimiser,
        first=max(1, recipe.settings.steps // SHARE),
        judge=lambda problem, theta: problem.judged(theta)[0],
        seed=recipe.settings.seed,
    )
    tried = [{"picks": row.picks, "loss": row.loss, "steps": row.steps} for row in found.rows]
    tried += [{"picks": picks, "left out": why} for picks, why in found.left_out]
    best = found.rows[0]
    return _with(recipe, chosen(recipe.chain, best.picks), best.picks, tried)


def _blended(recipe: Recipe, data: Data) -> Recipe:
    """Methods are blended and tuned together with everything else; the heaviest of each slot stays, and the run goes on from the values found."""
    soft = relaxed(recipe.chain, choices_of(recipe.chain, recipe.choose))
    free = freed(soft, spread(soft, ["*.logits", *recipe.said["free"]]))
    steps = max(1, recipe.settings.steps // BLENDED)
    settings = recipe.settings.with_values(steps=steps)
    problem = Problem(dataclasses.replace(recipe, chain=soft, free=free, settings=settings), data)
    state = recipe.optimiser.begin(free.start(), problem)
    for _ in range(steps):
        state = recipe.optimiser(state, problem)
    bound = free.bind(state.theta)
    blends = [stage for stage in bound.stages if isinstance(stage, Blend)]
    picks = {blend.name: blend.names[blend.heaviest] for blend in blends}
    shares = [{"slot": blend.name, "shares": dict(zip(blend.names, np.asarray(blend.shares).tolist(), strict=True))} for blend in blends]
    return _with(recipe, rounded(hardened(bound)), picks, shares)


def _with(recipe: Recipe, chain: Chain, picks: Picks, tried: list[dict[str, Any]]) -> Recipe:
    """The recipe for another chain: what is free in it is what the patterns free there."""
    said = {**recipe.said, "choose": {}}
    return dataclasses.replace(
        recipe, chain=chain, free=freed_here(chain, recipe.said["free"]), choose={}, picks=picks, tried=tuple(tried), said=said
    )
