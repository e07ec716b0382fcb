"""What a recipe says, checked: every problem in its `tune` part is told at once, by line and column.

```yaml
from: classic.yaml
tune:
  free: [denoise.*, demosaic.*, {tone.filmic.contrast: {within: [1, 2]}}, {detail.unsharp.amount: {over: iso, at: [100, 800, 6400]}}]
  choose: {demosaic.menon2007: [demosaic.menon2007, demosaic.malvar2004]}
  sensors: [imx219, {canon_5d4: 2}]            # a number is a weight
  conditions: {iso: [100, 800, 6400], illuminant: [D65, A], compensation: [0, -1]}
  scenes: [photos, {bright: {highlights: 1}}, {scene.dead_leaves: {seed: 3}}]      # folders, pictures, raw files, charts
  target: scene                                # or photograph, none, {pipeline: classic}, {pictures: folder}
  loss: {charbonnier: 1, ssim: {weight: 0.2, first: 100}, smooth: {weight: 0.01, of: tone.curve.values}}
  optimiser: {optax: {rule: adam, rate: 0.08}}
  steps: 300
  crop: 128
```
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import Chain
from isp.spec import Marks, Ranges, Spec, drawn, load_spec
from isp.tune.free import Free
from isp.tune.loss import Loss
from isp.tune.optimiser import Optimiser
from isp.tune.prior import Prior
from isp.tune.settings import Settings

OWN = ("free", "choose", "sensors", "conditions", "scenes", "target", "loss", "optimiser")
"""What a recipe may say besides the numbers of `Settings`."""
CONDITIONS: dict[str, tuple[type, ...]] = {"iso": (int, float), "illuminant": (str,), "compensation": (int, float)}
"""What conditions may vary in, and what each is said by."""
TARGETS = {
    "scene": "the light of the scene as it was exposed: what a perfect camera would have recorded",
    "photograph": "the scene as bright as it was shown, however it was exposed",
    "none": "nothing: losses look at the picture alone",
}
"""Targets by their words; the others are `{pipeline: NAME}`, what another pipeline makes of the same frame (without its noise, unless
`noise: true`), and `{pictures: FOLDER}`, reference pictures of the same names as the scenes."""
DEFAULTS: dict[str, Any] = {
    "free": ["*"],
    "choose": {},
    "sensors": ["imx219"],
    "conditions": {},
    "scenes": ["scene.dead_leaves", "scene.colour_checker"],
    "target": "scene",
    "loss": {"charbonnier": 1.0},
    "optimiser": {"optax": {}},
}
"""What holds where a recipe is silent."""


@dataclass(frozen=True)
class Condition:
    """In what light, at what sensitivity, and how many stops off the meter a scene is captured."""

    iso: float | None = None
    illuminant: str | None = None
    compensation: float = 0.0

    def __str__(self) -> str:
        return (
            " ".join(filter(None, (self.iso and f"ISO {self.iso:g}", self.illuminant, self.compensation and f"{self.compensation:+g} EV")))
            or "as it is"
        )


@dataclass(frozen=True)
class Sensor:
    """A simulated sensor, and how much its examples count. Where its profile has ranges, each example draws from them."""

    name: str
    chain: Chain
    weight: float = 1.0
    ranges: Ranges = field(default_factory=dict)

    def drawn(self, seed: int | None) -> Chain:
        """One camera of those that the profile stands for; without a seed that in the middle."""
        return self.chain if seed is None else drawn(self.chain, self.ranges, seed)[0]


@dataclass(frozen=True)
class Term:
    """One loss or prior of the sum; `of` says which values a prior judges. It counts from step `first` to before step `last`: judged is by what
    counts at the end."""

    name: str
    weight: float
    part: Loss | Prior
    of: str = "*"
    first: float = 0
    last: float = math.inf

    def weight_at(self, done: Any, steps: int) -> Any:
        """Its weight when a share `done` of so many steps is done."""
        whole = max(1, steps)
        return self.weight * ((done >= np.float32(self.first / whole)) & (done < np.float32(self.last / whole)))


COUNTS = {"weight": 1.0, "first": Term.first, "last": Term.last}
"""The numbers that may be said of a term, and what holds where they are not."""


@dataclass(frozen=True)
class Recipe:
    """A goal, and the way to it. `picks` and `tried` say how its choices were made, once they were."""

    chain: Chain
    free: Free
    choose: Mapping[str, Any]
    sensors: tuple[Sensor, ...]
    conditions: tuple[Condition, ...]
    scenes: tuple[Any, ...]
    target: Any
    terms: tuple[Term, ...]
    optimiser: Optimiser
    settings: Settings
    base: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    picks: Mapping[str, Any] = field(default_factory=dict)
    tried: tuple[Mapping[str, Any], ...] = ()


def recipe(source: str | Path | Spec | Chain, **said: Any) -> Recipe:
    """The recipe of a file, a text or a chain; `said` replaces its keys, with the values that YAML would have or with the objects they mean
    (a chain for a sensor, an array or a frame for a scene, a callable for a loss). Raises SpecError with every problem."""
    from isp.tune.reader import Reader  # which knows what a recipe is

    if isinstance(source, Chain):
        spec = Spec(source, None, Marks("recipe"))
    else:
        spec = source if isinstance(source, Spec) else load_spec(source)
    spec.one()  # what is tuned has one value of everything; its sensors and scenes may have ranges
    return Reader(spec, said, str(spec.file or "")).recipe()
