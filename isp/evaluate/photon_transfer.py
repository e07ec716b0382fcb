"""Photon transfer: the noise of flats against their mean says how many electrons a number stands for.

Symbols of EMVA 1288 Release 4.0 Linear: mu_y and sigma_y^2 are the mean and temporal variance of the numbers y (DN), K the system gain
(DN/e-), sigma_d the dark noise (e-), sigma_q^2 = 1/12 DN^2 the variance of rounding:
    sigma_y^2 = K^2 sigma_d^2 + sigma_q^2 + K (mu_y - mu_y.dark)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.frames import Pair
from isp.evaluate.measured import Measured, least_squares

PAPERS = ("emva1288",)

FIT = 0.7
"""The share of saturation up to which the gain is fitted."""
LINEAR = (0.05, 0.95)
"""The shares of saturation between which linearity is judged."""
CLIPPED = 0.05
"""A level with less than this share of its photon noise left is where the response ends."""
LEVELS = 5
"""Fewest levels in a fit; the standard asks for 50 over the whole range."""
LEAST_DARK = 0.24
"""Below this dark noise (DN, for a step of one) rounding hides it."""
EVENNESS = 0.03
"""Most unevenness of the light: brightest less darkest part over the mean."""


@dataclass(frozen=True)
class PhotonTransfer:
    """What pairs of flats and darks say, each (phases,); an optional one is None where the frames cannot say it.

    gain K, DN/e-; misfit chi squared a degree of freedom of the line; black mu_y.dark, DN; dark_deviation sigma_y.dark with rounding,
    DN; dark_noise sigma_d, e-; saturation mu_y at the largest variance, DN above black; full_well e- where the response ends;
    white DN where it ends; reached whether any level clips (else full_well and saturation are what the light reached);
    linearity_error LE, %; responsivity DN a unit of light; snr_max and dynamic_range, ratios; dark_current e-/s.
    """

    gain: Measured
    misfit: np.ndarray
    black: Measured
    dark_deviation: Measured
    dark_noise: Measured
    saturation: Measured
    full_well: Measured
    white: Measured
    reached: np.ndarray
    snr_max: Measured
    dynamic_range: Measured
    linearity_error: np.ndarray | None
    responsivity: Measured | None
    dark_current: Measured | None

    @property
    def noise(self) -> np.ndarray:
        """(phases, 2): a, b of variance = a x + b, x being 0 at black and 1 at white."""
        span = self.white.value - self.black.value
        return np.stack([self.gain.value / span, (self.dark_deviation.value / span) ** 2], -1)


def photon_transfer(
    levels: Sequence[Pair], darks: Sequence[Pair], *, step: float = 1.0, evenness: float = EVENNESS, least_dark: float = LEAST_DARK
) -> PhotonTransfer:
    """Everything above, from pairs of flats at rising light and pairs of darks.

    Darks taken at several exposure times are interpolated to the time of each level, and give the dark current. `step` is the DN between
    neighbouring values of the converter. Raises DataError naming the level where sizes differ, a flat is darker than the dark, light is
    uneven, levels are too few or all saturated, or rounding hides the dark noise (`least_dark` 0 takes it nevertheless).
    """
    if not darks or not levels:
        raise DataError("photon transfer", f"needs darks and flats; {len(darks)} darks and {len(levels)} flats came")
    levels, darks = sorted(levels, key=lambda p: float(p.mean.value.mean())), sorted(darks, key=lambda p: p.time)
    _check_sizes([*darks, *levels])
    base = [p for p in darks if p.time == darks[0].time]
    black, dark = (_average([getattr(p, fact) for p in base]) for fact in ("mean", "variance"))
    if (hidden := np.sqrt(dark.value.min())) < least_dark * step:
        why = f"its temporal noise is {hidden:.3g} DN, under {least_dark * step:.3g} DN rounding hides it"
        raise DataError(base[0].name, why, "take the darks at a higher gain")
    levels, signal, excess = _above_dark(levels, darks)
    parts = [_phase(levels, signal[:, i], excess[:, i], dark[i], i, evenness) for i in range(black.value.size)]
    gain, top, end = (_together([getattr(p, fact) for p in parts]) for fact in ("gain", "top", "end"))
    electrons = Measured(np.maximum(dark.value - step**2 / 12, 0), dark.error).root.over(gain)
    light = np.array([p.light for p in levels])
    lines = [_line(light, signal[:, i].value, top.value[i]) for i in range(black.value.size)]
    saturated = top.over(gain)
    least = np.sqrt(electrons.value**2 + step**2 / 12 / gain.value**2 + 0.25) + 0.5
    known = all(line is not None for line in lines)
    return PhotonTransfer(
        gain=gain,
        misfit=np.array([p.misfit for p in parts]),
        black=black,
        dark_deviation=dark.root,
        dark_noise=electrons,
        saturation=top,
        full_well=end.over(gain),
        white=Measured(end.value + black.value, np.hypot(end.error, black.error)),
        reached=np.array([p.reached for p in parts]),
        snr_max=saturated.root,
        dynamic_range=saturated.over(Measured(least, electrons.error * electrons.value / (least - 0.5))),
        linearity_error=np.array([line[0] for line in lines]) if known else None,
        responsivity=_together([line[1] for line in lines]) if known else None,
        dark_current=_dark_current(darks, gain),
    )


class _Phase(NamedTuple):
    """One phase: K, the misfit of its line, the signal at the largest variance and at the end of the response, and whether it clips."""

    gain: Measured
    misfit: float
    top: Measured
    end: Measured
    reached: bool


def _phase(levels: Sequence[Pair], signal: Measured, excess: Measured, dark: Measured, phase: int, evenness: float) -> _Phase:
    top = int(np.argmax(excess.value))
    low = signal.value <= FIT * signal.value[top]
    if top == 0 and len(levels) > 1:
        raise DataError(levels[0].name, "is saturated already, as is every brighter level", "expose the series from near dark upwards")
    if low.sum() < LEVELS:
        why = f"{low.sum()} levels lie below {FIT:.0%} of it, at least {LEVELS} are needed"
        raise DataError(f"{levels[top].name}: saturation", why, "take more levels, from near dark to saturation")
    middle = int(np.argmin(np.abs(signal.value - signal.value[top] / 2)))
    if (uneven := levels[middle].spread[phase] / signal.value[middle]) > evenness:
        why = f"the light is uneven by {uneven:.1%}, more than {evenness:.1%}"
        raise DataError(levels[middle].name, why, "use an integrating sphere, or cut the middle out of the frames")
    gain, misfit = _gain(signal[low], excess[low], dark)
    clipped = np.flatnonzero(excess.value < CLIPPED * gain.value * signal.value)
    end = int(clipped[-1]) if clipped.size else top
    return _Phase(gain, misfit, signal[top], signal[end], bool(clipped.size))


def _gain(signal: Measured, excess: Measured, dark: Measured) -> tuple[Measured, float]:
    """K, the slope of sigma_y^2 - sigma_y.dark^2 over mu_y - mu_y.dark, through the origin, and the misfit.

    A variance from N numbers has an error in proportion to itself, sqrt(2 / N). Weights from the measured variances would favour those
    that came out low by chance, so they are taken from the line, which is found again with them until it rests.
    """
    ratio = np.median(excess.error / (excess.value + dark.value))
    slope = np.median(excess.value / signal.value)
    for _ in range(4):
        errors = np.hypot(ratio * (dark.value + slope * signal.value), slope * signal.error)
        fit = least_squares(signal.value[:, None], excess.value, errors)
        slope = fit.coefficients[0]
    shared = dark.error * np.sum(signal.value / errors**2) / np.sum((signal.value / errors) ** 2)
    return Measured(slope, np.hypot(fit[0].error, shared)), fit.misfit


def _line(light: np.ndarray, signal: np.ndarray, top: float) -> tuple[float, Measured] | None:
    """(LE, responsivity): the mean deviation in % from the line through the signals, weighted by 1/signal (EMVA 1288 4.0, 6.7)."""
    used = (signal >= LINEAR[0] * top) & (signal <= LINEAR[1] * top)
    if used.sum() < LEVELS or np.isnan(light).any():
        return None
    columns = np.stack([light[used], np.ones(used.sum())], -1)
    fit = least_squares(columns / signal[used, None], np.ones(used.sum()))
    model = columns @ fit.coefficients
    return float(np.mean(np.abs(100 * (signal[used] - model) / model))), fit[0]


def _above_dark(levels: Sequence[Pair], darks: Sequence[Pair]) -> tuple[list[Pair], Measured, Measured]:
    """The levels with light, and their mean and temporal variance above those of the dark of their time, (levels, phases)."""
    times = np.unique([p.time for p in darks])
    at = [[_average([getattr(p, fact) for p in darks if p.time == t]) for t in times] for fact in ("mean", "variance")]

    def above(fact: str, dark: list[Measured]) -> Measured:
        shares = np.array([[np.interp(p.time, times, np.eye(len(times))[k]) for k in range(len(times))] for p in levels])
        values = np.stack([getattr(p, fact).value for p in levels]) - shares @ np.stack([d.value for d in dark])
        errors = np.stack([getattr(p, fact).error for p in levels])
        return Measured(values, np.hypot(errors, shares @ np.stack([d.error for d in dark])))

    signal, excess = above("mean", at[0]), above("variance", at[1])
    for p, value, error in zip(levels, signal.value, signal.error, strict=True):
        if np.any(value < -5 * error - 1e-9):
            raise DataError(p.name, f"is {-value.min():.3g} DN darker than the dark", "are darks and flats mixed up?")
    lit = np.all(signal.value > 5 * signal.error, 1)
    if not lit.any():
        raise DataError(levels[-1].name, "is no brighter than the dark, nor is any other level")
    kept = [p for p, bright in zip(levels, lit, strict=True) if bright]
    return kept, Measured(signal.value[lit], signal.error[lit]), Measured(excess.value[lit], excess.error[lit])


def _dark_current(darks: Sequence[Pair], gain: Measured) -> Measured | None:
    """The slope of the mean of darks over their exposure time, e-/s."""
    times = np.array([p.time for p in darks])
    if np.unique(times).size < 2:
        return None
    columns = np.stack([times, np.ones(times.size)], -1)
    slopes = [
        least_squares(columns, np.array([p.mean.value[i] for p in darks]), np.array([p.mean.error[i] for p in darks]))[0]
        for i in range(gain.value.size)
    ]
    return _together(slopes).over(gain)


def _check_sizes(pairs: Sequence[Pair]) -> None:
    first = pairs[0]
    for p in pairs:
        if p.shape != first.shape or p.mean.value.shape != first.mean.value.shape:
            raise DataError(p.name, f"is {p.shape[1]} x {p.shape[0]}, {first.name} is {first.shape[1]} x {first.shape[0]}")


def _average(values: Sequence[Measured]) -> Measured:
    """The plain mean of independent measurements of the same thing."""
    return Measured(np.mean([m.value for m in values], 0), np.sqrt(np.sum([m.error**2 for m in values], 0)) / len(values))


def _together(values: Sequence[Measured]) -> Measured:
    return Measured(np.stack([m.value for m in values]), np.stack([m.error for m in values]))
