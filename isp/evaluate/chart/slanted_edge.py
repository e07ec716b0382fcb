"""Sharpness from a slanted edge: the spatial frequency response (e-SFR of ISO 12233) and what is read off it.

A straight edge, a few degrees off the grid, samples its own profile at many sub-pixel distances. The profile (ESF) is gathered in bins of
1/8 pixel along the edge's normal, differentiated (LSF), windowed and transformed. Frequencies are cycles per pixel across the edge, which
is what the cosine of the slope in the standard corrects for. Also undone are the known responses of the 3-point derivative and of a bin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.measured import Measured, least_squares

PAPERS = ("iso12233",)

ANGLES = (1.5, 20.0)
"""Degrees off the grid between which a profile is sampled evenly; the standard asks for 5."""
CONTRAST = 5.0
"""The least step of an edge, in deviations of the noise."""


@dataclass(frozen=True)
class EdgeResponse:
    """`sfr` over `frequency` (cycles a pixel), both (n,); `angle` degrees off the grid, either way.

    mtf50 and mtf10 are where the response first falls to 0.5 and 0.1, mtf50p to half of its peak; NaN where it does not. `overshoot` and
    `undershoot` are shares of the step; `distance` (pixels) and `profile` the ESF from dark (0) to bright (1); `levels` (2,) the dark and
    the bright side; `straightness` the r.m.s. distance in pixels of the rows' edges from the fitted line; `place` the column in pixels of
    the plane at which the edge crosses its middle row, or where it is `lying` the row at which it crosses the middle column.
    """

    frequency: np.ndarray
    sfr: Measured
    mtf50: Measured
    mtf50p: Measured
    mtf10: Measured
    angle: Measured
    overshoot: float
    undershoot: float
    distance: np.ndarray
    profile: np.ndarray
    levels: np.ndarray
    straightness: float
    place: float
    lying: bool


def slanted_edge(
    plane: np.ndarray, *, oversampling: int = 8, degree: int = 1, pitch: float = 1.0, reach: float | None = None
) -> EdgeResponse:
    """The response across the one edge of a linear plane (rows, columns), upright or lying, dark to bright or the other way.

    `degree` of the edge's curve: 1, or up to 5 for lenses that bend it (ISO 12233:2023). `pitch` is 2 for one phase plane of a Bayer
    mosaic, so that frequencies stay those of the sensor's pixels. `reach` is the half width in pixels of the plane of a Tukey window that
    is flat to its half; left out, it is 16 or eight times the deviation of the line spread, whichever is more, because farther out there
    is noise only. Light scattered farther than that takes a wider one. Errors contain the noise, not the departure of the edge from its
    fitted curve. Raises DataError where there is no edge, or its angle is outside 1.5 to 20 degrees.
    """
    upright, lying, mirrored = _upright(np.asarray(plane, np.float64))
    rows = np.arange(upright.shape[0])
    crossing = _crossings(upright)
    middle, half = rows.mean(), max(rows.mean(), 1.0)
    columns = np.polynomial.polynomial.polyvander((rows - middle) / half, degree)
    line = least_squares(columns, crossing)
    slope, fitted = np.polynomial.Polynomial(line.coefficients).deriv()((rows - middle) / half) / half, columns @ line.coefficients
    angle = Measured(abs(np.degrees(np.arctan(line.coefficients[1] / half))), np.degrees(line[1].error / half))
    _check(upright, float(angle.value), lying)
    used = _whole_steps(abs(line.coefficients[1] / half), rows.size)
    away = (np.arange(upright.shape[1]) - fitted[used, None]) / np.hypot(1, slope[used, None])
    distance, profile, variance = _profile(away.ravel(), upright[used].ravel(), oversampling)
    frequency = np.arange(1, int(distance.size / oversampling) + 1) * oversampling / distance.size
    frequency = np.concatenate([[0.0], frequency])
    side = max(distance.size // 8, 1)
    levels = np.array([np.mean(profile[:side]), np.mean(profile[-side:])])
    unit = (profile - levels[0]) / (levels[1] - levels[0])
    deviation = np.sqrt(np.pi) * np.sum(np.maximum(unit * (1 - unit), 0)[np.abs(distance) < distance[-1] / 2]) / oversampling
    taper = tukey(distance / (2 * (reach or min(max(16.0, 8 * deviation), distance[-1]))))
    sfr, spread = _response(distance, profile, variance, frequency, oversampling, taper)
    peak = float(sfr.max())
    return EdgeResponse(
        frequency=frequency / pitch,
        sfr=Measured(sfr, np.sqrt(np.maximum(np.diag(spread), 0))),
        mtf50=_falls(frequency / pitch, sfr, spread, 0.5),
        mtf50p=_falls(frequency / pitch, sfr, spread, 0.5 * peak),
        mtf10=_falls(frequency / pitch, sfr, spread, 0.1),
        angle=angle,
        overshoot=max(float(unit.max()) - 1, 0.0),
        undershoot=max(-float(unit.min()), 0.0),
        distance=distance * pitch,
        profile=unit,
        levels=levels,
        straightness=float(np.sqrt(np.mean((crossing - fitted) ** 2))),
        place=float(upright.shape[1] - 1 - line.coefficients[0] if mirrored else line.coefficients[0]),
        lying=lying,
    )


def _upright(plane: np.ndarray) -> tuple[np.ndarray, bool, bool]:
    """The plane turned so that its edge runs down, dark on the left; whether it was lying, and whether dark lay on the other side."""
    if plane.ndim != 2 or min(plane.shape) < 16 or not np.isfinite(plane).all():
        raise DataError("slanted edge", f"needs 16 x 16 finite numbers or more, not {plane.shape}")
    across, down = (np.abs(np.mean(np.diff(plane, axis=axis))) * plane.shape[axis] for axis in (1, 0))
    lying = bool(down > across)
    plane = plane.T if lying else plane
    side = plane.shape[1] // 4
    mirrored = bool(plane[:, :side].mean() > plane[:, -side:].mean())
    return (plane[:, ::-1] if mirrored else plane), lying, mirrored


def _crossings(plane: np.ndarray) -> np.ndarray:
    """The column of the edge in each row: the centroid of the derivative, windowed (Hamming) about where the line before put it."""
    slope = (plane[:, 2:] - plane[:, :-2]) / 2
    places = np.arange(1, plane.shape[1] - 1, dtype=np.float64)
    rows = np.arange(len(plane))
    centre = np.full(len(plane), places.mean())
    for width in (2 * places.size, places.size / 2, min(places.size / 4, 24), min(places.size / 4, 24)):
        off = (places - centre[:, None]) / width
        weights = np.where(np.abs(off) < 0.5, 0.54 + 0.46 * np.cos(2 * np.pi * off), 0) * slope
        total = weights.sum(1)
        found = np.where(np.abs(total) > 1e-12, (weights * places).sum(1) / np.where(np.abs(total) > 1e-12, total, 1), centre)
        found = np.clip(found, 0, plane.shape[1] - 1)
        keep = np.abs(found - np.median(found)) < plane.shape[1]
        centre = np.polyval(np.polyfit(rows[keep], found[keep], 1), rows)
    return found


def _check(plane: np.ndarray, angle: float, lying: bool) -> None:
    side = max(plane.shape[1] // 8, 2)
    step = plane[:, -side:].mean() - plane[:, :side].mean()
    noise = np.diff(plane[:, :side], axis=1).std() / np.sqrt(2)
    if step <= CONTRAST * noise or step <= 0:
        raise DataError(
            "slanted edge", f"its step of {step:.3g} does not stand out of the noise of {noise:.3g}", "cut a region with one edge in it"
        )
    if not ANGLES[0] <= angle <= ANGLES[1]:
        which = "lying" if lying else "upright"
        raise DataError(
            "slanted edge",
            f"the {which} edge is {angle:.1f} degrees off the grid, not {ANGLES[0]} to {ANGLES[1]}",
            "turn the chart by 5 degrees",
        )


def _whole_steps(slope: float, rows: int) -> slice:
    """As many rows as carry the edge over whole columns, about the middle, so that each sub-pixel distance comes equally often."""
    whole = int(np.floor(rows * slope))
    count = min(round(whole / slope), rows) if whole else rows
    first = (rows - count) // 2
    return slice(first, first + count)


def _profile(away: np.ndarray, values: np.ndarray, oversampling: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(distance, ESF, its variance) in bins of 1/oversampling, as far as both sides of the edge are seen by every row.

    The variance is that of the values about the profile, drawn straight from bin to bin, over the count in the bin.
    """
    reach = np.floor(min(-np.percentile(away, 1), np.percentile(away, 99)) * oversampling)
    index = np.rint(away * oversampling).astype(np.int64) + int(reach)
    inside = (index >= 0) & (index <= 2 * reach)
    index, values, away = index[inside], values[inside], away[inside]
    size = int(2 * reach) + 1
    count = np.bincount(index, minlength=size)
    distance = (np.arange(size) - reach) / oversampling
    mean = np.bincount(index, values, size) / np.maximum(count, 1)
    if (empty := count == 0).any():
        mean[empty] = np.interp(distance[empty], distance[~empty], mean[~empty])
    # The samples of a bin lie about their own middle, not about the bin's: the rows visit few distances.
    lean = np.bincount(index, away, size) / np.maximum(count, 1) - distance
    mean = mean - np.where(count > 0, lean, 0) * np.gradient(mean, distance)
    off = values - np.interp(away, distance, mean)
    smooth = np.ones(4 * oversampling + 1)
    freedom = np.convolve(np.maximum(count - 1, 0), smooth, "same")
    variance = np.convolve(np.bincount(index, off**2, size), smooth, "same") / np.maximum(freedom, 1)
    return distance, mean, variance / np.maximum(count, 1)


