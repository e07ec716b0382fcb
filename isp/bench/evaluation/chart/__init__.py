"""What a pipeline is judged on: a file a chart, whose name is the file's. `chart("siemens_star")` is `siemens_star.py` here. It holds

    SHOTS        what stands before the sensor: for each shot a name, and a stage of the family `scene` with its values
    MEASURES     the numbers that are read off, with unit, which way is better, and words
    HEADLINES    those that stand in the table of a page: (measure, part)
    measured(look)   the numbers and curves of one shot, as `Found`
    REPEATED     whether it is captured several times, since noise shows in repeats
    QUIET        whether it is captured without noise, where noise would be taken for what is sought
    FIELD        "middle": the chart stands in the middle of the field, where light does not fall off and nothing is bent; "whole": it fills the frame
    OWN          whether a photograph of such a chart can be measured by itself

Pictures are linear sRGB light, as the picture's own encoding says it; 1 = white.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import DataError, Frame
from isp.core.chain import nearest


@dataclass(frozen=True)
class Measure:
    """A number that is read off: its `unit`, whether "less" or "more" of it is better ("" where neither is, or zero is best), and what it says."""

    unit: str
    better: str
    says: str


@dataclass(frozen=True)
class Number:
    """A value of a measure; `part` says of which channel, direction or patch, "" of the whole. `error` is its standard error where that is known."""

    measure: str
    part: str
    value: float
    error: float | None = None


@dataclass(frozen=True)
class Curve:
    """A line in the plot `title`, whose axes are `across` and `up`, logarithmic where `log` names them. Those that are `main` are drawn when sensors and ISOs
    are compared, the others of a chart only when it stands alone."""

    title: str
    across: str
    up: str
    x: np.ndarray
    y: np.ndarray
    part: str = ""
    log: str = ""
    main: bool = True


@dataclass(frozen=True)
class Found:
    """What one shot says; `detail` are arrays that a page draws in the chart's own way."""

    numbers: list[Number]
    curves: list[Curve] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """One shot as a chart's measure gets it: `pictures` (rows, columns, 3) in linear sRGB light and the `raws` they came from, one a capture. Of a generated chart
    also `wanted`, the linear light over its white that a perfect camera sees, and the `values` it was drawn with. `corners` and `region` are where a person said
    the chart lies; a region is (rows, columns) as slices."""

    name: str
    pictures: list[np.ndarray]
    raws: list[Frame]
    wanted: np.ndarray | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    corners: Any = None
    region: tuple[slice, slice] | None = None

    @property
    def picture(self) -> np.ndarray:
        """The first picture, or the part of it that shows the chart."""
        return self.pictures[0][self.region or ...]

    @property
    def placed(self) -> bool:
        """Whether the chart lies in the picture as it was drawn: the pipeline has kept the size of the frame."""
        return self.wanted is not None and self.wanted.shape == self.pictures[0].shape

    def truth(self) -> np.ndarray:
        """What a perfect camera sees. Raises DataError for a photograph, and where the picture has another size."""
        if self.wanted is None:
            raise DataError(self.name, "what the chart looks like is not known", "measure it through a simulated sensor")
        if not self.placed:
            sizes = (" x ".join(map(str, p.shape[:2])) for p in (self.pictures[0], self.wanted))
            raise DataError(
                self.name,
                "the picture has {} pixels, the chart {}".format(*sizes),
                "leave out what crops, turns or resizes: it is compared pixel by pixel",
            )
        return self.wanted


@dataclass(frozen=True)
class Chart:
    """A file of this folder."""

    name: str
    shots: dict[str, dict[str, dict[str, Any]]]
    measures: dict[str, Measure]
    headlines: tuple[tuple[str, str], ...]
    measured: Callable[[Look], Found]
    repeated: bool
    quiet: bool
    field: str
    own: bool
    says: str


def names() -> tuple[str, ...]:
    """The names of all charts, in alphabetical order."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_")))


@functools.cache
def chart(name: str) -> Chart:
    """A chart by its name. Raises DataError with the nearest name when there is none."""
    if name not in names():
        raise DataError(name, "no such chart", nearest(name, names()) or f"known: {', '.join(names())}")
    module = import_module(f"{__name__}.{name}")
    return Chart(
        name=name,
        shots=module.SHOTS,
        measures=module.MEASURES,
        headlines=module.HEADLINES,
        measured=module.measured,
        repeated=getattr(module, "REPEATED", False),
        quiet=getattr(module, "QUIET", False),
        field=getattr(module, "FIELD", "middle"),
        own=getattr(module, "OWN", True),
        says=(module.__doc__ or "").split("\n\n")[0].replace("\n", " "),
    )
