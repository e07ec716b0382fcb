"""Fixed pattern: how far the pixels of a die differ from each other, in the dark and in the light, split into rows, columns and pixels.

Symbols of EMVA 1288 Release 4.0 Linear: L frames are averaged; s_y^2 is the spatial variance of the average, of which sigma_y^2 / L is
left-over temporal noise; DSNU = s_y.dark / K, PRNU = sqrt(s_y.50^2 - s_y.dark^2) / (mu_y.50 - mu_y.dark).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.frames import BLOCKS, Stack, blocks
from isp.evaluate.measured import Measured
from isp.evaluate.photon_transfer import EVENNESS

PAPERS = ("emva1288",)


@dataclass(frozen=True)
class Split:
    """A spread, (phases,) each: of all pixels, and what of it rows share, columns share, and each pixel has alone."""

    total: Measured
    row: Measured
    column: Measured
    pixel: Measured

    def over(self, scale: Measured) -> Split:
        """All four divided by a scale of their own unit."""
        return Split(self.total.over(scale), self.row.over(scale), self.column.over(scale), self.pixel.over(scale))

    @property
    def root(self) -> Split:
        """Standard deviations from variances."""
        return Split(self.total.root, self.row.root, self.column.root, self.pixel.root)


@dataclass(frozen=True)
class Nonuniformity:
    """`dsnu` in DN and `prnu` as a ratio, standard deviations without temporal noise; `dsnu.over(gain)` is DSNU_1288 in e-."""

    dsnu: Split
    prnu: Split


def nonuniformity(dark: Stack, flat: Stack, *, flatten: int = 0, evenness: float = EVENNESS) -> Nonuniformity:
    """DSNU from averaged darks and PRNU from averaged flats at about half of saturation.

    `flatten` is the degree of a polynomial in row and column that is divided out of the flat first, for light that is not quite even
    (0, the standard's way, takes it as it is). Raises DataError where sizes differ, the flat is not brighter than the dark or its light
    is uneven by more than `evenness`.
    """
    if dark.mean.shape != flat.mean.shape:
        raise DataError(flat.name, f"has planes {flat.mean.shape[1:]}, {dark.name} has {dark.mean.shape[1:]}")
    signal = flat.mean - dark.mean
    level = signal.mean((1, 2))
    if np.any(level <= 0):
        raise DataError(flat.name, f"is {-level.min():.3g} DN darker than {dark.name}", "are darks and flats mixed up?")
    even = signal / _trend(signal, flatten)
    parts = blocks(even, BLOCKS, BLOCKS).mean((2, 4))
    if (uneven := np.max((parts.max((1, 2)) - parts.min((1, 2))) / level)) > evenness:
        why = f"the light is uneven by {uneven:.1%}, more than {evenness:.1%}"
        raise DataError(flat.name, why, "use an integrating sphere, cut the middle out of the frames, or flatten")
    lit, unlit = _spatial_variance(Stack(flat.name, flat.count, dark.mean + even, flat.variance)), _spatial_variance(dark)
    scale = Measured(level, np.sqrt(flat.variance.value / (flat.count * flat.mean[0].size)))
    return Nonuniformity(unlit.root, _less(lit, unlit).root.over(scale))


def _spatial_variance(average: Stack) -> Split:
    """s_y^2 and its parts (EMVA 1288 4.0, 8.2): the analysis of variance of pixel = mean + row + column + rest.

    What is left after row and column means has variance s_pixel^2 + sigma^2 / L; a row mean has s_row^2 more than that over the columns,
    a column mean s_column^2 more than that over the rows.
    """
    planes, count = average.mean, average.count
    _, rows, columns = planes.shape
    mean = planes.mean((1, 2), keepdims=True)
    row, column = planes.mean(2) - mean[..., 0], planes.mean(1) - mean[:, 0]
    rest = planes - mean - row[:, :, None] - column[:, None, :]
    free = (rows - 1) * (columns - 1)
    left = np.sum(rest**2, (1, 2)) / free
    error = left * np.sqrt(2 / free)
    noise = Measured(average.variance.value / count, average.variance.error / count)
    pixel = Measured(left - noise.value, np.hypot(error, noise.error))
    row = _shared(row, left / columns, error / columns)
    column = _shared(column, left / rows, error / rows)
    total = Measured(pixel.value + row.value + column.value, np.sqrt(pixel.error**2 + row.error**2 + column.error**2))
    return Split(total, row, column, pixel)


def _shared(means: np.ndarray, left: np.ndarray, error: np.ndarray) -> Measured:
    """The variance of row or column means (phases, n), less what unshared pixels leave in them."""
    variance = means.var(1, ddof=1)
    return Measured(variance - left, np.hypot(variance * np.sqrt(2 / (means.shape[1] - 1)), error))


def _less(lit: Split, unlit: Split) -> Split:
    def less(a: Measured, b: Measured) -> Measured:
        return Measured(a.value - b.value, np.hypot(a.error, b.error))

    return Split(*(less(getattr(lit, part), getattr(unlit, part)) for part in ("total", "row", "column", "pixel")))


def _trend(signal: np.ndarray, degree: int) -> np.ndarray:
    """A polynomial of `degree` in row and column through each plane, of mean 1."""
    if degree == 0:
        return np.ones_like(signal)
    _, rows, columns = signal.shape
    down, across = np.linspace(-1, 1, rows), np.linspace(-1, 1, columns)
    # Products of Legendre polynomials are all but orthogonal on a grid, and their normal equations need the two sides only.
    powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    y, x = np.polynomial.legendre.legvander(down, degree), np.polynomial.legendre.legvander(across, degree)
    gram = np.array([[(y[:, i] @ y[:, k]) * (x[:, j] @ x[:, m]) for k, m in powers] for i, j in powers])
    moments = np.einsum("ri,prc,cj->pij", y, signal, x, optimize=True)
    found = np.linalg.solve(gram, np.stack([moments[:, i, j] for i, j in powers]))
    surface = sum(found[n][:, None, None] * (y[:, i, None] * x[None, :, j]) for n, (i, j) in enumerate(powers))
    return surface / surface.mean((1, 2), keepdims=True)
