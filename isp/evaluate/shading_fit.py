"""How a lens and a sensor fall off towards the corners, from a flat: a mesh of gains for each phase, or a radial polynomial.

Both are fitted to the means of small parts of the frame, without their outermost quarters, so that dust, defects and noise do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import least_squares as solve

from isp.core.errors import DataError
from isp.evaluate.frames import blocks, split
from isp.evaluate.measured import Measured

PAPERS = ("dng2021",)

MESH = (13, 17)
"""Rows and columns of the mesh."""
LEAST = 2e-3
"""Parts this close to the mesh always count, in a flat without noise too."""
PARTS = 4
"""Parts of the frame for each interval of the mesh and each side."""


@dataclass(frozen=True)
class Mesh:
    """`gains` (phases, rows, columns) that even the frame out, 1 where it is brightest; its first and last points lie on the frame's edges.

    `residual` (phases,) is the standard deviation of the parts about the mesh, relative: what the mesh does not follow, and noise.
    """

    gains: Measured
    residual: np.ndarray

    def at(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """(phases, rows, columns): the gains at places given as shares of the frame's sides, bilinear."""
        return np.einsum(
            "ri,pij,cj->prc", hats(rows, self.gains.value.shape[1]), self.gains.value, hats(columns, self.gains.value.shape[2])
        )


@dataclass(frozen=True)
class Radial:
    """gain = 1 + k_1 r^2 + k_2 r^4 + ..., r = 1 in the corner farthest from `centre` (row, column as shares of the sides)."""

    coefficients: Measured
    centre: Measured
    residual: float


def gain_mesh(
    flat: np.ndarray,
    tile: tuple[int, int] = (2, 2),
    *,
    black: np.ndarray | float = 0.0,
    mesh: tuple[int, int] = MESH,
    smoothing: float = 1e-4,
) -> Mesh:
    """The mesh nearest to the inverse of a flat (rows, columns), the average of some frames.

    `black` is a number or one a phase. `smoothing` weighs the squared second differences of the mesh against the misfit of the parts
    that lie about one mesh point; the default is too little to flatten a falloff and enough to bridge parts that do not count. Errors
    are those of the parts, propagated. Between its points a mesh is straight: 13 x 17 points follow a falloff to 60 % in the corners to
    0.1 % r.m.s. and 0.3 % at most, and twice as many points to a quarter of that. Raises DataError where a part is at or below black, or
    the frame is too small for the mesh.
    """
    planes = split(flat, tile) - np.broadcast_to(np.asarray(black, np.float64), (tile[0] * tile[1],))[:, None, None]
    level, places = _parts(planes, tile, [PARTS * (n - 1) for n in mesh])
    bend = [np.diff(np.eye(n), 2, axis=0) for n in mesh]
    stiff = np.kron(bend[0].T @ bend[0], np.eye(mesh[1])) + np.kron(np.eye(mesh[0]), bend[1].T @ bend[1])
    found = []
    for plane, down, across in zip(level, *places, strict=True):
        # The mesh at all parts is a product of one side and the other.
        design = sparse.csr_array(sparse.kron(hats(down, mesh[0]), hats(across, mesh[1])))
        found.append(_robust(design, smoothing * PARTS**2 * stiff, (plane.mean() / plane).ravel()))
    # The brightest place is the smallest value of the fit, not the brightest part, which noise picks out.
    gains = np.stack([gains / gains.min() for gains, _, _ in found]).reshape(-1, *mesh)
    errors = np.stack([errors / gains.min() for gains, errors, _ in found]).reshape(-1, *mesh)
    residuals = [residual for _, _, residual in found]
    return Mesh(Measured(gains, errors), np.array(residuals))


