"""Dynamic range from steps of grey: from where light saturates down to where it drowns in noise (ISO 15739)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, nnls

from isp.core.errors import DataError

PAPERS = ("iso15739",)
RATIOS = (1.0, 2.0, 4.0, 10.0)
"""Signal to noise down to which a range is told; ISO 15739 means 1."""
SATURATED = 0.98
"""A step whose mean is above this share of white is not used: clipping has begun to eat its noise."""


@dataclass(frozen=True)
class DynamicRange:
    """`stops` by the ratio of signal to noise that ends them; `darkest` light of each, and `saturation`, the light that fills the scale, in the
    unit of the steps. `beyond` are the ratios that lie below the darkest step, where the noise was carried on by a fit. `light` (n,) and
    `ratio` (n,) are the steps that were used, rising."""

    stops: dict[float, float]
    darkest: dict[float, float]
    saturation: float
    beyond: tuple[float, ...]
    light: np.ndarray
    ratio: np.ndarray

    @property
    def decibels(self) -> dict[float, float]:
        """20 log10 of the ranges."""
        return {ratio: 20 * np.log10(2) * stops for ratio, stops in self.stops.items()}


def dynamic_range(
    light: Sequence[float],
    signal: Sequence[float],
    deviation: Sequence[float],
    white: float,
    *,
    ratios: Sequence[float] = RATIOS,
) -> DynamicRange:
    """log2(L_sat / L(SNR = ratio)) from steps of known `light` (n,), whose linear `signal` above black and `deviation` of noise were measured;
    `white` is the signal at which the scale ends.

    L_sat is white over the slope of the signal, fitted through zero. Between steps the ratio is drawn straight in logarithms; below the darkest
    the variance is carried on as a + b L + c L^2, read, photon and pattern noise. Raises DataError with fewer than four steps that are neither
    black nor clipped, or where none is above a ratio.
    """
    light, signal, deviation = (np.asarray(v, np.float64) for v in (light, signal, deviation))
    if not light.shape == signal.shape == deviation.shape or light.ndim != 1:
        raise DataError("dynamic range", f"light {light.shape}, signal {signal.shape} and noise {deviation.shape} do not belong together")
    used = (light > 0) & (signal > 0) & (signal < SATURATED * white) & (deviation > 0)
    if used.sum() < 4:
        raise DataError("dynamic range", f"{used.sum()} steps are neither black nor clipped nor without noise", "four or more are needed")
    order = np.flatnonzero(used)[np.argsort(light[used])]
    light, signal, deviation = light[order], signal[order], deviation[order]
    slope = np.sum(signal / light * (signal / deviation) ** 2) / np.sum((signal / deviation) ** 2)
    saturation, ratio = white / slope, signal / deviation
    terms = np.stack([np.ones_like(light), light, light**2], 1)
    noise = nnls(terms / (deviation**2)[:, None], np.ones_like(light))[0]
    darkest, beyond = {}, []
    for wanted in ratios:
        below = np.flatnonzero(ratio < wanted)
        if below.size and below[-1] + 1 == light.size:
            raise DataError("dynamic range", f"no step reaches a ratio of {wanted:g}", "expose more, or take larger patches")
        if below.size:
            k = below[-1]
            share = np.log(wanted / ratio[k]) / np.log(ratio[k + 1] / ratio[k])
            darkest[wanted] = float(light[k] * (light[k + 1] / light[k]) ** share)
        else:
            beyond.append(wanted)
            darkest[wanted] = _carried_on(noise, slope, wanted, light[0])
    stops = {wanted: float(np.log2(saturation / at)) for wanted, at in darkest.items()}
    return DynamicRange(stops, darkest, float(saturation), tuple(beyond), light, ratio)


def _carried_on(noise: np.ndarray, slope: float, wanted: float, least: float) -> float:
    """The light at which slope L = wanted sqrt(a + b L + c L^2), below the least that was measured."""

    def over(light: float) -> float:
        return (slope * light) ** 2 - wanted**2 * (noise @ [1, light, light**2])

    if (noise[0] <= 0 and noise[1] <= 0) or over(least) <= 0:
        raise DataError("dynamic range", "the noise of the darkest steps does not say where the range ends", "photograph darker steps")
    return float(brentq(over, least * 1e-9, least))
