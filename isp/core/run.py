"""Stages run one after another over one frame: pad once by all their reaches, run every stage without borders, interleave once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from isp.core.errors import ChainError
from isp.core.frame import Frame
from isp.core.planes import Planes, reflected

if TYPE_CHECKING:
    from isp.core.stage import Stage

Watch = Callable[["Stage", Frame], None]


def run(stages: Sequence[Stage], frame: Frame, watch: Watch | None = None) -> Frame:
    """The frame after all stages; `watch(stage, frame)` sees it after each, as an array. Pure: jit, grad and vmap go through.

    Stages that need the `whole` frame as one array part the chain into runs of local stages; each run is padded once.
    """
    for whole, some in groupby(stages, key=lambda s: s.whole):
        group = list(some)
        if whole:
            for stage in group:
                frame = stage(frame)
                if watch:
                    watch(stage, frame)
        else:
            frame = within(group, padded(group, frame), frame.pixels.shape[:2], watch)
    return frame


def tile_of(frame: Frame) -> tuple[int, int]:
    """The tile in which a frame's array repeats. Raises ChainError for a mosaic whose filters are not known."""
    if not frame.domain.is_mosaic:
        return 1, 1
    if frame.cfa is None:
        raise ChainError("frame", f"it is {frame.domain}, but its colour filter array is not known", "say `cfa` in a sidecar")
    return frame.cfa.tile


def grid_of(stages: Sequence[Stage], tile: tuple[int, int]) -> tuple[int, int]:
    """What the sides of a frame of `tile` must be whole multiples of, so that every mosaic that these stages make has whole tiles."""
    tiles = [tile, *(s.tile for s in stages if s.tile)]
    return math.lcm(*(t[0] for t in tiles)), math.lcm(*(t[1] for t in tiles))


def halo(stages: Sequence[Stage], tile: tuple[int, int]) -> tuple[int, int]:
    """Whole tiles, down and across, that stages read beyond the frame; a stage that samples a mosaic changes the tile on the way."""
    down = right = 0
    before: list[tuple[Stage, tuple[int, int]]] = []
    for stage in stages:
        before.append((stage, tile))
        tile = stage.tile or tile
    for stage, tile in reversed(before):
        cells = Planes((), tile).cells(stage.reach)
        down, right = down + cells[0] * tile[0], right + cells[1] * tile[1]
    return down // tile[0], right // tile[1]


def padded(stages: Sequence[Stage], frame: Frame) -> Frame:
    """The frame with the halo that these stages read, still one array; a NumPy array stays one."""
    tile = tile_of(frame)
    rows, columns = frame.pixels.shape[:2]
    try:
        pixels = reflected(frame.pixels, tile, halo(stages, tile), grid_of(stages, tile))
    except ValueError as error:
        raise ChainError("frame", str(error)) from error
    window = np.array([0, 0, rows, columns], np.float32) if frame.window is None else frame.window
    return frame.but(pixels=pixels, window=window)


def within(stages: Sequence[Stage], frame: Frame, size: tuple[int, int], watch: Watch | None = None) -> Frame:
    """Stages over a padded frame; what comes out is one array of `size` again."""
    frame = opened(stages, frame)
    for stage in stages:
        frame = stage(frame)
        if watch:
            watch(stage, closed(frame, size))
    return closed(frame, size)


def opened(stages: Sequence[Stage], frame: Frame) -> Frame:
    """A padded frame as planes in floating point, with the halo that these stages read."""
    pixels = jnp.asarray(frame.pixels)
    pixels = pixels if jnp.issubdtype(pixels.dtype, jnp.floating) else pixels.astype(jnp.result_type(float))
    tile = tile_of(frame)
    return frame.but(pixels=Planes.split(pixels, tile, halo(stages, tile)))


def closed(frame: Frame, size: tuple[int, int]) -> Frame:
    """A frame of planes as one array of `size`, without halo."""
    return frame.but(pixels=frame.pixels.trimmed().joined()[: size[0], : size[1]], window=None)
