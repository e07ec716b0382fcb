"""Sharpness from a sinusoidal Siemens star: the s-SFR of ISO 12233, in every direction.

On a circle of radius r about the middle of a star with n periods the light is a wave of n / (2 pi r) cycles a pixel, whose amplitude says the
response. Rings about the middle are cut into sectors; in each a mean, a cosine and a sine of the angle are fitted in least squares, and the
amplitude over the mean is the modulation. What noise alone adds to a squared amplitude is known from the residuals, and taken off.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.measured import Measured

PAPERS = ("loebich2007", "iso12233")
FREQUENCIES = 24
NYQUIST = 0.5
WIDE = 1.2
"""Least half width of a ring in pixels."""
TERMS = 5
SHARE = 0.025
"""Half width of a ring over its radius: frequencies in it differ by as much."""


@dataclass(frozen=True)
class StarResponse:
    """`sfr` (n,) over `frequency` (n,) in cycles a pixel, rising, the mean over sectors with the error of that mean by their noise; `sectors`
    (sectors, n) one by one, the first centred on the direction of x, then clockwise as rows go down; `contrast` that of the light far from
    the middle, (light - dark) / (light + dark); `centre` x and y in pixels. mtf50 and mtf10 are NaN where the response stays above."""

    frequency: np.ndarray
    sfr: Measured
    sectors: np.ndarray
    contrast: float
    centre: tuple[float, float]
    mtf50: float
    mtf10: float


@dataclass(frozen=True)
class Rings:
    """Weights by which the pixels of a plane give the mean, the cosine and the sine of each cell (sector, ring), and how these two grow with the
    radius: values of `weights` (5, m) at `pixels` (m,) of the flat plane add up in `cells` (m,), and `terms` (5, m) give the plane back.
    `freedom` (cells,) is the count of pixels less five, `spread` (cells,) the variance of cosine and sine together for noise of 1;
    `frequency` (rings,) that of the middle of each ring."""

    pixels: np.ndarray
    cells: np.ndarray
    weights: np.ndarray
    terms: np.ndarray
    freedom: np.ndarray
    spread: np.ndarray
    frequency: np.ndarray
    sectors: int


def siemens_star(
    plane: np.ndarray,
    cycles: int,
    *,
    centre: tuple[float, float] | None = None,
    contrast: float | None = None,
    radius: float | None = None,
    sectors: int = 8,
) -> StarResponse:
    """The response of a linear plane (rows, columns) that shows one star of `cycles` periods, out to `radius` pixels (left out: 0.9 of half of
    the shorter side).

    `centre` (x, y) is found where it is left out, if the star's middle lies within half a period of the rim of that of the plane. `contrast`
    is that of the chart; left out, it is that of the lowest frequencies, carried on to zero. Raises DataError where there is no star.
    """
    plane = np.asarray(plane, np.float64)
    if plane.ndim != 2 or min(plane.shape) < 64 or not np.isfinite(plane).all():
        raise DataError("siemens star", f"needs 64 x 64 finite numbers or more, not {' x '.join(map(str, plane.shape))}")
    radius = radius or 0.45 * min(plane.shape)
    lowest = cycles / (2 * np.pi * radius)
    if lowest > NYQUIST / 2:
        raise DataError(
            "siemens star", f"{cycles} periods on {radius:.0f} pixels of radius begin at {lowest:.2f} cycles a pixel", "show it larger"
        )
    middle = centre or _centre(plane, cycles, radius, sectors)
    at = rings(plane.shape, cycles, middle, tuple(np.linspace(lowest, NYQUIST, FREQUENCIES)), sectors)
    values = plane.ravel()[at.pixels]
    fitted = np.stack([np.bincount(at.cells, w * values) for w in at.weights])
    mean, cosine, sine = fitted[:3]
    off = values - np.sum(fitted[:, at.cells] * at.terms, 0)
    noise = np.bincount(at.cells, off**2) / at.freedom * at.spread
    power = (cosine**2 + sine**2 - noise) / mean**2
    modulation = np.where(power > 0, np.sqrt(np.maximum(power, 0)), 0).reshape(sectors, -1)
    error = (np.sqrt(np.maximum(noise, 0) / 2) / np.abs(mean)).reshape(sectors, -1)
    whole = contrast or _at_zero(at.frequency, modulation.mean(0))
    if not np.isfinite(whole) or whole <= 0 or modulation[:, 0].min() < 0.2 * modulation[:, 0].max() or modulation[:, 0].max() < 1e-3:
        raise DataError(
            "siemens star", f"no star of {cycles} periods is seen about {middle[0]:.0f}, {middle[1]:.0f}", "cut it out, or give its centre"
        )
    sfr = modulation / whole
    mean_sfr = sfr.mean(0)
    return StarResponse(
        frequency=at.frequency,
        sfr=Measured(mean_sfr, np.sqrt(np.sum(error**2, 0)) / sectors / whole),
        sectors=sfr,
        contrast=float(whole),
        centre=(float(middle[0]), float(middle[1])),
        mtf50=falls(at.frequency, mean_sfr, 0.5),
        mtf10=falls(at.frequency, mean_sfr, 0.1),
    )


@lru_cache(maxsize=8)
def rings(shape: tuple[int, int], cycles: int, centre: tuple[float, float], frequency: tuple[float, ...], sectors: int = 8) -> Rings:
    """The weights for a star of `cycles` periods about `centre` (x, y) in a plane of `shape`, at about these frequencies. Raises DataError
    where a cell holds too few pixels to say three numbers."""
    y, x = np.indices(shape)
    right, down = x - centre[0], y - centre[1]
    radius, angle = np.hypot(right, down).ravel(), np.arctan2(down, right).ravel()
    sector = np.floor(np.mod(angle / (2 * np.pi) * sectors + 0.5, sectors)).astype(int)
    parts: list[tuple[np.ndarray, ...]] = []
    freedom, spread = np.zeros((sectors, len(frequency))), np.zeros((sectors, len(frequency)))
    for j, f in enumerate(frequency):
        wanted = cycles / (2 * np.pi * f)
        inside = np.abs(radius - wanted) < max(WIDE, SHARE * wanted)
        for s in range(sectors):
            pixels = np.flatnonzero(inside & (sector == s))
            if pixels.size <= TERMS:
                raise DataError(
                    "siemens star",
                    f"at {f:.2f} cycles a pixel a sector holds {pixels.size} pixels",
                    "show a star of more periods, or ask for fewer sectors",
                )
            waves = np.stack([np.cos(cycles * angle[pixels]), np.sin(cycles * angle[pixels])])
            # Amplitudes grow outwards: of a few pixels, those on crests may lie farther out than those on slopes.
            terms = np.column_stack([np.ones(pixels.size), waves.T, waves.T * (radius[pixels] - wanted)[:, None]])
            parts.append((pixels, np.full(pixels.size, s * len(frequency) + j), np.linalg.pinv(terms), terms.T))
            freedom[s, j] = max(pixels.size - TERMS, 1)
            spread[s, j] = np.trace(np.linalg.pinv(terms.T @ terms)[1:3, 1:3])
    pixels, cells, weights, terms = (np.concatenate(part, -1) for part in zip(*parts, strict=True))
    return Rings(pixels, cells, weights, terms, freedom.ravel(), spread.ravel(), np.array(frequency), sectors)


def falls(frequency: np.ndarray, sfr: np.ndarray, level: float) -> float:
    """Where a response first falls to a level, drawn straight between frequencies; NaN where it stays above or begins below."""
    below = np.flatnonzero(sfr <= level)
    if below.size == 0 or below[0] == 0:
        return float("nan")
    k = below[0]
    return float(frequency[k - 1] + (sfr[k - 1] - level) / (sfr[k - 1] - sfr[k]) * (frequency[k] - frequency[k - 1]))


def _at_zero(frequency: np.ndarray, modulation: np.ndarray) -> float:
    """The modulation at no frequency: log m = a - b f^2, as every blur begins, through the lowest frequencies."""
    low = max(4, int(np.sum(frequency < 3 * frequency[0])))
    if np.any(modulation[:low] <= 0):
        return float("nan")
    b, a = np.polyfit(frequency[:low] ** 2, np.log(modulation[:low]), 1)
    return float(np.exp(a if b < 0 else np.mean(np.log(modulation[:low]))))


def _centre(plane: np.ndarray, cycles: int, radius: float, sectors: int) -> tuple[float, float]:
    """The middle of the star: one that lies off by d turns the phase of each sector by cycles / r times the part of d across it. Begun at
    the rim, where a period is long, and refined inwards."""
    x, y = (plane.shape[1] - 1) / 2, (plane.shape[0] - 1) / 2
    turn = 2 * np.pi * np.arange(sectors) / sectors
    for share in (0.95, 0.95, 0.6, 0.4, 0.4):
        wanted = share * radius
        at = rings(plane.shape, cycles, (x, y), (cycles / (2 * np.pi * wanted),), sectors)
        cosine, sine = (np.bincount(at.cells, w * plane.ravel()[at.pixels]) for w in at.weights[1:3])
        # cos(n a + p) = cos p cos na - sin p sin na
        phasor = cosine - 1j * sine
        phase = np.angle(phasor * np.conj(phasor.sum() or 1))
        terms = np.column_stack([np.ones(sectors), np.sin(turn), -np.cos(turn)]) * [1, cycles / wanted, cycles / wanted]
        _, right, down = np.linalg.lstsq(terms * np.abs(phasor)[:, None], phase * np.abs(phasor), rcond=None)[0]
        x, y = x + float(right), y + float(down)
    return x, y
