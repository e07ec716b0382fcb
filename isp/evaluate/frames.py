"""What measuring keeps of the frames: the mean, the temporal variance and the evenness of each phase of the colour filter array.

Frames are raw mosaics (rows, columns) in DN, of any integer or float type; `tile` is the colour filter array's (rows, columns), (2, 2)
for Bayer and (1, 1) for a monochrome sensor. Frames are read one after another, so a series never needs to be in memory at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.measured import Measured

BLOCKS = 8
"""Evenness is judged on the means of BLOCKS x BLOCKS parts of a frame."""


@dataclass(frozen=True)
class Pair:
    """Two frames at one level of light. `light` is the exposure in any unit (NaN where not known), `time` in seconds.

    `mean` (phases,) DN; `variance` (phases,) temporal, DN^2; `spread` (phases,) the brightest less the darkest of 8 x 8 parts, DN.
    """

    name: str
    light: float
    time: float
    shape: tuple[int, int]
    mean: Measured
    variance: Measured
    spread: np.ndarray


@dataclass(frozen=True)
class Stack:
    """The average of `count` frames at one level of light: `mean` (phases, rows, columns) DN, `variance` (phases,) temporal of one frame, DN^2."""

    name: str
    count: int
    mean: np.ndarray
    variance: Measured


def split(frame: np.ndarray, tile: tuple[int, int] = (2, 2)) -> np.ndarray:
    """The phases of a mosaic as planes (phases, rows, columns), float64; a last part of a tile is cut off."""
    down, across = tile
    rows, columns = frame.shape[0] // down, frame.shape[1] // across
    whole = np.asarray(frame)[: rows * down, : columns * across].astype(np.float64)
    return whole.reshape(rows, down, columns, across).transpose(1, 3, 0, 2).reshape(down * across, rows, columns)


def pair(
    frames: Iterable[np.ndarray], tile: tuple[int, int] = (2, 2), *, name: str = "pair", light: float = np.nan, time: float = 0.0
) -> Pair:
    """The statistics of two frames A, B taken alike (EMVA 1288, 6.6): s^2 = mean((A - B)^2) / 2 - (mean A - mean B)^2 / 2.

    The error of the variance is taken from its scatter over the rows, so noise that rows share, or heavy tails, widen it as they
    should. Raises DataError where the frames are not two, differ in size, or hold what is not a number.
    """
    a, b = (split(frame, tile) for frame in _alike(frames, name, 2))
    difference = a - b
    difference -= difference.mean((1, 2), keepdims=True)
    rows = np.mean(difference**2, 2) / 2
    variance = Measured(rows.mean(1), _error_of_mean(rows))
    both = (a + b) / 2
    mean = Measured(both.mean((1, 2)), np.sqrt(variance.value / (2 * both[0].size)))
    parts = blocks(both, BLOCKS, BLOCKS).mean((2, 4))
    return Pair(name, float(light), float(time), _size(a, tile), mean, variance, parts.max((1, 2)) - parts.min((1, 2)))


def stack(frames: Iterable[np.ndarray], tile: tuple[int, int] = (2, 2), *, name: str = "stack") -> Stack:
    """The average and the temporal variance of two or more frames, in one pass (Welford). Raises DataError as `pair` does."""
    count, mean, squares = 0, np.zeros(()), np.zeros(())
    for frame in _alike(frames, name, None):
        planes = split(frame, tile)
        count += 1
        step = planes - mean
        mean = mean + step / count
        squares = squares + step * (planes - mean)
    rows = np.mean(squares, 2) / (count - 1)
    return Stack(name, count, mean, Measured(rows.mean(1), _error_of_mean(rows)))


def blocks(planes: np.ndarray, down: int, across: int) -> np.ndarray:
    """(phases, down, rows, across, columns): planes cut into parts of one size; what is left at the far edges is cut off."""
    phases, rows, columns = planes.shape
    down, across = min(down, rows), min(across, columns)
    height, width = rows // down, columns // across
    return planes[:, : down * height, : across * width].reshape(phases, down, height, across, width)


def _alike(frames: Iterable[np.ndarray], name: str, wanted: int | None) -> Iterable[np.ndarray]:
    """The frames, each checked as it comes."""
    shape, count = None, 0
    for count, frame in enumerate(frames, 1):
        frame = np.asarray(frame)
        if frame.ndim != 2:
            raise DataError(f"{name}: frame {count}", f"a mosaic has rows and columns, this has shape {frame.shape}")
        if shape is not None and frame.shape != shape:
            raise DataError(f"{name}: frame {count}", f"is {frame.shape[1]} x {frame.shape[0]}, the one before {shape[1]} x {shape[0]}")
        if not np.isfinite(frame).all():
            raise DataError(f"{name}: frame {count}", "holds values that are not numbers")
        shape = frame.shape
        yield frame
    if count < 2 or (wanted and count != wanted):
        raise DataError(
            name, f"{wanted or 'two or more'} frames are needed, {count} came", "" if wanted == 2 else "noise shows in repeats only"
        )


def _error_of_mean(rows: np.ndarray) -> np.ndarray:
    """The standard error of the mean over rows (phases, rows)."""
    return rows.std(1, ddof=1) / np.sqrt(rows.shape[1]) if rows.shape[1] > 1 else np.full(rows.shape[0], np.nan)


def _size(planes: np.ndarray, tile: tuple[int, int]) -> tuple[int, int]:
    return planes.shape[1] * tile[0], planes.shape[2] * tile[1]
