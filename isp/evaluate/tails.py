"""How heavy the tails of read noise are: the shape of a Tukey lambda distribution, by maximum likelihood.

Its quantile function is Q(p) = (p^lambda - (1 - p)^lambda) / lambda, times a scale: nearly normal at 0.14, logistic at 0, near Cauchy
at -1 (Wei et al. 2020 find -0.3 to 0.1 in cameras). The likelihood is that of counts in bins, so rounding to whole DN is part of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.integrate import cumulative_simpson
from scipy.interpolate import CubicHermiteSpline, CubicSpline
from scipy.optimize import minimize
from scipy.special import gamma, xlogy

from isp.core.errors import DataError
from isp.evaluate.measured import Measured

PAPERS = ("wei2020",)

LEAST = 1000
"""Fewest numbers that say anything about tails."""
BINS = 400
"""Bins in the middle of samples that are not whole numbers."""
GRID, SPACING = 2**14, 0.05
"""Places, and their distance in scales, of tables of a density."""
_NODES = np.polynomial.hermite_e.hermegauss(15)


@dataclass(frozen=True)
class Tail:
    """`shape` lambda, `scale` and `location` in the unit of the samples, with errors; `misfit` chi squared a bin (1: the shape is right)."""

    shape: Measured
    scale: Measured
    location: Measured
    misfit: float

    @property
    def deviation(self) -> float:
        """The standard deviation; infinite where lambda <= -1/2."""
        return float(self.scale.value * standard_deviation(float(self.shape.value)))


def standard_deviation(shape: float) -> float:
    """The standard deviation of Tukey's lambda distribution of scale 1; infinite where lambda <= -1/2."""
    if shape <= -0.5:
        return float("inf")
    if abs(shape) < 1e-4:
        return float(np.pi / np.sqrt(3))
    return float(np.sqrt(2 / shape**2 * (1 / (1 + 2 * shape) - gamma(shape + 1) ** 2 / gamma(2 * shape + 2))))


def tail_shape(samples: np.ndarray, *, blur: float = 0.0) -> Tail:
    """The shape, scale and location of independent samples of one distribution, such as one dark of one phase without its fixed pattern.

    Samples that are all whole numbers count as rounded, and each DN is a bin. `blur` is the deviation of normal noise known to lie on
    top, which the model then contains. Raises DataError with fewer than 1000 samples, or where they do not vary.
    """
    x = np.asarray(samples, np.float64).ravel()
    if x.size < LEAST or not np.isfinite(x).all():
        raise DataError("tail shape", f"needs {LEAST} finite numbers or more, {np.isfinite(x).sum()} came")
    if x.min() == x.max():
        raise DataError("tail shape", f"all numbers are {x.min():g}")
    whole = bool(np.all(x == np.rint(x)))
    return _fit(x, _whole_edges(x) if whole else _even_edges(x), lambda at, shape, unit: _smeared(at, shape, blur * unit))


def tail_of_stack(frames: Sequence[np.ndarray]) -> Tail:
    """The tail shape of darks (n, rows, columns) of one phase, rounded to whole DN, whose pixels have offsets of their own.

    Each frame is taken against the mean of the others, which removes the offsets; the model is the distribution of that difference, all
    frames having the same tails, with their rounding. Row noise should have been taken off.
    """
    frames = np.asarray(frames, np.float64)
    n = len(frames)
    if n < 2:
        raise DataError("tail shape", f"needs two darks or more, {n} came")
    x = ((frames - frames.mean(0)) * (n / (n - 1))).ravel()
    return _fit(x, _even_edges(x), lambda at, shape, unit: _against_mean(at, shape, n, unit))


