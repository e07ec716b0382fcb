"""A slanted edge becomes the deviation of a Gaussian: the one that, with a full pixel, falls to one half where the edge did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isp.calibrate.captures import Raw
from isp.core import DataError
from isp.evaluate.chart.slanted_edge import EdgeResponse, slanted_edge
from isp.evaluate.measured import Measured
from isp.ops.separable import gaussian_weights

SIGMAS, REACH = np.geomspace(0.02, 8, 2000), 32
Region = tuple[int, int, int, int]


@dataclass(frozen=True)
class Sharpness:
    """An edge by filter: `responses` of each phase, `mtf50` (cycles a pixel) and `sigma` (pixels); `together` is the sigma of all."""

    name: str
    responses: dict[str, tuple[EdgeResponse, ...]]
    mtf50: dict[str, Measured]
    sigma: dict[str, Measured]

    @property
    def together(self) -> Measured:
        """The mean over filters, with no less error than their scatter."""
        values = np.array([float(s.value) for s in self.sigma.values()])
        errors = np.array([float(s.error) for s in self.sigma.values()])
        pooled = Measured(values, errors).pooled
        return Measured(pooled.value, max(float(pooled.error), values.std() / max(values.size, 1) ** 0.5))


def sharpness_of(raw: Raw, planes: np.ndarray, region: Region | None = None) -> Sharpness:
    """The sharpness of an edge in `planes` (phases, rows, columns), linear above black. `region` is row, column, rows, columns of the part
    that holds the edge and nothing else. Raises DataError that names the file and the filter."""
    tile = raw.cfa.tile
    if region is not None:
        top, left, rows, columns = (v // t for v, t in zip(region, (*tile, *tile), strict=True))
        planes = planes[:, top : top + rows, left : left + columns]
    responses: dict[str, list[EdgeResponse]] = {}
    for letter, plane in zip(raw.cfa.sites, planes, strict=True):
        try:
            responses.setdefault(letter, []).append(slanted_edge(plane, pitch=float(tile[0])))
        except DataError as error:
            p = error.problems[0]
            raise DataError(f"{raw.name}: {letter} sites: {p.what}", p.why, p.do) from None
        if np.isnan(responses[letter][-1].mtf50.value):
            raise DataError(f"{raw.name}: {letter} sites", "the response never falls to one half", "is it a sharpened picture?")
    mtf50 = {k: _mean([r.mtf50 for r in v]) for k, v in responses.items()}
    sigma = {k: _mean([gaussian(r.mtf50, float(r.angle.value)) for r in v]) for k, v in responses.items()}
    return Sharpness(raw.name, {k: tuple(v) for k, v in responses.items()}, mtf50, sigma)


def gaussian(mtf50: Measured, angle: float) -> Measured:
    """The deviation, in pixels, at which `optics.gaussian_psf` and a pixel of full fill respond to an edge by 0.5 at `mtf50`.

    That stage takes a scene as made of squares of even light, so its kernel is a Gaussian seen through one more pixel."""

    def at(frequency: float) -> float:
        # The least deviations are those of a sharper edge than a pixel makes: they stand for no blur.
        return float(np.interp(-0.5, -_modelled(frequency, angle), SIGMAS))

    f, step = float(mtf50.value), max(float(mtf50.error), 1e-6)
    return Measured(np.array(at(f)), np.array(abs(at(f + step) - at(max(f - step, 1e-3))) / 2))


def _modelled(frequency: float, angle: float) -> np.ndarray:
    """(sigmas,) the response of pixel and kernel along the normal of an edge."""
    weights = np.stack([np.asarray(w, np.float64) for w in gaussian_weights(SIGMAS, REACH)])
    places, turn = np.arange(-REACH, REACH + 1), np.radians(angle)
    made = np.ones(SIGMAS.size)
    for share in (np.cos(turn), np.sin(turn)):
        made = made * (np.cos(2 * np.pi * frequency * share * places) @ weights) * np.sinc(frequency * share)
    return made


def _mean(values: list[Measured]) -> Measured:
    return Measured(np.stack([v.value for v in values]), np.stack([v.error for v in values])).pooled
