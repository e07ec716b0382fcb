"""The whole of a calibration: every capture read once, everything measured that they can say, everything told that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from isp.calibrate.captures import Capture, Raw, Reader
from isp.calibrate.colour import Colour, colour_of
from isp.calibrate.sensor import SATURATED, AtIso, Pattern, at_iso, falloff, falls, pattern, saturated
from isp.calibrate.series import Series, gathered, stacked
from isp.calibrate.sharpness import Region, Sharpness, sharpness_of
from isp.core import DataError, IspError
from isp.evaluate.chart.checker import Corners
from isp.evaluate.dark_noise import PowerLaw, against_iso
from isp.evaluate.frames import Stack, split
from isp.evaluate.shading_fit import Mesh


@dataclass(frozen=True)
class Calibration:
    """What was measured, None or empty where the captures do not say it. `camera` is one of the captures, for its facts; `largest` the
    greatest number seen; `isos` in rising order."""

    camera: Raw
    largest: float
    isos: tuple[AtIso, ...] = ()
    pattern: Pattern | None = None
    mesh: Mesh | None = None
    flats: int = 0
    colours: tuple[Colour, ...] = ()
    edges: tuple[Sharpness, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def base(self) -> AtIso | None:
        """The lowest ISO, where the well decides and not the converter."""
        return self.isos[0] if self.isos else None

    def over_iso(self, what: str) -> PowerLaw | None:
        """`gain` or `read` of an ISO as a power of it; None with fewer than two."""
        if len(self.isos) < 2 or any(at.iso <= 0 for at in self.isos):
            return None
        values = [float(getattr(at, what).value) for at in self.isos]
        return against_iso([at.iso for at in self.isos], values) if min(values) > 0 else None


def calibrate(
    captures: Sequence[Capture],
    *,
    corners: Corners | None = None,
    region: Region | None = None,
    trusted: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Calibration:
    """Measure a camera. `corners` are the middles of a chart's corner patches (x, y), `region` the part of edge captures that holds the edge;
    `trusted` decodes raw files in this process; `progress(name, done, total)` is told of each file. Raises DataError with all problems."""
    kinds = {kind: [c for c in captures if c.kind == kind] for kind in ("flat", "dark", "stack_flat", "stack_dark", "chart", "edge")}
    read = Reader(len(captures), trusted, progress)
    charts, edges = _charts(kinds["chart"], read), [raw for c in kinds["edge"] if (raw := read(c))]
    series = gathered([*kinds["flat"], *kinds["dark"]], read)
    darks = _tried(
        read, lambda: stacked(kinds["stack_dark"] or _most(series, "dark"), read, series if kinds["stack_dark"] else None, "stack of darks")
    )
    flats = _tried(read, lambda: stacked(kinds["stack_flat"] or _half(series), read, name="stack of flats"))
    if flats and (high := saturated(flats[1])) > SATURATED:
        read.fault(flats[1].name, f"saturated in {high:.0%} of its sites", "a stack of flats is taken at about half of saturation")
    read.raise_problems()
    if read.first is None:
        raise DataError("no captures", "", "name folders or files")
    tile = read.first.cfa.tile
    isos = tuple(
        at for iso in sorted(series) if series[iso].levels[1.0] and (at := _tried(read, lambda iso=iso: at_iso(iso, series[iso], tile)))
    )
    made = Calibration(read.first, read.largest, isos)
    black = _black(made, darks)
    if darks and isos:
        at = next((a for a in isos if a.iso == darks[1].iso), None)
        if at is None:
            read.fault(darks[1].name, f"the stack is of ISO {darks[1].iso:g}, of which there are no flats", "take it at the base ISO")
        else:
            lit = flats if flats and flats[1].iso == at.iso else None
            made = replace(made, pattern=_tried(read, lambda: pattern(darks[0], lit, at, tile, darks[1].time)))
    if flats and black is not None:
        made = replace(made, mesh=_tried(read, lambda: falloff(flats[0], black, tile)), flats=flats[0].count)
    even = None if made.mesh is None or not falls(made.mesh) else made.mesh
    made = replace(
        made,
        colours=tuple(
            c
            for raw, light in charts
            if (c := _tried(read, lambda raw=raw, light=light: colour_of(raw, planes(raw, black, even), light, corners)))
        ),
        edges=tuple(e for raw in edges if (e := _tried(read, lambda raw=raw: sharpness_of(raw, planes(raw, black, even), region)))),
    )
    read.raise_problems()
    return replace(made, warnings=(*read.warnings, *_doubts(made), *(w for c in made.colours for w in c.warnings)))


def planes(raw: Raw, black: np.ndarray | None, mesh: Mesh | None) -> np.ndarray:
    """The phases (phases, rows, columns) of a capture, above black and with its falloff undone. Raises DataError where black is not known."""
    if black is None:
        if raw.frame.black is None:
            raise DataError(raw.name, "its black is not known", "give darks, or a sidecar that says it")
        black = np.asarray(raw.frame.black, np.float64)
    above = split(raw.pixels, raw.cfa.tile) - np.broadcast_to(black, (len(raw.cfa.sites),))[:, None, None]
    if mesh is None:
        return above
    rows, columns = ((np.arange(n) + 0.5) / n for n in above.shape[1:])
    return above * mesh.at(rows, columns)


def _tried(read: Reader, call: Callable[[], Any]) -> Any:
    """What a call gives; None where it fails, which is then among the problems."""
    try:
        return call()
    except IspError as error:
        read.problems += error.problems
        return None


def _black(made: Calibration, darks: tuple[Stack, Raw] | None) -> np.ndarray | None:
    if darks:
        return darks[0].mean.mean((1, 2))
    if made.base:
        return made.base.transfer.black.value
    stated = made.camera.frame.black
    return None if stated is None else np.broadcast_to(np.asarray(stated, np.float64), (len(made.camera.cfa.sites),))


def _most(series: dict[float, Series], kind: str) -> list[Capture]:
    """The largest set of captures of a kind at one setting, of the lowest ISO and the shortest time."""
    sets = [(len(files), -s[0], -s[1], files) for of in series.values() for (k, s), files in of.files.items() if k == kind]
    return max(sets, key=lambda s: s[:3])[3] if sets else []


def _half(series: dict[float, Series]) -> list[Capture]:
    """The flats of the lowest ISO that are nearest to half of the brightest."""
    known = [iso for iso in sorted(series) if series[iso].levels[1.0]]
    if not known:
        return []
    of = series[known[0]]
    top = max(of.levels[1.0], key=lambda p: float(p.variance.value.mean()))
    base = of.darks[1.0][0].mean.value.mean() if of.darks[1.0] else 0.0
    near = min(of.levels[1.0], key=lambda p: abs(float(p.mean.value.mean() - base) - float(top.mean.value.mean() - base) / 2))
    sets = [files for (k, s), files in of.files.items() if k == "flat" and s[1] == near.time]
    return max(sets, key=len) if sets else []


def _charts(captures: Sequence[Capture], read: Reader) -> list[tuple[Raw, str]]:
    """Charts by light, captures of one light averaged."""
    found: dict[str, list[Raw]] = {}
    for capture in captures:
        if raw := read(capture):
            found.setdefault(capture.light, []).append(raw)
    return [
        (raws[0] if len(raws) == 1 else replace(raws[0], pixels=np.mean([r.pixels for r in raws], 0)), light)
        for light, raws in found.items()
    ]


def _doubts(made: Calibration) -> list[str]:
    told = []
    for at in made.isos:
        if not at.transfer.reached.all():
            told.append(f"ISO {at.iso:g}: no flat saturates; the full well is what the light reached")
        if np.any(at.transfer.misfit > 3):
            told.append(
                f"ISO {at.iso:g}: photon transfer is no straight line (misfit {at.transfer.misfit.max():.1f}): is the light steady?"
            )
        if at.window < 1:
            told.append(f"ISO {at.iso:g}: measured in the middle {at.window:.0%} of the sides, where the light is even")
    return told
