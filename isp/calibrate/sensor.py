"""The sensor in the dark and in even light: gain, noise and well at each ISO; pattern, defects and falloff of the die."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from isp.calibrate.captures import Raw
from isp.calibrate.series import LARGEST, WINDOWS, Series, joined, middle
from isp.core import DataError
from isp.evaluate.dark_noise import TemporalParts, temporal_parts
from isp.evaluate.defects import Defects, defects
from isp.evaluate.frames import Pair, Stack
from isp.evaluate.measured import Measured
from isp.evaluate.nonuniformity import Split, nonuniformity
from isp.evaluate.photon_transfer import EVENNESS, PhotonTransfer, photon_transfer
from isp.evaluate.shading_fit import MESH, PARTS, Mesh, gain_mesh
from isp.evaluate.tails import Tail, tail_of_stack

STEP_VARIANCE = 1 / 12
"""What rounding to whole numbers adds to a variance, DN^2."""
ENOUGH = 4
"""So many darks of one exposure say enough of a reading: of those sets the shortest exposure counts, else the largest set."""
LEAKED = 0.1
"""With more than this share of the noise of darks due to dark current, they say nothing of the tails of a reading."""
FLATTEN = 6
"""Degree of the polynomial that is divided out of a flat that is not even, before its pattern is measured."""
TAIL_SIDE = 512
"""Side of the part of darks whose tails are fitted."""
LEAST_PART = 4
"""The least side, in sites of a phase, of the parts to whose means a mesh of gains is fitted."""
SATURATED = 1e-3
"""A flat or a patch with more than this share of its sites at white is saturated."""


@dataclass(frozen=True)
class AtIso:
    """One ISO: photon transfer in a `window` (share of the sides), and, in e-, the noise of a reading: `read` of each pixel, `row` and
    `column` shared; `tail` its shape, None where the darks are too few. `gain` and `full_well` are means over the filters' phases, `dark_time` the
    exposure of the darks whose mean is `transfer.black`."""

    iso: float
    window: float
    levels: tuple[Pair, ...]
    transfer: PhotonTransfer
    gain: Measured
    full_well: Measured
    read: Measured
    row: Measured
    column: Measured
    tail: Tail | None
    parts: TemporalParts
    frames: int
    dark_time: float


def at_iso(iso: float, series: Series, tile: tuple[int, int]) -> AtIso:
    """What the series of one ISO says. Raises DataError, as `isp.evaluate.photon_transfer` does."""
    if not series.levels[1.0] or not series.darks[1.0]:
        lacks = "flats" if not series.levels[1.0] else "darks"
        raise DataError(
            f"ISO {iso:g}", f"has no pair of {lacks}", "take flats at rising exposure times and darks, two of each, at every ISO"
        )
    window = _window(series)
    levels, darks = series.levels[window], series.darks[window]
    if len({p.light for p in levels}) < 2:
        levels = [Pair(p.name, np.nan, p.time, p.shape, p.mean, p.variance, p.spread) for p in levels]
    transfer = photon_transfer(levels, darks)
    time, kept = max(series.frames.items(), key=lambda item: (min(len(item[1]), ENOUGH), -item[0]))
    parts = temporal_parts(kept, tile)
    gain = transfer.gain.pooled
    variance = Measured(parts.pixel.value**2 - STEP_VARIANCE, 2 * parts.pixel.value * parts.pixel.error)
    leaked = _leaked(transfer, time)
    quiet = Measured(np.maximum(variance.value - leaked.value, 0), np.hypot(variance.error, leaked.error)).root
    own = bool(np.all(leaked.value < LEAKED * variance.value))
    return AtIso(
        iso, window, tuple(sorted(levels, key=lambda p: float(p.mean.value.mean()))), transfer, gain,
        _together(transfer.full_well), quiet.pooled.over(gain), parts.row.over(gain), parts.column.over(gain),
        _tail(kept, tile, parts) if len(kept) > 2 and own else None, parts, 2 * len(levels) + 2 * len(darks),
        min(p.time for p in darks),
    )  # fmt: skip


def _window(series: Series) -> float:
    """The largest window in which the light of the middle level is even; the smallest that there is where none is."""
    usable = [w for w in WINDOWS if series.levels[w]]
    for window in usable:
        levels, dark = series.levels[window], series.darks[window][0].mean.value
        signal = [p.mean.value - dark for p in levels]
        half = max(s.max() for s in signal) / 2
        k = int(np.argmin([abs(s.max() - half) for s in signal]))
        if np.all(levels[k].spread <= EVENNESS * np.maximum(signal[k], 1e-9)):
            return window
    return usable[-1]


def _leaked(transfer: PhotonTransfer, time: float) -> Measured:
    """The shot noise of dark current in darks of some time, DN^2 (phases,): it is no part of a reading's noise."""
    if transfer.dark_current is None:
        return Measured(np.zeros_like(transfer.gain.value), np.array(0.0))
    electrons = Measured(np.maximum(transfer.dark_current.value, 0) * time, transfer.dark_current.error * time)
    return electrons.times(transfer.gain).times(transfer.gain)


def _tail(frames: Sequence[np.ndarray], tile: tuple[int, int], parts: TemporalParts) -> Tail | None:
    """The shape of the tails, over all phases; what rows share is taken off where there is any."""
    cut = np.stack([middle(f, tile, 1.0, TAIL_SIDE) for f in frames]).astype(np.float64)
    if parts.row.value > 3 * parts.row.error:
        fixed = cut.mean(0)
        cut = cut - (cut - fixed).mean(2, keepdims=True)
    # The phases differ in their black only, which goes with the mean of the stack.
    return tail_of_stack(cut)


