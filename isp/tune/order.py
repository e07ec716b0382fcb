"""Which example comes when: a function of the seed, the step and the place in the batch, and of nothing else."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from isp.tune.settings import Settings


@dataclass(frozen=True)
class View:
    """One example to be: a scene, a sensor, a condition, the occasion (a random number), and the die."""

    scene: int
    sensor: int
    condition: int
    occasion: int
    unit: int


class Order:
    """The order of scenes, which are of these `kinds`, of so many conditions, and of sensors that count by `weights`. Scenes are split: `held` ones are for
    judging only. `shares` of the batch are for kinds of which one is said; the others divide the rest by how many scenes they have. Each place in a batch keeps to one kind: frames of different kinds need programs of their own, and a mixture that changed from step
    to step would be compiled in each."""

    def __init__(
        self, settings: Settings, kinds: Sequence[str], conditions: int, weights: Sequence[float], shares: Mapping[str, float] | None = None
    ):
        self.settings, self.kinds, self.conditions, self.weights = settings, tuple(kinds), conditions, np.array(weights, float)
        shuffled = generator(settings.seed, "split").permutation(len(kinds))
        held = min(len(kinds) - 1, round(float(settings.validation) * len(kinds)))
        self.held, self.trained = sorted(shuffled[:held].tolist()), sorted(shuffled[held:].tolist())
        self.shares = dict(shares or {})
        self._turns = _Turns(self.trained, kinds, settings.batch, self.shares)
        self.sensors = dealt(self.weights / self.weights.sum(), settings.batch)

    @property
    def examples(self) -> int:
        """How many combinations of scene, condition and sensor there are to train on."""
        return len(self.trained) * self.conditions * len(self.weights)

    def weight(self, sensor: int) -> float:
        """What an example of a sensor counts, beside how often it comes."""
        often = self.sensors.count(sensor) / len(self.sensors)
        return float(self.weights[sensor] / (self.weights.sum() * often))

    def views(self, step: int) -> list[View]:
        """The examples of a training step. Scenes and conditions go round in an order of their own for each round."""
        size = self.settings.batch
        return [self._view(n, self._turns, "training", self.settings.noise == "fixed") for n in range(step * size, step * size + size)]

    @cached_property
    def one_step_is_all(self) -> bool:
        """Whether the first step has every combination that there is."""
        return len({(view.scene, view.condition, view.sensor) for view in self.views(0)}) == self.examples

    def judged(self) -> list[View]:
        """The examples that are held out; of the training scenes where none is, with other noise and crops."""
        turns = _Turns(self.held or self.trained, self.kinds, self.settings.judged, self.shares)
        return [self._view(n, turns, "judged") for n in range(self.settings.judged)]

    def _view(self, n: int, turns: _Turns, word: str, fixed: bool = False) -> View:
        """The n-th example. A `fixed` one is the same, noise, crop and die, whenever its scene, sensor and condition meet."""
        seed = self.settings.seed
        scene, visit = turns.scene(n, seed, word)
        # The scenes of a round are spread over the conditions, and each scene meets all of them in as many rounds as there are.
        cycle, i = divmod(visit, self.conditions)
        i = (i + turns.place[scene] * self.conditions // turns.count(scene)) % self.conditions
        condition = int(generator(seed, word, "condition", cycle).permutation(self.conditions)[i])
        sensor = self.sensors[(n + n // len(self.sensors)) % len(self.sensors)]
        random = generator(seed, word, "view", *((scene, sensor, condition) if fixed else (n,)))
        return View(scene, sensor, condition, int(random.integers(2**53)), int(random.integers(self.settings.units)))


class _Turns:
    """Whose turn it is among scenes of several kinds, in batches of `size`: each place has a kind, dealt by its share, or by how many scenes there are of it."""

    def __init__(self, scenes: Sequence[int], kinds: Sequence[str], size: int, said: Mapping[str, float]):
        self.by_kind: dict[str, list[int]] = {}
        for scene in scenes:
            self.by_kind.setdefault(kinds[scene], []).append(scene)
        names = list(self.by_kind)
        shares = np.array([0.0 if name in said else len(self.by_kind[name]) for name in names])
        asked = np.array([said.get(name, 0.0) for name in names])
        shares = asked + shares / max(shares.sum(), 1) * max(0.0, 1 - asked.sum())
        self.places = [names[i] for i in dealt(shares / shares.sum(), size)]
        self.place = {scene: i for some in self.by_kind.values() for i, scene in enumerate(some)}
        self.kinds = kinds

    def count(self, scene: int) -> int:
        """How many scenes are of its kind."""
        return len(self.by_kind[self.kinds[scene]])

    def scene(self, n: int, seed: int, word: str) -> tuple[int, int]:
        """The scene of the n-th example, and how often it has come before: each comes once in a round, and each round has an order of its own."""
        batch, place = divmod(n, len(self.places))
        kind = self.places[place]
        some, earlier = self.by_kind[kind], batch * self.places.count(kind) + self.places[:place].count(kind)
        round_, i = divmod(earlier, len(some))
        return some[int(generator(seed, word, "scene", round_).permutation(len(some))[i])], round_


def generator(seed: int, *words: Any) -> np.random.Generator:
    """A generator that belongs to a seed and a purpose."""
    return np.random.default_rng([seed, *(zlib.crc32(str(word).encode()) for word in words)])


def dealt(shares: np.ndarray, size: int) -> list[int]:
    """Sensors dealt over a batch by their shares, each at least once: the largest remainder."""
    count = max(size, len(shares))
    exact = shares * count
    dealt = np.maximum(np.floor(exact).astype(int), 1)
    while dealt.sum() > count and (dealt > 1).any():
        dealt[np.argmax(np.where(dealt > 1, dealt - exact, -np.inf))] -= 1
    while dealt.sum() < count:
        dealt[np.argmax(exact - dealt)] += 1
    pool = [(k + 0.5) / n for n in dealt for k in range(n)]
    owner = [i for i, n in enumerate(dealt) for _ in range(n)]
    return [owner[i] for i in np.argsort(pool, kind="stable")]
