"""What an evaluation has found, as rows, as a table, and as plain data."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from isp.bench.evaluation.chart import Chart, Found, chart
from isp.core import Problem
from isp.core.look import Shown

KEYS = ("sensor", "iso", "illuminant", "input")
"""What says where a row comes from: a simulated sensor, or a file."""
COLUMNS = (*KEYS, "chart", "measure", "part", "value", "error", "unit", "better")


@dataclass(frozen=True)
class Judged:
    """One shot in one place: `place` are its `KEYS`, `name` says it shortly. `shown` is the developed picture and `wanted` the chart, both as encoded sRGB
    (rows, columns, 3) from 0 to 1. `found` is None where it could not be measured, and `problems` say why; `misfit` where the pipeline does not take such frames at all."""

    place: dict[str, Any]
    name: str
    chart: Chart
    shot: str
    found: Found | None
    shown: np.ndarray | None = None
    wanted: np.ndarray | None = None
    problems: tuple[Problem, ...] = ()
    misfit: bool = False


@dataclass(frozen=True)
class Evaluation(Shown):
    """A pipeline on charts. `judged` are the shots; `about` says how they came to be; `stages` are rows of what each stage
    adds and costs, where they were asked for, and `faults` why some are missing."""

    pipeline: str
    judged: tuple[Judged, ...]
    about: dict[str, Any] = field(default_factory=dict)
    stages: tuple[dict[str, Any], ...] = ()
    faults: tuple[Problem, ...] = ()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A row for each number that was read off, with the keys `COLUMNS`. Numbers that are not there are None: a response that never falls so far."""
        made = []
        for one in self.judged:
            for number in one.found.numbers if one.found else ():
                measure = one.chart.measures[number.measure]
                value = {"value": _finite(number.value), "error": _finite(number.error), "unit": measure.unit, "better": measure.better}
                made.append({**one.place, "chart": one.chart.name, "measure": number.measure, "part": number.part, **value})
        return made

    @property
    def places(self) -> list[str]:
        """The conditions and inputs in their order."""
        return list(dict.fromkeys(one.name for one in self.judged))

    @property
    def charts(self) -> list[Chart]:
        """The charts that were looked at."""
        return [chart(name) for name in dict.fromkeys(one.chart.name for one in self.judged)]

    @property
    def problems(self) -> list[Problem]:
        """Why what is missing is missing."""
        return [*(p for one in self.judged for p in one.problems), *self.faults]

    def value(self, chart: str, measure: str, part: str = "", *, place: str = "") -> float | None:
        """One number of a place, the first that has it where none is said; None where there is none."""
        found = (
            number.value
            for one in self.judged
            if one.chart.name == chart and one.found and (not place or one.name == place)
            for number in one.found.numbers
            if (number.measure, number.part) == (measure, part)
        )
        return next(found, None)

    def headlines(self) -> Iterable[tuple[Chart, str, str]]:
        """The columns of a summary: (chart, measure, part)."""
        return ((c, *headline) for c in self.charts for headline in c.headlines)

    def table(self) -> str:
        """The rows as CSV."""
        stream = io.StringIO()
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return stream.getvalue()

    def stage_table(self) -> str:
        """The rows of stages as CSV."""
        stream = io.StringIO()
        writer = csv.DictWriter(stream, list(self.stages[0]) if self.stages else KEYS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.stages)
        return stream.getvalue()

    def as_json(self) -> dict[str, Any]:
        """Plain data: rows, curves, and what could not be measured."""
        curves = [
            {**one.place, "chart": one.chart.name, "title": c.title, "part": c.part, "across": c.across, "up": c.up, "x": _list(c.x), "y": _list(c.y)}
            for one in self.judged
            for c in (one.found.curves if one.found else ())
        ]  # fmt: skip
        failed = [
            {**one.place, "chart": one.chart.name, **{k: v for k, v in vars(p).items() if v}} for one in self.judged for p in one.problems
        ] + [{k: v for k, v in vars(p).items() if v} for p in self.faults]
        stages = {"stages": list(self.stages)} if self.stages else {}
        return {"pipeline": self.pipeline, **self.about, "rows": self.rows, "curves": curves, **stages, "failed": failed}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _list(values: np.ndarray) -> list[float | None]:
    return [_finite(round(float(v), 6)) for v in values]