def _response(
    distance: np.ndarray, profile: np.ndarray, variance: np.ndarray, frequency: np.ndarray, oversampling: int, taper: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(SFR, covariance): |sum of window x derivative x exp| over its value at 0, over the derivative's and the bin's responses."""
    derivative = np.zeros_like(profile)
    derivative[1:-1] = (profile[2:] - profile[:-2]) / 2
    waves = taper * np.exp(-2j * np.pi * frequency[:, None] * distance)
    complex_sfr = waves @ derivative
    undo = np.sinc(2 * frequency / oversampling) * np.sinc(frequency / oversampling)
    # Each bin's noise reaches the response through the derivative (two neighbours), the phase of the response, and its value at zero.
    to_bins = np.zeros_like(waves)
    to_bins[:, 2:] += waves[:, 1:-1] / 2
    to_bins[:, :-2] -= waves[:, 1:-1] / 2
    size = np.abs(complex_sfr)
    direct = np.real(np.conj(complex_sfr / size)[:, None] * to_bins)
    sfr = size / size[0]
    pull = (direct - sfr[:, None] * direct[0]) / size[0] / undo[:, None]
    return sfr / undo, (pull * variance) @ pull.T


def tukey(place: np.ndarray, share: float = 0.5) -> np.ndarray:
    """Tukey's window over -1/2 to 1/2, of which `share` is tapered: 1 is Hann's, 0 a box."""
    edge = np.clip((np.abs(place) - (1 - share) / 2) / max(share / 2, 1e-9), 0, 1)
    return (1 + np.cos(np.pi * edge)) / 2


def _falls(frequency: np.ndarray, sfr: np.ndarray, spread: np.ndarray, level: float) -> Measured:
    """Where the response first falls to a level, drawn straight between frequencies; NaN where it stays above."""
    peak = int(np.argmax(sfr)) if level < sfr[0] else 0
    below = np.flatnonzero(sfr[peak:] <= level)
    if below.size == 0 or below[0] + peak == 0:
        return Measured(np.array(np.nan), np.array(np.nan))
    k = int(below[0]) + peak
    slope = (sfr[k] - sfr[k - 1]) / (frequency[k] - frequency[k - 1])
    share = (sfr[k - 1] - level) / (sfr[k - 1] - sfr[k])
    weights = np.array([1 - share, share])
    error = np.sqrt(max(weights @ spread[k - 1 : k + 1, k - 1 : k + 1] @ weights, 0)) / abs(slope)
    return Measured(np.array(frequency[k - 1] + share * (frequency[k] - frequency[k - 1])), np.array(error))
