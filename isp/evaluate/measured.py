"""A value and its standard error, and the weighted least squares that most of them come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Measured:
    """`value` and its standard `error` (one sigma), arrays of one shape; per phase of the colour filter array where not said otherwise."""

    value: np.ndarray
    error: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", np.asarray(self.value, np.float64))
        object.__setattr__(self, "error", np.broadcast_to(np.asarray(self.error, np.float64), self.value.shape))

    def __getitem__(self, index: object) -> Measured:
        return Measured(self.value[index], self.error[index])  # type: ignore[index]

    def __str__(self) -> str:
        return ", ".join(f"{v:.6g} ± {e:.2g}" for v, e in zip(self.value.ravel(), self.error.ravel(), strict=True))

    @property
    def pooled(self) -> Measured:
        """All entries as one: their mean, weighted by the inverse of their variances (plainly where an error is zero or not known)."""
        errors = self.error.ravel()
        weights = 1 / errors**2 if np.all(errors > 0) and np.all(np.isfinite(errors)) else np.ones_like(errors)
        weights = weights / weights.sum()
        return Measured(np.sum(weights * self.value.ravel()), np.sqrt(np.sum((weights * errors) ** 2)))

    def times(self, other: Measured) -> Measured:
        """The product, the two being independent."""
        value = self.value * other.value
        return Measured(value, np.hypot(self.error * other.value, self.value * other.error))

    def over(self, other: Measured) -> Measured:
        """The quotient, the two being independent."""
        value = self.value / other.value
        return Measured(value, np.hypot(self.error, value * other.error) / np.abs(other.value))

    @property
    def root(self) -> Measured:
        """The square root, of zero where the value is negative; its error there is the root of the error, an upper bound."""
        value = np.sqrt(np.maximum(self.value, 0))
        with np.errstate(divide="ignore", invalid="ignore"):
            small = self.value <= self.error
            return Measured(value, np.where(small, np.sqrt(self.error), self.error / (2 * value)))


@dataclass(frozen=True)
class Fit:
    """Coefficients of a linear model, their covariance, and `misfit`: chi squared for each degree of freedom (1 where the errors are right)."""

    coefficients: np.ndarray
    covariance: np.ndarray
    misfit: float

    def __getitem__(self, index: int) -> Measured:
        return Measured(self.coefficients[index], np.sqrt(self.covariance[index, index]))


def least_squares(columns: np.ndarray, values: np.ndarray, errors: np.ndarray | None = None) -> Fit:
    """The coefficients c (k,) with columns (n, k) @ c nearest to values (n,), each weighted by its standard error.

    Without errors all values count alike and the error is taken from the residuals. Raises ValueError with fewer values than columns.
    """
    n, k = columns.shape
    if n < k:
        raise ValueError(f"{n} values cannot say {k} coefficients")
    weights = np.ones(n) if errors is None else 1 / np.asarray(errors)
    left = columns * weights[:, None]
    scale = np.linalg.norm(left, axis=0)
    scale = np.where(scale > 0, scale, 1)
    inverse = np.linalg.pinv(left / scale)
    coefficients = inverse @ (values * weights) / scale
    residual = (values - columns @ coefficients) * weights
    misfit = float(residual @ residual / (n - k)) if n > k else float("nan")
    covariance = inverse @ inverse.T / np.outer(scale, scale)
    return Fit(coefficients, covariance * (misfit if errors is None else 1.0), misfit)
