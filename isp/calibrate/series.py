"""Flats and darks in pairs, level by level, each file read once: only statistics and a middle part of the darks are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from isp.calibrate.captures import Capture, Raw, Reader
from isp.evaluate.frames import Pair, Stack, pair, stack

WINDOWS = (1.0, 0.5, 0.25)
"""Shares of the frame's sides, about its middle, in which photon transfer is measured: the largest in which the light is even."""
LARGEST = 2048
"""Rows or columns of a window: more pixels say nothing more."""
KEPT, KEPT_SIDE = 16, 1024
"""Darks that are kept for their row noise and tails, and the side of their middle part."""
UNSTEADY = 0.02
"""Two captures of one setting whose means differ by more than this share were not taken in one light."""

Settings = tuple[float, float, float]


@dataclass
class Series:
    """All pairs of one ISO, by window: `levels` and `darks`; `frames` are middle parts of darks by exposure time; `files` the captures behind
    each setting."""

    levels: dict[float, list[Pair]] = field(default_factory=lambda: {w: [] for w in WINDOWS})
    darks: dict[float, list[Pair]] = field(default_factory=lambda: {w: [] for w in WINDOWS})
    frames: dict[float, list[np.ndarray]] = field(default_factory=lambda: defaultdict(list))
    files: dict[tuple[str, Settings], list[Capture]] = field(default_factory=lambda: defaultdict(list))


def gathered(captures: Sequence[Capture], read: Reader) -> dict[float, Series]:
    """The series of each ISO from flats and darks (kinds flat and dark). What is wrong is among the reader's problems."""
    found: dict[float, Series] = defaultdict(Series)
    waiting: dict[tuple[str, Settings], Raw] = {}
    for capture in captures:
        if (raw := read(capture)) is None:
            continue
        series, key = found[raw.iso], (capture.kind, raw.settings)
        series.files[key].append(capture)
        if capture.kind == "dark":
            keep(series, raw)
        if key not in waiting:
            waiting[key] = raw
        else:
            add_pair(series, capture.kind, waiting.pop(key), raw, read)
    for (kind, settings), raw in waiting.items():
        if len(found[raw.iso].files[kind, settings]) == 1:
            read.fault(raw.name, "is the only capture of its ISO and exposure time", "noise shows in repeats: take two or more of each")
    return found


def add_pair(series: Series, kind: str, one: Raw, two: Raw, read: Reader) -> None:
    """Two captures of one setting join the series."""
    tile = one.cfa.tile
    light = one.time / (one.aperture or 1.0) ** 2
    means = one.pixels.mean(), two.pixels.mean()
    black = 0.0 if one.frame.black is None else float(np.mean(one.frame.black))
    if kind == "flat" and abs(means[0] - means[1]) > UNSTEADY * max(min(means) - black, 0) + 1:
        read.fault(
            two.name,
            f"its mean is {means[1]:.5g}, that of {one.name} {means[0]:.5g}",
            "keep the light steady; take equal settings one after another",
        )
        return
    name = f"{one.name} and {two.name.rpartition('/')[2]}"
    where = series.levels if kind == "flat" else series.darks
    for window in WINDOWS:
        parts = [middle(raw.pixels, tile, window) for raw in (one, two)]
        if min(parts[0].shape) >= 16 * max(tile):
            where[window].append(pair(parts, tile, name=name, light=light, time=one.time))


def keep(series: Series, raw: Raw) -> None:
    """Keep the middle of a dark."""
    if len(series.frames[raw.time]) < KEPT:
        series.frames[raw.time].append(middle(raw.pixels, raw.cfa.tile, 1.0, KEPT_SIDE).copy())


def middle(pixels: np.ndarray, tile: tuple[int, int], share: float, largest: int = LARGEST) -> np.ndarray:
    """The middle of a mosaic, whole tiles."""
    cuts = []
    for size, n in zip(pixels.shape, tile, strict=True):
        length = min(int(size * share), largest) // n * n
        first = (size - length) // 2 // n * n
        cuts.append(slice(first, first + length))
    return pixels[tuple(cuts)]


def stacked(
    captures: Sequence[Capture], read: Reader, series: dict[float, Series] | None = None, name: str = ""
) -> tuple[Stack, Raw] | None:
    """The average of captures of one setting, and the first of them; None where there are not two. Darks of a stack join the `series` of
    their ISO: kept, and in pairs."""
    seen: list[Raw] = []

    def frames() -> Iterator[np.ndarray]:
        before: Raw | None = None
        for raw in _alike(captures, read):
            if not seen:
                seen.append(raw)
            if series is not None:
                of = series.setdefault(raw.iso, Series())
                keep(of, raw)
                if before is not None:
                    add_pair(of, "dark", before, raw, read)
                before = None if before is not None else raw
            yield raw.pixels

    if len(captures) < 2:
        return None
    faults = len(read.problems)
    whole = frames()
    first = next(whole, None)
    if first is None or len(read.problems) > faults:
        return None
    made = stack(_chained(first, whole), seen[0].cfa.tile, name=name or captures[0].name)
    return made, seen[0]


def _chained(first: np.ndarray, rest: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    yield first
    yield from rest


def _alike(captures: Sequence[Capture], read: Reader) -> Iterator[Raw]:
    first: Raw | None = None
    for capture in captures:
        if (raw := read(capture)) is None:
            continue
        first = first or raw
        if raw.settings != first.settings:
            read.fault(raw.name, f"its settings differ from those of {first.name}", "a stack is captures of one ISO, time and aperture")
            continue
        yield raw


def joined(planes: np.ndarray, tile: tuple[int, int]) -> np.ndarray:
    """Planes (phases, rows, columns) as a mosaic again."""
    _, rows, columns = planes.shape
    return planes.reshape(*tile, rows, columns).transpose(2, 0, 3, 1).reshape(rows * tile[0], columns * tile[1])
