"""Charts that somebody has photographed: `colour_checker=IMG_1.dng` says what a raw file shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from isp.bench.evaluation.chart import Chart, chart, names
from isp.core import SpecError
from isp.core.chain import nearest

USUAL = "colour_checker"
"""What a file shows of which nothing is said."""


@dataclass(frozen=True)
class Photographs:
    """Raw files of one chart: one, or the captures of a chart that wants several."""

    chart: Chart
    files: tuple[str, ...]

    @property
    def name(self) -> str:
        """As a table and a legend say it."""
        return Path(self.files[0]).name + (f" and {len(self.files) - 1} more" if len(self.files) > 1 else "")


def photographs(inputs: Sequence[str]) -> Iterator[Photographs]:
    """Inputs sorted by what they show. Raises SpecError for a chart that there is not, or that says nothing by itself."""
    known = [name for name in names() if chart(name).own]
    sorted_: dict[str, list[str]] = {}
    for said in inputs:
        kind, equals, file = said.partition("=")
        if not equals or Path(said).exists():
            kind, file = USUAL, said
        if kind not in known:
            why = "no such chart" if kind not in names() else "cannot be measured without knowing the chart: simulate it with --sensor"
            raise SpecError(said, why, nearest(kind, known) or f"one of {', '.join(known)}")
        sorted_.setdefault(kind, []).append(file)
    for kind, files in sorted_.items():
        for together in [files] if chart(kind).repeated else [[file] for file in files]:
            yield Photographs(chart(kind), tuple(together))
