"""`isp evaluate`: a pipeline on charts, generated ones before simulated sensors, or those that somebody has photographed.

chart    what is looked at: a file a chart, with the numbers that are read off it
room     charts, lights and sensors: what stands before the pipeline
own      photographs of charts
found    the numbers, as rows, a table and plain data
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from isp.bench import stages as bench
from isp.bench.evaluation.chart import Chart, Found, Look, chart, names
from isp.bench.evaluation.found import Evaluation, Judged
from isp.bench.evaluation.own import Photographs, photographs
from isp.bench.evaluation.room import Condition, Room, photographed
from isp.bench.programs import Programs
from isp.core import Chain, ChainError, Domain, Frame, IspError, Problem, SpecError
from isp.evaluate.view import view
from isp.io import read
from isp.report.comparison import encoded
from isp.spec import drawn, load_spec

SIZE = 400, 600
"""Rows and columns of a generated chart."""
CAPTURES = 8
"""Captures of a chart on which noise is measured: as many as ISO 15739 asks for."""
Progress = Callable[[int, int], None]

__all__ = ["CAPTURES", "SIZE", "Evaluation", "evaluate", "names"]


def evaluate(
    pipeline: str | Path | Chain,
    inputs: Sequence[str] = (),
    *,
    name: str = "",
    sensors: Sequence[str | Chain] = (),
    iso: Sequence[float | None] = (None,),
    illuminants: Sequence[str] = ("D65",),
    charts: Sequence[str] = (),
    size: tuple[int, int] = SIZE,
    captures: int = CAPTURES,
    seed: int = 0,
    corners: Any = None,
    region: tuple[slice, slice] | None = None,
    stages: bool = False,
    trusted: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """How good a pipeline (a name, a file, a text or a chain) is, on every chart of `charts` (left out: all) through each of `sensors`, at each `iso`, in each of
    `illuminants`; and on `inputs`, raw files as "CHART=FILE" or, for a ColorChecker, "FILE".

    `name` is what the pipeline is called. Frames of generated charts have `size` (rows, columns), and stand in the middle of the field; only `flat` fills it. Where noise is measured `captures` are
    taken. `corners` (x, y of the middles of dark skin, bluish green, black, white) and `region` (slices of rows and columns) say where in the picture
    a photographed chart lies. With `stages` each stage of the pipeline is looked at as well, in every condition (`isp.bench.stages`), which takes longer than the
    charts. `progress(done, total)` counts pictures, and then steps of stages.

    A chart that cannot be measured somewhere is told in `Evaluation.problems`, and the others are done. Raises SpecError for what cannot be meant, ChainError
    where the pipeline takes the frames of no sensor and of no file.
    """
    chain = pipeline if isinstance(pipeline, Chain) else load_spec(pipeline).one()
    given = list(photographs(inputs))
    if not sensors and not given:
        raise SpecError(
            "isp evaluate", "has nothing to look at", "name a sensor (--sensor imx219), or raw files of charts (colour_checker=IMG_1.dng)"
        )
    looked = [_known(name) for name in (charts or names())]
    conditions = [
        Condition(*_sensor(s, i, seed), value, light)
        for i, s in enumerate(sensors)
        for light in illuminants or ("D65",)
        for value in iso or (None,)
    ]
    total = len(conditions) * sum(len(c.shots) * _captures(c, captures) for c in looked) + sum(len(g.files) for g in given)
    total += len(conditions) * bench.steps(chain) if stages else 0
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    room = Room(size, seed)
    judged = [
        *_simulated(chain, room, conditions, looked, captures, tick),
        *(_own(chain, g, corners, region, trusted, tick) for g in given),
    ]
    if judged and all(one.misfit for one in judged):
        raise ChainError(problems=[p for one in judged for p in one.problems])
    name = name or (str(pipeline) if isinstance(pipeline, (str, Path)) and "\n" not in str(pipeline) else chain.title or "pipeline")
    about = {"size": list(size), "captures": captures, "seed": seed}
    rows, faults = _stages(chain, conditions, seed, tick) if stages else ((), ())
    return Evaluation(name, tuple(judged), about, rows, faults)


def _stages(
    chain: Chain, conditions: list[Condition], seed: int, tick: Callable[[], None]
) -> tuple[tuple[dict[str, Any], ...], tuple[Problem, ...]]:
    """What each stage adds and costs, a row for each in each condition; and where that cannot be said, why."""
    rows: list[dict[str, Any]] = []
    faults: list[Problem] = []
    programs = Programs()
    for condition in conditions:
        left = bench.steps(chain)

        def step(done: int, total: int) -> None:
            nonlocal left
            left = total - done
            tick()

        try:
            made = bench.stages(
                chain, condition.chain, condition.iso, illuminant=condition.illuminant, seed=seed, programs=programs, progress=step
            )
            rows += [{"place": condition.name, **condition.names, **row.numbers()} for row in made]
        except IspError as error:
            faults += error.at(f"{condition.name}: stages").problems
        for _ in range(left):
            tick()
    return tuple(rows), tuple(faults)


def _known(name: str) -> Chart:
    try:
        return chart(name)
    except IspError as error:
        raise SpecError(problems=error.problems) from error


def _sensor(said: str | Chain, index: int, seed: int) -> tuple[str, Chain]:
    """The name and the chain of a sensor; of ranges in its profile one value each is drawn."""
    if isinstance(said, Chain):
        return said.title or f"sensor {index + 1}", said
    spec = load_spec(said, kind="sensors")
    return Path(said).stem, drawn(spec.chain, spec.ranges, seed)[0]


def _captures(one: Chart, captures: int) -> int:
    return captures if one.repeated else 1


def _simulated(
    pipeline: Chain, room: Room, conditions: list[Condition], charts: list[Chart], captures: int, tick: Callable[[], None]
) -> Iterator[Judged]:
    for condition in conditions:
        shots = [(one, shot) for one in charts for shot in one.shots]
        for one, shot in shots:
            wanted, (values,) = room.wanted(shot, one.shots[shot]), one.shots[shot].values()
            place = {**condition.names, "input": None}

            def raws(one: Chart = one, shot: str = shot, condition: Condition = condition) -> list[Frame]:
                return room.raws(one, shot, condition, _captures(one, captures))

            def look(pictures: list[np.ndarray], raws: list[Frame], shot: str = shot, wanted: Any = wanted, values: Any = values) -> Look:
                return Look(shot, pictures, raws, wanted, values)

            made = _judged(pipeline, one, shot, place, condition.name, raws, look, wanted, tick)
            yield made
            if made.misfit:  # one chart says it for all
                break


def _own(pipeline: Chain, given: Photographs, corners: Any, region: Any, trusted: bool, tick: Callable[[], None]) -> Judged:
    def raws() -> list[Frame]:
        return [read(file, trusted=trusted) for file in given.files]

    def look(pictures: list[np.ndarray], raws: list[Frame]) -> Look:
        iso = raws[0].iso
        place["iso"] = None if iso is None else float(iso)
        place["sensor"] = raws[0].model or raws[0].make
        return Look(given.name, pictures, raws, corners=corners, region=region)

    place: dict[str, Any] = {"sensor": None, "iso": None, "illuminant": None, "input": " ".join(given.files)}
    return _judged(pipeline, given.chart, given.name, place, given.name, raws, look, None, tick)


def _judged(
    pipeline: Chain,
    one: Chart,
    shot: str,
    place: dict[str, Any],
    name: str,
    raws: Callable[[], list[Frame]],
    look: Any,
    wanted: Any,
    tick: Any,
) -> Judged:
    """The shot captured, developed and measured; what fails is told of it."""
    shown: np.ndarray | None = None
    found: Found | None = None
    problems: tuple[Any, ...] = ()
    misfit = False
    try:
        taken = raws()
        made, pictures = photographed(pipeline, taken, tick)
        shown = encoded(made[0])
        found = one.measured(look(pictures, taken))
    except IspError as error:
        misfit = isinstance(error, ChainError)
        where = place["input"] or (name if misfit else f"{name}: {shot}")
        problems = tuple(dataclasses.replace(p, file=where, what=": ".join(filter(None, (p.file, p.what)))) for p in _alone(error, where))
    return Judged(place, name, one, shot, found, shown, None if wanted is None else _shown(wanted), problems, misfit)


def _alone(error: IspError, where: str) -> Iterator[Problem]:
    """The problems of an error, without the place that is said anyway: a channel may stand there instead."""
    return (dataclasses.replace(p, file="" if p.file == where or where.endswith(p.file) else p.file) for p in error.problems)


def _shown(wanted: np.ndarray) -> np.ndarray:
    """Linear light as encoded sRGB."""
    return np.clip(np.asarray(view(Frame(pixels=np.asarray(wanted, np.float32), domain=Domain.WORKING, primaries="srgb"), "display")), 0, 1)
