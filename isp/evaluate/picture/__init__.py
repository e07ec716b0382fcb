"""How one picture differs from another: a number, the map of where it comes from, with gradients.

A metric is a file here, and its name is the file's: `metric("ssim")` is `isp/evaluate/picture/ssim.py`. It holds

    NAME(made, wanted, *, ...)     the number (), from two arrays (rows, columns, 3) of one of its domains
    sites(made, wanted, *, ...)    where it has one, the map whose mean is the number, (rows, columns) or what of it the windows leave
    DOMAINS                        domains of `isp.evaluate.view` that it speaks of, the usual one first
    UNIT, BETTER                   the unit of the number, and whether "more" or "less" of it is better

Everything is JAX, and differentiable except where said. `PAPERS` are the keys of the definitions that are followed. Metrics of charts are in
`isp.evaluate.chart`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from isp.core import DataError, Frame
from isp.core.chain import nearest
from isp.core.compile import compiled
from isp.core.planes import Array
from isp.evaluate.view import view


@dataclass(frozen=True)
class Metric:
    """A file of this folder. `options` are the keywords that it takes, with their defaults; `says` is the first paragraph of its words."""

    name: str
    unit: str
    better: str
    domains: tuple[str, ...]
    options: dict[str, Any]
    papers: tuple[str, ...]
    says: str
    has_map: bool

    def __call__(self, made: Frame | Array, wanted: Frame | Array, *, domain: str = "", **options: Any) -> Array:
        """The number () of two frames, seen in `domain` (left out: the first of `domains`), or of two arrays that are in it already.

        Compiled once for each size and each set of options. Raises DataError for pictures of unlike sizes, for a domain that the metric
        doesn't speak of and for options that it hasn't.
        """
        pair = self._pair(made, wanted, domain, options)
        return _program(self.name, self.name, tuple(options.items()))(*pair)

    def sites(self, made: Frame | Array, wanted: Frame | Array, *, domain: str = "", **options: Any) -> Array:
        """The map (rows, columns) behind the number; where windows lie inside the picture it is smaller, by as much on each side. Raises
        DataError as the number does, and for a metric that has no map."""
        if not self.has_map:
            raise DataError(self.name, "has no map", f"one of {', '.join(n for n in names() if metric(n).has_map)}")
        pair = self._pair(made, wanted, domain, options)
        return _program(self.name, "sites", tuple(options.items()))(*pair)

    def _pair(self, made: Frame | Array, wanted: Frame | Array, domain: str, options: dict[str, Any]) -> list[Array]:
        if domain and domain not in self.domains:
            raise DataError(self.name, f"does not speak of {domain} pictures", f"one of {', '.join(self.domains)}")
        if unknown := [word for word in options if word not in self.options]:
            raise DataError(self.name, f"has no option {', '.join(unknown)}", f"it has {', '.join(self.options) or 'none'}")
        pair = [view(p, domain or self.domains[0]) if isinstance(p, Frame) else p for p in (made, wanted)]
        if pair[0].shape != pair[1].shape or len(pair[0].shape) != 3 or pair[0].shape[-1] != 3:
            raise DataError(
                self.name, f"pictures are {_size(pair[0])} and {_size(pair[1])}", "compare pictures of one size with three colours"
            )
        return pair


def names() -> tuple[str, ...]:
    """The names of all metrics, in alphabetical order."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_")))


@functools.cache
def metric(name: str) -> Metric:
    """A metric by its name. Raises DataError with the nearest name when there is none."""
    if name not in names():
        raise DataError(name, "no such metric", nearest(name, names()) or f"known: {', '.join(names())}")
    module = import_module(f"{__name__}.{name}")
    body = getattr(module, name)
    options = {p.name: p.default for p in inspect.signature(body).parameters.values() if p.kind is p.KEYWORD_ONLY}
    return Metric(
        name=name,
        unit=module.UNIT,
        better=module.BETTER,
        domains=module.DOMAINS,
        options=options,
        papers=getattr(module, "PAPERS", ()),
        says=" ".join(inspect.getdoc(body).split("\n\n")[0].split()),
        has_map=hasattr(module, "sites"),
    )


@functools.cache
def _program(name: str, function: str, options: tuple[tuple[str, Any], ...]) -> Callable[..., Array]:
    body = getattr(import_module(f"{__name__}.{name}"), function)
    return compiled(functools.partial(body, **dict(options)))


def metrics() -> dict[str, Metric]:
    """All metrics by name."""
    return {name: metric(name) for name in names()}


def _size(picture: Array) -> str:
    return " x ".join(map(str, picture.shape))
