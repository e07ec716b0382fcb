"""Signal to noise of an even patch, split into what changes from frame to frame and what stays (ISO 15739)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.measured import Measured
from isp.ops.colour import luminance_weights

PAPERS = ("iso15739",)
RED_YELLOW, BLUE_YELLOW = 0.279, 0.088
"""How much noise of R - Y and of B - Y counts beside that of luminance."""
LEAST = 2
"""Frames; the standard asks for eight or more."""


@dataclass(frozen=True)
class SignalToNoise:
    """`signal` the mean, and the deviations of noise: `total`, `temporal`, `fixed` (of the pattern that stays), all in the unit of the frames,
    with their errors; total^2 = temporal^2 + fixed^2. `count` frames were given."""

    signal: float
    total: Measured
    temporal: Measured
    fixed: Measured
    count: int

    @property
    def ratios(self) -> dict[str, Measured]:
        """20 log10(signal / deviation) in dB, of `total`, `temporal` and `fixed`; infinite without noise."""
        return {name: self._ratio(getattr(self, name)) for name in ("total", "temporal", "fixed")}

    def _ratio(self, deviation: Measured) -> Measured:
        with np.errstate(divide="ignore", invalid="ignore"):
            return Measured(20 * np.log10(self.signal / deviation.value), 20 / np.log(10) * deviation.error / deviation.value)


def signal_to_noise(frames: np.ndarray, *, even: bool = True, name: str = "patch") -> SignalToNoise:
    """The noise of one patch in frames (n, rows, columns) of linear values above black, or (n, rows, columns, 3) of linear sRGB light.

    Temporal variance is that of each site over the frames; that of the pattern is the variance over sites of their mean, less temporal / n,
    which the mean still holds. Unless not `even`, a curved surface of second order is taken off first: light falls off, and is not noise.
    In colour, variances add up as var(Y) + 0.279 var(R - Y) + 0.088 var(B - Y). Signals of an encoded picture are decoded first, so that
    its incremental gain is in them. Raises DataError for less than two frames, or where the mean is not above black.
    """
    frames = np.asarray(frames, np.float64)
    if frames.ndim not in (3, 4) or len(frames) < LEAST or min(frames.shape[1:3]) < 4 or not np.isfinite(frames).all():
        raise DataError(name, f"noise shows in {LEAST} or more frames of 4 x 4 finite values or more, not in {frames.shape}")
    channels = _channels(frames)
    signal = float(channels[0][0].mean())
    if signal <= 0:
        raise DataError(name, f"its mean is {signal:.3g}, not above black", "subtract the black level, and give a lighter patch")
    parts = [(weight, *_variances(planes, even)) for planes, weight in channels]
    temporal, fixed = (sum(weight * part[k] for weight, *part in parts) for k in (0, 1))
    sites, count = frames[0].size / (3 if frames.ndim == 4 else 1), len(frames)
    # Of squares of normal numbers, the relative deviation of their mean is sqrt(2 / n).
    error_t = temporal * np.sqrt(2 / (sites * (count - 1)))
    error_f = (max(fixed, 0) + temporal / count) * np.sqrt(2 / sites)
    return SignalToNoise(
        signal,
        Measured(temporal + max(fixed, 0), np.hypot(error_t, error_f)).root,
        Measured(temporal, error_t).root,
        Measured(fixed, error_f).root,
        count,
    )


def _channels(frames: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """(planes (n, rows, columns), weight of their variance), luminance first."""
    if frames.ndim == 3:
        return [(frames, 1.0)]
    light = frames @ np.array(luminance_weights("srgb"))
    return [(light, 1.0), (frames[..., 0] - light, RED_YELLOW), (frames[..., 2] - light, BLUE_YELLOW)]


def _variances(planes: np.ndarray, even: bool) -> tuple[float, float]:
    """(temporal, fixed) variances of planes (n, rows, columns); the second may come out below zero by chance."""
    temporal = float(planes.var(0, ddof=1).mean())
    mean, spent = planes.mean(0), 1
    if even:
        y, x = (np.linspace(-1, 1, n) for n in mean.shape)
        terms = np.stack([np.outer(y**i, x**j).ravel() for i in range(3) for j in range(3 - i)], 1)
        mean, spent = mean.ravel() - terms @ np.linalg.lstsq(terms, mean.ravel(), rcond=None)[0], terms.shape[1]
    spread = float(np.sum((mean - mean.mean()) ** 2) / (mean.size - spent))
    return temporal, spread - temporal / len(planes)
