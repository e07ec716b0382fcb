"""What a capture is of: the folder it lies in says so, or the person who calibrates does."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from isp.core import Cfa, DataError, Frame, IspError, Problem
from isp.ops import spectra

KINDS = {"darks": "dark", "flats": "flat", "stack_dark": "stack_dark", "stack_flat": "stack_flat", "edge": "edge", "chart": "chart"}
"""Kinds of captures, by the name of their folder. A chart's folder names its light as well: chart_D65, chart_5000K."""
FOLDERS = "darks, flats, stack_dark, stack_flat, edge, chart_D65, chart_A ..."
ASIDE = (".yaml", ".yml", ".json", ".txt", ".md", ".html", ".csv", ".jpg", ".jpeg", ".xmp")
"""Suffixes of files that lie beside captures."""

ONE_VALUE = "of its pixels have the value"
"""What the reader says of darks and of saturated flats, which here are as they should be."""


@dataclass(frozen=True)
class Capture:
    """A file, its kind (a value of KINDS), and the light that a chart stands in."""

    path: Path
    kind: str
    light: str = ""

    @property
    def name(self) -> str:
        """The file with its folder, as messages name it."""
        return f"{self.path.parent.name}/{self.path.name}" if self.path.parent.name else self.path.name


@dataclass(frozen=True)
class Raw:
    """What calibration needs of a raw file: linear numbers (rows, columns) and the settings, 0 where the file does not say them."""

    name: str
    pixels: np.ndarray
    frame: Frame
    iso: float
    time: float
    aperture: float

    @property
    def cfa(self) -> Cfa:
        """The mosaic; a sensor without filters has a tile of one clear site."""
        return self.frame.cfa or Cfa(("w",))

    @property
    def settings(self) -> tuple[float, float, float]:
        """What must agree for two captures to be alike."""
        return self.iso, self.time, self.aperture


def recognised(places: Sequence[Path | str], given: Mapping[str, Sequence[Path | str]] | None = None, light: str = "") -> list[Capture]:
    """The captures in folders and files, in the order of their names. `given` holds files by kind, whatever their folder; `light` is that of
    charts whose folder does not say it. Raises DataError with every file or folder that nothing is known of."""
    found: list[Capture] = []
    problems: list[Problem] = []
    for place in map(Path, places):
        if place.is_dir():
            folders = [place] if _kind(place.resolve().name) else sorted(p for p in place.iterdir() if p.is_dir() and _kind(p.name))
            files = [f for folder in folders for f in sorted(folder.iterdir()) if _is_capture(f)]
            if not files:
                problems.append(Problem(str(place), what="no captures in it", why=f"known folders are {FOLDERS}"))
        else:
            files = [place]
        for file in files:
            if not file.is_file():
                problems.append(Problem(str(file), what="no such file"))
            elif kind := _kind(file.resolve().parent.name):
                found.append(Capture(file, kind[0], kind[1] or light))
            else:
                problems.append(Problem(str(file), what="what it shows is not known", do=f"put it into one of {FOLDERS}, or name its kind"))
    for kind, files in (given or {}).items():
        for file in map(Path, files):
            found.append(Capture(file, kind, light if kind == "chart" else ""))
            if not file.is_file():
                problems.append(Problem(str(file), what="no such file"))
    for capture in found:
        if capture.kind == "chart":
            problems += _light_faults(capture)
    if problems:
        raise DataError(problems=problems)
    return list({c.path.resolve(): c for c in found}.values())


def _kind(folder: str) -> tuple[str, str] | None:
    """(kind, light) of a folder's name."""
    head, _, light = folder.partition("_")
    if head == "chart":
        return "chart", light
    return (KINDS[folder], "") if folder in KINDS else None


def _is_capture(file: Path) -> bool:
    return file.is_file() and not file.name.startswith(".") and file.suffix.lower() not in ASIDE


def _light_faults(capture: Capture) -> list[Problem]:
    if not capture.light:
        return [Problem(str(capture.path), what="the light of the chart is not known", do="say --illuminant, or name its folder chart_D65")]
    try:
        power_of(capture.light)
    except DataError as error:
        return [Problem(str(capture.path), what=p.what, why=p.why, do=p.do) for p in error.problems]
    return []


def power_of(light: str) -> np.ndarray:
    """The spectrum (bands of `spectra.GRID`) of a light by its name or temperature: D65, LED-B3, 5000K. Raises DataError."""
    if light in spectra.LIGHTS:
        return np.asarray(spectra.tables()[light], np.float64)
    try:
        kelvin = float(light.lower().removesuffix("k"))
        if not 1000 <= kelvin <= 25000:
            raise ValueError
    except ValueError:
        raise DataError(f"light {light}", "is not known", f"one of {', '.join(spectra.LIGHTS)}, or a temperature: 5000K") from None
    return np.asarray(spectra.daylight(kelvin, spectra.GRID) if kelvin >= 4000 else spectra.black_body(kelvin, spectra.GRID), np.float64)


class Reader:
    """Opens captures one after another, and gathers what is wrong with any of them: `raise_problems` tells all at once."""

    def __init__(self, total: int, trusted: bool = False, progress: Callable[[str, int, int], None] | None = None):
        self.trusted, self.total, self.done, self.progress = trusted, total, 0, progress
        self.first: Raw | None = None
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self.largest = 0.0

    def __call__(self, capture: Capture) -> Raw | None:
        """The capture; None where it cannot be used, which is then among the problems."""
        from isp.io import RawWarning, read

        if self.progress:
            self.progress(capture.name, self.done, self.total)
        self.done += 1
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", RawWarning)
                raw = _opened(capture, read(capture.path, trusted=self.trusted))
            self.warnings += [str(w.message) for w in caught if ONE_VALUE not in str(w.message)]
        except IspError as error:
            self.problems += error.at(capture.path).problems
            return None
        first = self.first = self.first or raw
        if raw.pixels.shape != first.pixels.shape or raw.cfa != first.cfa:
            (r, c), (rows, columns) = raw.pixels.shape, first.pixels.shape
            self.fault(
                capture.name,
                f"is {c} x {r} of {raw.cfa}, {first.name} is {columns} x {rows} of {first.cfa}",
                "calibrate one camera in one mode",
            )
            return None
        self.largest = max(self.largest, float(raw.pixels.max()))
        return raw

    def fault(self, name: str, why: str, do: str = "") -> None:
        """One more problem."""
        self.problems.append(Problem(what=name, why=why, do=do))

    def raise_problems(self) -> None:
        """Raise DataError with all problems, where there are any."""
        if self.problems:
            raise DataError(problems=self.problems)


def _opened(capture: Capture, frame: Frame) -> Raw:
    if np.ndim(frame.pixels) != 2 or not frame.domain.is_mosaic:
        raise DataError("no mosaic", f"pixels are {np.shape(frame.pixels)} in {frame.domain}", "calibration needs raw files")
    pixels = np.asarray(frame.pixels)
    if frame.linearisation is not None:
        pixels = np.asarray(frame.linearisation)[pixels]
    settings = [0.0 if (v := getattr(frame, name)) is None else float(f"{float(v):.6g}") for name in ("iso", "exposure_time", "aperture")]
    return Raw(capture.name, pixels, frame, *settings)
