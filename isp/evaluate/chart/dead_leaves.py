"""Which part of a texture came through, from dead leaves whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import numpy as np

from isp.core.errors import DataError
from isp.evaluate.chart.siemens_star import falls
from isp.evaluate.chart.texture import acutance, texture_response

PAPERS = ("cao2010", "kirk2014", "ieee1858")
FAR = 1 / 8
"""A shift by more of the shorter side is taken for another chart."""
SLOW = 0.12
"""Cycles a pixel up to which phases tell a shift: there texture is strong and blur slight."""

_measured = jax.jit(lambda made, wanted, ppd: (texture_response(made, wanted)[1], acutance(*texture_response(made, wanted), ppd)))


@dataclass(frozen=True)
class TextureResponse:
    """`response` (n,) over `frequency` (n,) in cycles a pixel: 1 where all texture is kept, more where it is exaggerated. `acutance` is its
    mean, weighted by how well contrast is seen; `mtf50` where it first falls to 0.5, NaN where it does not; `shift` x and y in pixels by
    which the picture lay off the chart; `likeness` the correlation of both, 0 to 1."""

    frequency: np.ndarray
    response: np.ndarray
    acutance: float
    mtf50: float
    shift: tuple[float, float]
    likeness: float


def dead_leaves(made: np.ndarray, chart: np.ndarray, *, pixels_per_degree: float = 60.0, aligned: bool = False) -> TextureResponse:
    """The texture response of a linear plane (rows, columns) that shows the `chart`, a plane of the same size: |sum M conj(W)| / sum |W|^2 over
    rings of frequency (Kirk et al. 2014), of luminances over their means. Noise does not correlate, and so is no texture.

    Shifts, also by parts of a pixel, are found and undone unless `aligned`; turns and other sizes are not. Acutance weighs by the contrast
    sensitivity of IEEE 1858 at `pixels_per_degree`. Raises DataError where the picture is not that of the chart.
    """
    made, chart = (np.asarray(p, np.float64) for p in (made, chart))
    if made.shape != chart.shape or made.ndim != 2 or min(made.shape) < 32 or not (np.isfinite(made).all() and np.isfinite(chart).all()):
        raise DataError(
            "dead leaves", f"picture {made.shape} and chart {chart.shape} are not two finite planes of one size, 32 x 32 or more"
        )
    if made.mean() <= 0 or chart.mean() <= 0:
        raise DataError("dead leaves", "a mean is not above black", "give linear light")
    made, chart = made / made.mean(), chart / chart.mean()
    shift = (0.0, 0.0) if aligned else shift_of(made, chart)
    made = moved(made, shift)
    likeness = float(np.corrcoef(made.ravel(), chart.ravel())[0, 1])
    if not likeness > 0.2 or max(map(abs, shift)) > FAR * min(made.shape):
        raise DataError(
            "dead leaves",
            f"the picture is not that of the chart: correlation {likeness:.2f} at a shift of {shift[0]:.1f}, {shift[1]:.1f} pixels",
            "give the part that shows the chart, turned and scaled as the chart is",
        )
    frequency, _ = texture_response(np.zeros(chart.shape, np.float32), chart.astype(np.float32))
    response, sharp = _measured(made, chart, pixels_per_degree)
    response = np.asarray(response, np.float64)
    return TextureResponse(np.asarray(frequency), response, float(sharp), falls(frequency, response, 0.5), shift, likeness)


def shift_of(made: np.ndarray, chart: np.ndarray) -> tuple[float, float]:
    """(x, y) pixels by which a plane lies off another: whole ones by the peak of phase correlation, the rest by the slope of the phases of
    slow waves."""
    window = np.outer(np.hanning(made.shape[0] + 2)[1:-1], np.hanning(made.shape[1] + 2)[1:-1])
    down, across = np.fft.fftfreq(made.shape[0])[:, None], np.fft.fftfreq(made.shape[1])[None, :]

    def cross(plane: np.ndarray) -> np.ndarray:
        spectra = [np.fft.fft2((p - p.mean()) * window) for p in (plane, chart)]
        return spectra[0] * np.conj(spectra[1])

    found = cross(made)
    peak = np.fft.ifft2(found / np.maximum(np.abs(found), 1e-9 * np.abs(found).max())).real
    y, x = (float(v) for v in np.unravel_index(np.argmax(peak), peak.shape))
    y, x = (v - n if v > n / 2 else v for v, n in zip((y, x), made.shape, strict=True))
    slow = (np.hypot(down, across) < SLOW) & (np.hypot(down, across) > 0)
    waves = -2 * np.pi * np.stack([np.broadcast_to(across, made.shape)[slow], np.broadcast_to(down, made.shape)[slow]], 1)
    for _ in range(3):
        left = cross(moved(made, (x, y)))[slow]
        weight = np.sqrt(np.abs(left))
        step = np.linalg.lstsq(waves * weight[:, None], np.angle(left) * weight, rcond=None)[0]
        x, y = x + float(step[0]), y + float(step[1])
    return x, y


def moved(plane: np.ndarray, shift: tuple[float, float]) -> np.ndarray:
    """The plane moved back by (x, y) pixels, as its waves say; what leaves at one side comes in at the other."""
    if shift == (0.0, 0.0):
        return plane
    down, across = np.fft.fftfreq(plane.shape[0])[:, None], np.fft.fftfreq(plane.shape[1])[None, :]
    turn = np.exp(2j * np.pi * (across * shift[0] + down * shift[1]))
    return np.fft.ifft2(np.fft.fft2(plane) * turn).real
