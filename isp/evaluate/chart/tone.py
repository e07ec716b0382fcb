"""The tone curve from steps of grey: which signal becomes of which light (OECF, ISO 14524), and how steep it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from isp.core.errors import DataError
from isp.evaluate.chart.dynamic_range import SATURATED

PAPERS = ("iso14524",)


@dataclass(frozen=True)
class Tone:
    """`light` (n,) and `signal` (n,), both rising, of the steps in `used` (of all that were given) that are neither black nor lost; `saturation` is the light at
    which the signal comes to `SATURATED` of its end, NaN where no step does."""

    light: np.ndarray
    signal: np.ndarray
    used: np.ndarray
    saturation: float

    def contrast(self, light: np.ndarray | float) -> np.ndarray:
        """d log(signal) / d log(light): 1 where the picture is linear, 0 where it is clipped. Held at its ends beyond the steps."""
        at = np.clip(np.log(light), np.log(self.light[0]), np.log(self.light[-1]))
        return np.asarray(_curve(self.light, self.signal).derivative()(at))


def tone(light: Sequence[float], signal: Sequence[float], white: float | None = None) -> Tone:
    """The curve through steps of known `light` (n,) in any order, whose mean `signal` (n,) was measured, both above zero; `white` is the signal at which the scale
    ends, left out: that of the lightest step, if the one before it shows that it is flat there.

    Between steps it is a monotone cubic in logarithms, so straight for any power of light. Steps that are not lighter than a darker one lie below the toe and
    are not used. Raises DataError with fewer than four that are.
    """
    light, signal = np.asarray(light, np.float64), np.asarray(signal, np.float64)
    if light.shape != signal.shape or light.ndim != 1 or not (np.isfinite(light).all() and np.isfinite(signal).all()):
        raise DataError("tone", f"light {light.shape} and signal {signal.shape} are not as many finite numbers")
    order = np.argsort(light)
    good = (light[order] > 0) & (signal[order] > 0)
    # Beyond the brightest step channels clip one after the other, and their sum may even fall: all that is the level top.
    down = _levelled(signal[order])[::-1]
    least = np.minimum.accumulate(np.where(down > 0, down, np.inf))
    falls = np.concatenate([[True], down[1:] <= least[:-1] * (1 + LEVEL)])
    used = np.zeros(light.size, bool)
    used[order[good & np.logical_and.accumulate(falls)[::-1]]] = True
    order = order[used[order]]
    if order.size < 4:
        raise DataError("tone", f"{order.size} steps of grey are above black and grow lighter", "four or more are needed: expose more")
    at, rising = light[order], np.maximum.accumulate(signal[order])
    return Tone(at, rising, used, _saturation(at, rising, white))


LEVEL = 0.005
"""How much darker, of its own signal, a lighter step may be by chance."""


def _levelled(rising: np.ndarray) -> np.ndarray:
    """The signal of rising light with all after its greatest at that."""
    return np.where(np.arange(rising.size) > np.argmax(rising), rising.max(), rising)


def _curve(light: np.ndarray, signal: np.ndarray) -> PchipInterpolator:
    return PchipInterpolator(np.log(light), np.log(signal))


def _saturation(light: np.ndarray, signal: np.ndarray, white: float | None) -> float:
    """Where the signal comes to its end: along the straight line through the two steps before, in logarithms, since a clip is a corner."""
    if white is None and signal[-2] < SATURATED * signal[-1]:
        return float("nan")
    end = SATURATED * (signal[-1] if white is None else white)
    k = int(np.searchsorted(signal, end))
    if k < 2 or signal[k - 1] <= signal[k - 2]:
        return float("nan")
    at = light[k - 1] * (light[k - 1] / light[k - 2]) ** (np.log(end / signal[k - 1]) / np.log(signal[k - 1] / signal[k - 2]))
    return float(min(at, light[k]) if k < signal.size else at)