def _fit(x: np.ndarray, edges: np.ndarray, below: Callable[[np.ndarray, float, float], np.ndarray]) -> Tail:
    """Maximum of sum n_k log P_k over (lambda, log scale, location); errors from the Fisher information.

    `below` is the distribution function of what lies over the scale, given lambda and the unit of the samples over the scale.
    """
    counts = np.bincount(np.searchsorted(edges, x), minlength=edges.size + 1).astype(np.float64)
    quarter = np.subtract(*np.percentile(x, [75, 25])) / 2 or x.std()
    middle = float(np.median(x))

    def chances(v: np.ndarray) -> np.ndarray:
        unit = np.exp(-v[1]) / quarter
        shares = below((edges - middle - v[2] * quarter) * unit, v[0], unit)
        return np.maximum(np.diff(shares, prepend=0.0, append=1.0), 1e-15)

    start = np.array([-0.1, -np.log(2.0), 0.0])  # a shape without an end, where every sample has a chance
    found = minimize(
        lambda v: -np.sum(xlogy(counts, chances(v))) / x.size, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-13}
    )
    v, steps = found.x, np.eye(3) * 1e-4
    p = chances(v)
    slopes = np.stack([(chances(v + s) - chances(v - s)) / 2e-4 for s in steps])
    errors = np.sqrt(np.diag(np.linalg.inv((slopes / p) @ slopes.T * x.size)))
    used = p * x.size > 5
    misfit = np.sum((counts - p * x.size)[used] ** 2 / (p * x.size)[used]) / max(used.sum() - 4, 1)
    scale = quarter * np.exp(v[1])
    location = Measured(middle + v[2] * quarter, errors[2] * quarter)
    return Tail(Measured(v[0], errors[0]), Measured(scale, scale * errors[1]), location, float(misfit))


def _smeared(x: np.ndarray, shape: float, blur: float) -> np.ndarray:
    """The distribution function at x after normal noise of deviation `blur` is added (Gauss quadrature)."""
    return _below(x, shape) if blur == 0 else (_NODES[1] / _NODES[1].sum()) @ _below(x - blur * _NODES[0][:, None], shape)


def _against_mean(x: np.ndarray, shape: float, n: int, step: float) -> np.ndarray:
    """The distribution function of one rounded draw less the mean of n - 1 others, as a product of characteristic functions.

    The table reaches 400 scales, beyond which a shape of -0.3 has 2e-7 of its draws.
    """
    places = np.arange(-GRID // 2, GRID // 2) * SPACING
    p, q = np.maximum(_below(places, shape), 1e-300), np.maximum(_below(-places, shape), 1e-300)
    inside = np.minimum(p, q) > 1e-17
    density = np.where(inside, 1 / (p ** (shape - 1) + q ** (shape - 1)), 0)
    frequency = np.fft.rfftfreq(GRID, SPACING)
    transform = np.fft.rfft(np.fft.ifftshift(density)).real * SPACING * np.sinc(frequency * step)
    others = CubicSpline(frequency, transform)(frequency / (n - 1))
    # The mean's transform is a power of values that may just fall below zero by rounding.
    made = np.fft.fftshift(np.fft.irfft(transform * np.sign(others) ** (n - 1) * np.abs(others) ** (n - 1), GRID)) / SPACING
    summed = cumulative_simpson(made, dx=SPACING, initial=0)
    return np.clip(CubicHermiteSpline(places, summed / summed[-1], made / summed[-1])(np.clip(x, places[0], places[-1])), 0, 1)


def _below(x: np.ndarray, shape: float) -> np.ndarray:
    """The distribution function F(x): Q(p) = x solved for t = log(p / (1 - p)) by a table and two Newton steps."""
    table = np.linspace(-40, 40, 801)
    t = np.interp(x, _quantile(table, shape), table)
    for _ in range(2):
        p = 1 / (1 + np.exp(-t))
        q = 1 / (1 + np.exp(t))
        slope = p**shape * q + q**shape * p
        t = np.clip(t - (_quantile(t, shape) - x) / slope, -40, 40)
    return 1 / (1 + np.exp(-t))


def _quantile(t: np.ndarray, shape: float) -> np.ndarray:
    """Q at p = 1 / (1 + exp(-t)); the logistic limit near lambda = 0."""
    low, high = -np.logaddexp(0, -t), -np.logaddexp(0, t)
    return low - high if abs(shape) < 1e-9 else (np.expm1(shape * low) - np.expm1(shape * high)) / shape


def _whole_edges(x: np.ndarray) -> np.ndarray:
    """Half way between whole numbers, out to where samples thin out."""
    low, high = np.percentile(x, [0.001, 99.999])
    return np.arange(np.rint(low), np.rint(high) + 2) - 0.5


def _even_edges(x: np.ndarray) -> np.ndarray:
    """Equal widths through the middle, growing shares of the tails outwards."""
    tail = np.geomspace(10 / x.size, 0.02, BINS // 8)
    shares = np.concatenate([tail, np.linspace(0.02, 0.98, BINS)[1:-1], 1 - tail[::-1]])
    return np.unique(np.quantile(x, shares))
