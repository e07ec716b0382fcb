"""Pipelines beside each other on the same raw frames: pictures, maps of their differences, numbers, and times.

found = isp.compare("classic", "minimal", on="IMG_1.dng")
found.rows, found.times               # numbers of each pair, seconds of each pipeline
found.save("compare.html")            # the page: line, zoom, maps, YAML that differs
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain as chained
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from isp.bench.compiling import programs
from isp.core import Chain, DataError, Frame, SpecError
from isp.core.look import Shown
from isp.execute import develop
from isp.io import embedded, read, read_picture
from isp.io.place import put
from isp.report import comparison
from isp.report.comparison import Scene, Side, Time, encoded
from isp.spec import load

REFERENCE = "reference"
Told = Callable[[str], None]


@dataclass
class Comparison(Shown):
    """Developed pictures of `scenes` by `sides`; `rows` are the numbers of each picture against that of the name `against`, which is the truth where
    `truth` says so. A notebook shows the gist of it, `save` writes the page."""

    sides: list[Side]
    scenes: list[Scene]
    against: str
    truth: bool
    rows: list[dict[str, Any]]

    @property
    def times(self) -> list[dict[str, Any]]:
        """Seconds of each pipeline on each input, a row each (`isp.report.comparison.Time`)."""
        return [{"input": s.name, "pipeline": name, **t._asdict()} for s in self.scenes for name, t in s.times.items()]

    def save(self, path: str | Path, *, command: str = "", inputs: Sequence[str | Path] = ()) -> Path:
        """Write the page, whole or not at all, and over none of the `inputs`. Raises PlaceError."""
        text = comparison.page(self.sides, self.scenes, self.against, self.truth, self.rows, command)
        return put(path, text.encode(), inputs)


def compare(
    *pipelines: str | Path | Chain,
    on: Frame | str | Path | Sequence[Frame | str | Path] | None = None,
    reference: Frame | str | Path | None = None,
    runs: int = 2,
) -> Comparison:
    """Develop frames or raw files (`on`, else the embedded raw) with several pipelines, chains or their names, and compare the pictures: with `reference`, a
    picture of what they should be, or else with the first pipeline's. `runs` are timed after the first.

    Raises SpecError with less than two to compare, DataError where a pipeline makes no picture or sizes differ."""
    some = [embedded()] if on is None else [on] if isinstance(on, (Frame, str, Path)) else list(on)
    inputs = (_input(i, one) for i, one in enumerate(some))
    wanted = reference if reference is None or isinstance(reference, Frame) else read_picture(Path(reference))
    return compared(_named(pipelines, wanted is not None), inputs, wanted, runs)


def compared(
    sides: list[Side], inputs: Iterable[tuple[str, Frame]], reference: Frame | None = None, runs: int = 2, told: Told = lambda _: None
) -> Comparison:
    """The same, of pipelines that have names and of frames under theirs; `told` hears what comes next."""
    truth = None if reference is None else encoded(reference)
    scenes = []
    for name, frame in inputs:
        scene = developed(sides, name, frame, runs, told)
        if truth is not None:
            scene.pictures[REFERENCE] = truth
        if len({p.shape for p in scene.pictures.values()}) > 1:
            sizes = ", ".join(f"{one} {p.shape[1]} x {p.shape[0]}" for one, p in scene.pictures.items())
            raise DataError("the pictures have unlike sizes", sizes, "compare pictures of one size", file=name)
        scenes.append(scene)
    against = REFERENCE if truth is not None else sides[0].name
    return Comparison(sides, scenes, against, truth is not None, comparison.rows(scenes, against))


def developed(sides: Sequence[Side], name: str, frame: Frame, runs: int, told: Told = lambda _: None) -> Scene:
    """The picture of each pipeline, and how long it took: each once, then in turns, so that whatever else the machine does meets all of them alike."""
    first: dict[str, float] = {}
    later: dict[str, list[float]] = {side.name: [] for side in sides}
    scene = Scene(name, {})
    ready = {}
    for side in sides:
        told(f"{name}: {side.name}")
        before = programs()
        made, first[side.name] = _timed(side.chain, frame)
        ready[side.name] = programs().since(before)
        scene.pictures[side.name] = encoded(made)
    for _ in range(runs):
        for side in sides:
            later[side.name].append(_timed(side.chain, frame)[1])
    for side in sides:
        some, base = later[side.name], later[sides[0].name]
        warm = min(some, default=0.0)
        ratio = statistics.median(a / b for a, b in zip(some, base, strict=True)) if some else float("nan")
        scene.times[side.name] = Time(warm, runs, first[side.name] - warm, ratio, *ready[side.name])
    return scene


def _timed(chain: Chain, frame: Frame) -> tuple[Frame, float]:
    begun = time.perf_counter()
    made = develop(chain, frame)
    np.asarray(made.pixels)  # not only on its way
    return made, time.perf_counter() - begun


def _named(pipelines: Sequence[str | Path | Chain], alone: bool) -> list[Side]:
    """Each under a name of its own: that of its file, its title, or its place."""
    if len(pipelines) < 2 and not (pipelines and alone):
        raise SpecError("isp.compare", "needs two pipelines", "name another, or a reference")
    made: list[Side] = []
    for i, one in enumerate(pipelines, 1):
        chain = one if isinstance(one, Chain) else load(one)
        name = (one.title or f"pipeline {i}") if isinstance(one, Chain) else Path(one).stem
        taken = {side.name for side in made} | {REFERENCE}
        made.append(Side(next(n for n in chained([name], (f"{name} {k}" for k in count(2))) if n not in taken), chain))
    return made


def _input(index: int, one: Frame | str | Path) -> tuple[str, Frame]:
    if isinstance(one, Frame):
        return f"{one.model or 'frame'} {index + 1}", one
    return Path(one).name, read(one, trusted=Path(one) == embedded())
