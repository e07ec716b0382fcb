"""The temporal noise of darks, looked at closely: what whole rows or columns share, and how it grows with ISO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.frames import split
from isp.evaluate.measured import Measured, least_squares

PAPERS = ("wei2020", "emva1288")


@dataclass(frozen=True)
class TemporalParts:
    """Standard deviations in DN that change from frame to frame: shared by a row, by a column, and each pixel's own (phases,)."""

    row: Measured
    column: Measured
    pixel: Measured


def temporal_parts(frames: Sequence[np.ndarray], tile: tuple[int, int] = (2, 2)) -> TemporalParts:
    """Row, column and pixel noise of two or more darks (n, rows, columns).

    The fixed pattern leaves with the mean of the frames, and n / (n - 1) makes up for the noise that leaves with it. Row noise is what
    the variance of row means has above the pixel noise over the width; its relative error is about 1 / sqrt(2 n rows), so for 3 % of
    512 rows take 4 frames or more. Rounding (1/12 DN^2) is left in the pixel part.
    """
    frames = np.asarray(frames)
    if frames.ndim != 3 or len(frames) < 2:
        raise DataError("darks", f"two or more frames of one size are needed, not an array of shape {frames.shape}")
    fixed = frames.mean(0)
    make_up = len(frames) / (len(frames) - 1)
    planes = np.stack([split(frame - fixed, tile) for frame in frames])
    planes -= planes.mean((2, 3), keepdims=True)
    n, _, rows, columns = planes.shape
    whole = planes.reshape(n, *tile, rows, columns)
    row, column = whole.mean((2, 4)), whole.mean((1, 3))
    rest = planes - np.repeat(row, tile[1], 1)[..., None] - np.tile(column, (1, tile[0], 1))[:, :, None, :]
    left = make_up * np.sum(rest**2, (2, 3)) / ((rows - 1) * (columns - 1))
    pixel = Measured(left.mean(0), left.mean(0) * np.sqrt(2 / ((n - 1) * rows * columns)))
    return TemporalParts(
        _shared(row, make_up, pixel.value.mean() / (columns * tile[1])),
        _shared(column, make_up, pixel.value.mean() / (rows * tile[0])),
        pixel.root,
    )


def _shared(means: np.ndarray, make_up: float, left: float) -> Measured:
    """The deviation behind row or column means (frames, phases of the row, n), less what unshared pixels leave in them."""
    variance = make_up * np.mean(means**2)
    freedom = means.size / make_up
    return Measured(variance - left, variance * np.sqrt(2 / freedom)).root


@dataclass(frozen=True)
class PowerLaw:
    """y = factor x^exponent; `residual` (n,) is ln y less the law, `scatter` its standard deviation (about the relative error)."""

    factor: Measured
    exponent: Measured
    residual: np.ndarray
    scatter: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The law at x."""
        return self.factor.value * np.asarray(x, np.float64) ** self.exponent.value


def against_iso(iso: Sequence[float], values: Sequence[float] | Measured) -> PowerLaw:
    """The straight line of ln value over ln ISO: a gain has exponent 1, a read noise in DN one between 0 and 1.

    Each setting counts alike, because scatter between settings, not the error of one, is what limits it. Raises DataError with fewer
    than two settings or where one is not above zero.
    """
    x, y = np.asarray(iso, np.float64), np.asarray(values.value if isinstance(values, Measured) else values, np.float64)
    if np.unique(x).size < 2 or x.shape != y.shape:
        raise DataError(
            "noise against ISO", f"needs two settings or more, one value each; {np.unique(x).size} settings, {y.size} values came"
        )
    if np.any(x <= 0) or np.any(~(y > 0)):
        worst = x[np.argmin(np.where(x > 0, np.nan_to_num(y), -1))]
        raise DataError(f"ISO {worst:g}", "its value is not above zero, which a power law needs")
    centre = np.log(x).mean()
    fit = least_squares(np.stack([np.log(x) - centre, np.ones(x.size)], -1), np.log(y))
    residual = np.log(y) - (np.log(x) - centre) * fit.coefficients[0] - fit.coefficients[1]
    slope, middle = fit[0], fit[1]
    factor = np.exp(middle.value - slope.value * centre)
    scatter = float(np.sqrt(np.sum(residual**2) / max(x.size - 2, 1)))
    error = factor * np.hypot(middle.error, centre * slope.error)
    return PowerLaw(Measured(factor, error), slope, residual, scatter)


def read_noise_parts(gain: Sequence[float], deviation: Sequence[float]) -> tuple[Measured, Measured]:
    """(before, after): sigma^2 = (K before)^2 + after^2, the read noise in e- ahead of the amplifier and in DN behind it.

    `gain` K in DN/e- and `deviation` sigma in DN without rounding, one of each for three ISO settings or more. Settings count by their
    relative error. Raises DataError with fewer settings.
    """
    k, variance = np.asarray(gain, np.float64), np.asarray(deviation, np.float64) ** 2
    if k.size < 3:
        raise DataError("read noise against gain", f"needs three settings or more, {k.size} came")
    fit = least_squares(np.stack([k**2, np.ones(k.size)], -1) / variance[:, None], np.ones(k.size))
    return fit[0].root, fit[1].root
