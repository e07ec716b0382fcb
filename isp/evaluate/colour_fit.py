"""From white-balanced camera colours to linear RGB: four fits to the patches of a chart, and what each leaves over in CIEDE2000.

`camera` (n, 3) is balanced so that a perfect white is (1, 1, 1); `target` (n, 3) is the same patches in linear sRGB, white (1, 1, 1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import numpy as np
from scipy.optimize import least_squares as solve

from isp.core.errors import DataError
from isp.evaluate.measured import Measured, least_squares
from isp.ops.colour import D65, adaptation, rgb_to_xyz, white_xyz, xyz_to_rgb
from isp.ops.lab import ciede2000, ciede2000_parts, lab

PAPERS = ("finlayson2015", "sharma2005", "ciede2000")


@dataclass(frozen=True)
class ColourFit:
    """`matrix` (3, k) with its errors, and what remains: `differences` (n,) dE00 of the patches, called `names`.

    k = 3: linear RGB = matrix @ camera. k = 6: the camera colours are followed by the roots sqrt(rg), sqrt(gb), sqrt(br).
    """

    matrix: Measured
    differences: np.ndarray
    names: tuple[str, ...]

    def __call__(self, camera: np.ndarray) -> np.ndarray:
        """Linear RGB (..., 3) of balanced camera colours (..., 3)."""
        terms = np.asarray(camera, np.float64) if self.matrix.value.shape[1] == 3 else roots(camera)
        return terms @ self.matrix.value.T

    @property
    def mean(self) -> float:
        """The mean difference."""
        return float(self.differences.mean())

    @property
    def percentile95(self) -> float:
        """The difference that 95 % of the patches keep."""
        return float(np.percentile(self.differences, 95))

    @property
    def worst(self) -> tuple[str, float]:
        """The patch that fits worst, and its difference."""
        k = int(np.argmax(self.differences))
        return self.names[k], float(self.differences[k])


def plain(camera: np.ndarray, target: np.ndarray, names: Sequence[str] = ()) -> ColourFit:
    """The 3x3 matrix of least squares in linear light. White may gain a tint."""
    camera, target, names = _patches(camera, target, names, 4)
    return _linear(camera, target, names, camera)


def white_preserving(camera: np.ndarray, target: np.ndarray, names: Sequence[str] = ()) -> ColourFit:
    """The 3x3 matrix of least squares whose rows sum to 1, so that white stays white at any exposure."""
    camera, target, names = _patches(camera, target, names, 4)
    free = camera[:, :2] - camera[:, 2:]
    fits = [least_squares(free, target[:, row] - camera[:, 2]) for row in range(3)]
    return _result(*_with_sums([f.coefficients for f in fits], [f.covariance for f in fits]), camera, target, names)


def least_difference(camera: np.ndarray, target: np.ndarray, names: Sequence[str] = ()) -> ColourFit:
    """The 3x3 matrix with rows that sum to 1 and the least sum of dE00 squared, by Levenberg-Marquardt from `white_preserving`.

    The slopes are exact: they pass through CIEDE2000 (isp.ops.lab).
    """
    camera, target, names = _patches(camera, target, names, 4)
    start = white_preserving(camera, target, names).matrix.value[:, :2].ravel()
    wanted = _lab(target)

    with jax.enable_x64(True):
        found = solve(lambda v: np.asarray(_steps(v, camera, wanted)), start, lambda v: np.asarray(_slopes(v, camera, wanted)), method="lm")
    spread = np.linalg.pinv(found.jac.T @ found.jac) * 2 * found.cost / max(found.fun.size - found.x.size, 1)
    blocks = [spread[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] for k in range(3)]
    return _result(*_with_sums(list(found.x.reshape(3, 2)), blocks), camera, target, names)


def root_polynomial(camera: np.ndarray, target: np.ndarray, names: Sequence[str] = ()) -> ColourFit:
    """The 3x6 matrix of least squares over r, g, b and the roots of their products: curved, yet the same at every exposure.

    Finlayson, Mackiewicz, Hurlbert 2015, degree 2. Raises DataError where a patch is not above black, which has no root.
    """
    camera, target, names = _patches(camera, target, names, 7)
    if (dark := np.flatnonzero((camera <= 0).any(1))).size:
        raise DataError(
            f"patch {names[dark[0]]}", f"has {camera[dark[0]].min():.3g} in a channel; a root needs light in all", "expose longer"
        )
    return _linear(roots(camera), target, names, camera)


FITS: dict[str, Callable[..., ColourFit]] = {
    "plain": plain,
    "white_preserving": white_preserving,
    "least_difference": least_difference,
    "root_polynomial": root_polynomial,
}
"""The fits by name."""


def leave_one_out(fit: Callable[..., ColourFit], camera: np.ndarray, target: np.ndarray, names: Sequence[str] = ()) -> np.ndarray:
    """(n,) dE00 of each patch under the fit to all others: what the fit is worth on colours it has not seen."""
    camera, target, names = _patches(camera, target, names, 5)
    others = ~np.eye(len(camera), dtype=bool)
    made = [fit(camera[keep], target[keep], [n for n, k in zip(names, keep, strict=True) if k])(camera[~keep])[0] for keep in others]
    return difference(np.stack(made), target)


def difference(made: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(n,) dE00 between linear sRGB colours (n, 3), white being D65."""
    with jax.enable_x64(True):
        return np.asarray(ciede2000(_lab(np.asarray(made, np.float64)), _lab(np.asarray(target, np.float64))))