def radial_falloff(
    flat: np.ndarray, tile: tuple[int, int] = (2, 2), *, black: np.ndarray | float = 0.0, terms: int = 3, centred: bool = False
) -> Radial:
    """The radial polynomial nearest to the inverse of a flat, all phases having the same falloff and levels of their own.

    The centre is found too, unless `centred` puts it in the middle. Raises DataError as `gain_mesh` does.
    """
    planes = split(flat, tile) - np.broadcast_to(np.asarray(black, np.float64), (tile[0] * tile[1],))[:, None, None]
    level, (rows, columns) = _parts(planes, tile, (48, 64))
    level = level / np.percentile(level, 99, axis=(1, 2), keepdims=True)
    aspect = np.array(planes.shape[1:]) * np.array(tile)
    middle = np.array([0.5, 0.5])

    def gain(v: np.ndarray) -> np.ndarray:
        centre = middle if centred else v[-2:]
        corner = np.sum((np.maximum(centre, 1 - centre) * aspect) ** 2)
        r2 = (((rows - centre[0]) * aspect[0]) ** 2)[:, :, None] + (((columns - centre[1]) * aspect[1]) ** 2)[:, None, :]
        return 1 + sum(v[k] * (r2 / corner) ** (k + 1) for k in range(terms))

    def residual(v: np.ndarray) -> np.ndarray:
        return (level * gain(v) / v[terms : terms + len(level), None, None] - 1).ravel()

    start = np.concatenate([np.full(terms, 0.01), np.ones(len(level)), [] if centred else middle])
    found = solve(residual, start, loss="soft_l1", f_scale=0.01, x_scale="jac")
    variance = np.mean(residual(found.x) ** 2)
    errors = np.sqrt(np.diag(np.linalg.pinv(found.jac.T @ found.jac)) * variance)
    centre = Measured(middle, 0.0) if centred else Measured(found.x[-2:], errors[-2:])
    return Radial(Measured(found.x[:terms], errors[:terms]), centre, float(np.sqrt(variance)))


def hats(places: np.ndarray, points: int) -> np.ndarray:
    """(places, points): the share of each mesh point in the value at each place, given as shares of the side."""
    knot = np.clip(np.asarray(places, np.float64), 0, 1) * (points - 1)
    return np.maximum(1 - np.abs(knot[:, None] - np.arange(points)), 0)


def _parts(
    planes: np.ndarray, tile: tuple[int, int], wanted: tuple[int, int] | list[int]
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Levels (phases, down, across) of parts of the planes, and the places of their middles as shares of the sides, (phases, down or across)."""
    if min(n // w for n, w in zip(planes.shape[1:], wanted, strict=True)) < 1:
        raise DataError(
            "flat", f"planes of {planes.shape[2]} x {planes.shape[1]} have not {wanted[1]} x {wanted[0]} parts", "ask for a smaller mesh"
        )
    cut = blocks(planes, wanted[0], wanted[1])
    _, down, height, across, width = cut.shape
    values = np.sort(cut.transpose(0, 1, 3, 2, 4).reshape(len(planes), down, across, height * width), -1)
    quarter = values.shape[-1] // 4
    level = values[..., quarter : values.shape[-1] - quarter].mean(-1)
    if np.any(level <= 0):
        phase, row, column = np.argwhere(level <= 0)[0]
        raise DataError(f"flat: phase {phase}, part {row}, {column}", "is not above black", "give more light, or the right black")
    # A phase's sites lie up to half a tile off the tile's middle.
    phase = np.arange(len(planes))
    places = []
    for count, size, of, plane, n in (
        (down, height, phase // tile[1], planes.shape[1], tile[0]),
        (across, width, phase % tile[1], planes.shape[2], tile[1]),
    ):
        off = (of + 0.5) / n - 0.5
        places.append(((np.arange(count) + 0.5) * size + off[:, None]) / plane)
    return level, (places[0], places[1])


def _robust(design: sparse.csr_array, stiff: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """(mesh, errors, residual): least squares of relative errors, in which parts six robust deviations off do not count (Tukey's biweight)."""
    scaled, weights = sparse.diags_array(1 / wanted) @ design, np.ones_like(wanted)
    for _ in range(8):
        inverse = np.linalg.inv((scaled.T @ sparse.diags_array(weights) @ scaled).toarray() + stiff)
        found = inverse @ (scaled.T @ weights)
        off = 1 - scaled @ found
        limit = max(6 * 1.4826 * np.median(np.abs(off)), LEAST)
        weights = np.maximum(1 - (off / limit) ** 2, 0) ** 2
    residual = float(np.sqrt(np.sum(weights * off**2) / max(weights.sum() - found.size, 1)))
    spread = inverse @ (scaled.T @ sparse.diags_array(weights**2) @ scaled).toarray() @ inverse
    return found, residual * np.sqrt(np.diag(spread)), residual
