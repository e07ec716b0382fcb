"""A frame developed strip by strip: measure first, then one small program for every strip.

The planes of a strip are small beside those of a frame, and each core carries strips of its own. (What is measured is still measured on
the whole frame at once.)
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Chain, ChainError, Domain, Frame, Stage
from isp.core.compile import compiled
from isp.core.planes import reflected
from isp.core.run import grid_of, halo, opened, padded, tile_of

STRIP_PIXELS = 1_000_000
"""Pixels of a strip: large enough that its halo and its dispatch are small beside it; small enough that all cores have some."""

Progress = Callable[[int, int], None]
Facts = tuple[dict[str, Any], ...]


def develop(
    chain: Chain, frame: Frame, *, progress: Progress | None = None, threads: int | None = None, strip_pixels: int = STRIP_PIXELS
) -> Frame:
    """The developed frame, as NumPy pixels: whole numbers of `frame.bits` where the chain encodes, floating point otherwise.

    `progress(done, total)` counts strips. Raises ChainError when the frame does not fit the chain, and when a pixel is not finite.
    """
    for whole, some in groupby(chain.stages, key=lambda s: s.whole):
        group = tuple(some)
        if whole:
            for stage in group:
                frame = stage(frame)
        else:
            frame = _in_strips(group, frame, progress or (lambda done, total: None), threads or os.cpu_count() or 1, strip_pixels)
    pixels = np.asarray(frame.pixels)
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise ChainError("pixels", f"{int((~np.isfinite(pixels)).sum())} of {pixels.size} values are not finite after {chain.names[-1]}")
    return frame.but(pixels=pixels)


def strip_rows(size: tuple[int, int], tile: tuple[int, int], strip_pixels: int = STRIP_PIXELS) -> int:
    """Rows of a strip of a frame of this size: whole tiles, no more than the frame has."""
    rows, columns = size
    return min(rows + -rows % tile[0], max(1, strip_pixels // columns // tile[0]) * tile[0])


def _in_strips(stages: tuple[Stage, ...], frame: Frame, progress: Progress, threads: int, strip_pixels: int) -> Frame:
    pixels = np.asarray(frame.pixels)
    (rows, columns), tile, cells = pixels.shape[:2], tile_of(frame), halo(stages, tile_of(frame))
    grid = grid_of(stages, tile)
    facts = jax.device_put(frame.but(pixels=None, window=None))
    before = stages[: max((i + 1 for i, s in enumerate(stages) if s.measures), default=0)]
    measured = _measured(before, padded(before, facts.but(pixels=pixels))) if before else ()
    strip = strip_rows((rows, columns), grid, strip_pixels)
    starts = [max(0, min(start, rows + -rows % grid[0] - strip)) for start in range(0, rows, strip)]

    def one(start: int) -> Frame:
        part = _haloed(pixels, start, strip, tile, cells, grid)
        return _strip(stages, measured, facts.but(pixels=part, window=np.array([start, 0, rows, columns], np.float32)))

    out: np.ndarray | None = None
    last = frame
    with ThreadPoolExecutor(min(threads, len(starts))) as pool:
        carry = pool.map if threads > 1 else map
        for done, (start, made) in enumerate(zip(starts, carry(one, starts), strict=True), 1):
            made_pixels = np.asarray(made.pixels)
            if out is None:
                out = np.empty((rows, columns, *made_pixels.shape[2:]), made_pixels.dtype)
            out[start : start + strip] = made_pixels[: rows - start, :columns]
            last = made
            progress(done, len(starts))
    return last.but(pixels=out, window=None)


def _haloed(
    pixels: np.ndarray, start: int, rows: int, tile: tuple[int, int], cells: tuple[int, int], grid: tuple[int, int] | None = None
) -> np.ndarray:
    """Rows from `start` on with their halo: real rows where the frame has them, its continuation where it ends."""
    reach, end = cells[0] * tile[0], pixels.shape[0]
    first, last = max(0, start - reach), min(end, start + rows + reach)
    if last - first <= 2 * reach:  # so thin that its continuation reaches beyond the strip
        whole = reflected(pixels, tile, cells, grid)
        return whole[start : start + rows + 2 * reach]
    return reflected(pixels[first:last], tile, cells, grid)[start - first :][: rows + 2 * reach]


@compiled
def _measured(stages: tuple[Stage, ...], frame: Frame) -> Facts:
    """What each measuring stage gives, in order. Only facts come out, so the compiler drops all work that no measure reads."""
    facts = []
    frame = opened(stages, frame)
    for stage in stages:
        frame = stage(frame)
        if stage.measures:
            facts.append({name: getattr(frame, name) for name in stage.gives})
    return tuple(facts)


@compiled
def _strip(stages: tuple[Stage, ...], measured: Facts, frame: Frame) -> Frame:
    """One strip through the local stages; a measuring stage is replaced by what it has measured on the whole frame."""
    given = iter(measured)
    frame = opened(stages, frame)
    for stage in stages:
        frame = frame.but(**next(given)) if stage.measures else stage(frame)
    pixels = frame.pixels.trimmed()
    if frame.bits is not None and frame.domain in _WHOLE:
        pixels = pixels.map(partial(_WHOLE[frame.domain], bits=frame.bits))
    return frame.but(pixels=pixels.joined())


def _as_integers(plane: jax.Array, bits: int) -> jax.Array:
    """Encoded values 0 to 1 as whole numbers; in 16 bits when they need more than 8, scaled to the full range of the type."""
    kind = jnp.uint8 if bits <= 8 else jnp.uint16
    return (plane * jnp.iinfo(kind).max + 0.5).astype(kind)


def _as_counts(plane: jax.Array, bits: int) -> jax.Array:
    """Digital numbers, which are whole already, in the smallest type that holds them."""
    return plane.astype(jnp.uint16 if bits <= 16 else jnp.uint32)


_WHOLE = {Domain.DISPLAY: _as_integers, Domain.MOSAIC_DN: _as_counts}
"""Domains of whole numbers. Elsewhere `bits` is only what the sensor once had."""