def linear_rgb(xyz: np.ndarray, white: np.ndarray) -> np.ndarray:
    """Linear sRGB (n, 3) of XYZ (n, 3) seen under a white (3,), both with Y = 1 for a perfect diffuser; Bradford adaptation to D65."""
    with jax.enable_x64(True):
        to_d65 = np.asarray(adaptation(np.asarray(white, np.float64), np.asarray(white_xyz(D65))))
    return np.asarray(xyz, np.float64) @ (xyz_to_rgb("srgb") @ to_d65).T


def balance(camera: np.ndarray, target: np.ndarray, neutral: Sequence[int]) -> np.ndarray:
    """(3,) factors that bring the neutral patches (their indices) of a chart to their targets: white balance and exposure in one."""
    camera, target = (np.asarray(x, np.float64)[list(neutral)] for x in (camera, target))
    return np.sum(camera * target, 0) / np.sum(camera**2, 0)


def roots(camera: np.ndarray) -> np.ndarray:
    """(..., 6): r, g, b, sqrt(rg), sqrt(gb), sqrt(br); a negative product has the root 0."""
    camera = np.asarray(camera, np.float64)
    return np.concatenate([camera, np.sqrt(np.maximum(camera * np.roll(camera, -1, -1), 0))], -1)


def _parts(free: jax.Array, camera: jax.Array, wanted: jax.Array) -> jax.Array:
    """The parts of dE00 of each patch under the matrix whose rows begin with `free` (6,) and sum to 1."""
    head = free.reshape(3, 2)
    made = camera[:, :2] @ head.T + camera[:, 2:] * (1 - head.sum(1))
    return ciede2000_parts(lab(made @ rgb_to_xyz("srgb").T), wanted).ravel()


_steps, _slopes = jax.jit(_parts), jax.jit(jax.jacfwd(_parts))


def _patches(camera: np.ndarray, target: np.ndarray, names: Sequence[str], least: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    camera, target = np.asarray(camera, np.float64), np.asarray(target, np.float64)
    names = tuple(names) or tuple(str(k + 1) for k in range(len(camera)))
    if camera.shape != target.shape or camera.ndim != 2 or camera.shape[1] != 3 or len(names) != len(camera):
        raise DataError("colour fit", f"colours {camera.shape}, targets {target.shape} and {len(names)} names do not belong together")
    if len(camera) < least:
        raise DataError("colour fit", f"needs {least} patches or more, {len(camera)} came")
    for name, colour, wanted in zip(names, camera, target, strict=True):
        if not (np.isfinite(colour).all() and np.isfinite(wanted).all()):
            raise DataError(f"patch {name}", "holds what is not a number", "leave it out")
        if colour.max() <= 0:
            raise DataError(f"patch {name}", "is not above black", "is the chart found where it is?")
    return camera, target, names


def _lab(rgb: np.ndarray) -> np.ndarray:
    with jax.enable_x64(True):
        return np.asarray(lab(rgb @ rgb_to_xyz("srgb").T))


def _linear(terms: np.ndarray, target: np.ndarray, names: tuple[str, ...], camera: np.ndarray) -> ColourFit:
    fits = [least_squares(terms, target[:, row]) for row in range(3)]
    return _result(
        np.stack([f.coefficients for f in fits]), np.stack([np.sqrt(np.diag(f.covariance)) for f in fits]), camera, target, names
    )


def _with_sums(heads: list[np.ndarray], spreads: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(matrix, errors): rows whose last entry makes their sum 1, from their first two and the covariance of those."""
    whole = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    matrix = np.stack([whole @ head + [0, 0, 1] for head in heads])
    return matrix, np.stack([np.sqrt(np.maximum(np.diag(whole @ spread @ whole.T), 0)) for spread in spreads])


def _result(matrix: np.ndarray, errors: np.ndarray, camera: np.ndarray, target: np.ndarray, names: tuple[str, ...]) -> ColourFit:
    fit = ColourFit(Measured(matrix, errors), np.zeros(len(camera)), names)
    return ColourFit(fit.matrix, difference(fit(camera), target), names)