def _together(value: Measured) -> Measured:
    """The mean over phases, with no less error than their scatter says."""
    pooled = value.pooled
    scatter = value.value.std(ddof=1) / np.sqrt(value.value.size) if value.value.size > 1 else 0.0
    return Measured(pooled.value, max(float(pooled.error), scatter))


# ---------------------------------------------------------------------- pattern
@dataclass(frozen=True)
class Pattern:
    """The die: `dsnu` in e- and `prnu` in %, parts and total, means over phases; its defects with their dark excess in e-."""

    dsnu: Split
    prnu: Split | None
    defects: Defects
    hot_excess: np.ndarray
    sites: int
    count: int
    time: float


def pattern(dark: Stack, flat: tuple[Stack, Raw] | None, at: AtIso, tile: tuple[int, int], time: float) -> Pattern:
    """Pattern and defects from stacks of darks (s of exposure: `time`) and flats. Defects do not count as pattern.

    Noise that rows share from frame to frame is left in the average as if it were a pattern of rows, and its variance is taken from the
    pixels where it is not: both are set right here, by what `at` knows of it."""
    mosaic = joined(dark.mean, tile)
    listed = defects(mosaic, None if flat is None else joined(flat[0].mean, tile), tile)
    around = [float(np.median(plane)) for plane in dark.mean]
    hot = listed.sites[listed.kinds == "hot"]
    excess = np.array([mosaic[r, c] - around[(r % tile[0]) * tile[1] + c % tile[1]] for r, c in hot]) / at.gain.value
    dark = _cut(_mended(dark, listed, tile), tile, 1.0)
    lit = dark if flat is None else _cut(_mended(flat[0], listed, tile), tile, 1.0)
    if flat is None:
        lit = Stack(dark.name, dark.count, dark.mean + 1e6, dark.variance)
    found = nonuniformity(dark, lit, flatten=0 if flat is None or _even(lit, dark) else FLATTEN)
    shared = Measured(at.parts.row.value**2 / dark.count, 2 * at.parts.row.value * at.parts.row.error / dark.count)
    split = Split(found.dsnu.total, _moved(found.dsnu.row, shared, -1), found.dsnu.column, _moved(found.dsnu.pixel, shared, 1))
    dsnu = _pooled(split.over(at.transfer.gain))
    prnu = None if flat is None else _pooled(found.prnu.over(Measured(np.array(0.01), np.array(0.0))))
    return Pattern(dsnu, prnu, listed, excess, mosaic.size, dark.count, time)


def _moved(part: Measured, by: Measured, sign: int) -> Measured:
    return Measured(np.maximum(part.value**2 + sign * by.value, 0), np.hypot(2 * part.value * part.error, by.error)).root


def _pooled(split: Split) -> Split:
    return Split(*(getattr(split, part).pooled for part in ("total", "row", "column", "pixel")))


def _mended(stack: Stack, listed: Defects, tile: tuple[int, int]) -> Stack:
    """The stack with its defects at the mean of their phase."""
    mean = stack.mean.copy()
    for row, column in listed.sites:
        phase = (row % tile[0]) * tile[1] + column % tile[1]
        mean[phase, row // tile[0], column // tile[1]] = np.median(stack.mean[phase])
    return Stack(stack.name, stack.count, mean, stack.variance)


def _cut(stack: Stack, tile: tuple[int, int], share: float) -> Stack:
    return Stack(stack.name, stack.count, np.stack([middle(p, (1, 1), share, LARGEST // tile[0]) for p in stack.mean]), stack.variance)


def _even(flat: Stack, dark: Stack) -> bool:
    signal = flat.mean - dark.mean
    parts = np.array([[b.mean() for r in np.array_split(p, 8) for b in np.array_split(r, 8, 1)] for p in signal])
    return bool(np.all(np.ptp(parts, axis=1) <= EVENNESS * signal.mean((1, 2))))


# ---------------------------------------------------------------------- falloff
def falloff(flat: Stack, black: np.ndarray, tile: tuple[int, int]) -> Mesh | None:
    """The mesh of gains of a stack of flats; smaller than 13 x 17 for small frames, None for tiny ones."""
    mesh = _points(flat.mean.shape[1], MESH[0]), _points(flat.mean.shape[2], MESH[1])
    return None if min(mesh) < 3 else gain_mesh(joined(flat.mean, tile), tile, black=black, mesh=mesh)


def _points(size: int, most: int) -> int:
    """So many mesh points that parts of four sites or more fill the side with little left over, at most `most`."""
    upper = min(most - 1, size // (PARTS * LEAST_PART))
    counts = range(max(upper // 2, 2), upper + 1)
    left = {n: size - size // (PARTS * n) * PARTS * n for n in counts}
    return 1 + max((n for n in counts if left[n] <= 0.02 * size), default=min(counts, key=left.__getitem__, default=0))


def falls(mesh: Mesh) -> bool:
    """Whether a mesh says more than its noise: its spread over the frame is 0.3 % and three errors at least."""
    noise = np.sqrt(np.mean(mesh.gains.error**2) / len(mesh.gains.value))
    return float(mesh.gains.value.mean(0).std()) > max(0.003, 3 * float(noise))


def saturated(raw: Raw) -> float:
    """The share of sites that are at white."""
    if raw.frame.white is None:
        return 0.0
    return float(np.mean(raw.pixels >= 0.995 * float(np.min(np.asarray(raw.frame.white)))))
