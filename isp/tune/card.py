"""What made a file of weights, as its card says it: the recipe, the data and on what terms they were given, how long, and how good."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isp.tune.identity import plain
from isp.tune.recipe import COUNTS
from isp.tune.scenes import chart_of

if TYPE_CHECKING:
    from isp.tune.recipe import Term
    from isp.tune.result import Run
    from isp.tune.scenes import Scene

UNSAID = "not said"
"""Stands for a licence that the recipe does not name."""
KEPT = ("batch", "crop", "noise", "flips", "colours", "tints", "units", "spread")
"""Settings that say how examples were made."""


def card(run: Run, identity: dict[str, Any]) -> dict[str, Any]:
    """Plain data. Files are named without their folders: a card travels."""
    recipe, data = run.recipe, run.problem.data
    held = {data.scenes[i].name for i in getattr(data.order, "held", ())}
    made = {
        "recipe": Path(recipe.base).name,
        "pipeline": [stage.name for stage in recipe.chain],
        "seed": recipe.settings.seed,
        "data": _data(data.scenes, held),
        "sensors": [sensor.name for sensor in recipe.sensors],
        "conditions": [str(condition) for condition in recipe.conditions],
        "examples": {name: getattr(recipe.settings, name) for name in KEPT},
        "loss": {t.name: _counts(t) for t in recipe.terms},
        "optimiser": recipe.optimiser,
        "steps": int(run.state.step),
        "minutes": round(run.seconds / 60, 2),
        "validation": {"before": run.before, "after": run.after},
        "versions": identity.get("versions", {}),
        "machine": {key: identity.get(key) for key in ("processor", "threads", "devices")},
        "made": time.strftime("%Y-%m-%d"),
    }
    return dict(plain(made))


def _counts(term: Term) -> dict[str, float]:
    """Its weight, and from which step on and to which it counts where that is not all the way."""
    return {name: value for name, usual in COUNTS.items() if (value := getattr(term, name)) != usual or name == "weight"}


def _data(scenes: list[Scene], held: set[str]) -> list[dict[str, Any]]:
    """A line for each entry of a recipe: how many scenes, on what terms, and which of them were held out."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for scene in scenes:
        generated = scene.is_chart or scene.name.startswith("scene.")
        what = chart_of(scene) if scene.is_chart else Path(scene.entry).name or "pictures"
        licence = scene.licence or ("generated" if generated else UNSAID)
        line = found.setdefault((what, licence), {"what": what, "licence": licence, "scenes": 0, "held out": []})
        line["scenes"] += 1
        if scene.name in held and not generated:
            line["held out"].append(scene.name)
    return list(found.values())
