"""A frame small enough to be developed again while a slider moves: all of it with fewer sites, or a part of it as it is."""

from __future__ import annotations

from itertools import count

import jax.numpy as jnp
import numpy as np

from isp.core import Frame
from isp.core.run import tile_of

LARGEST = 1_400_000
"""Pixels of a view at most; about one million is what comes of most cameras."""

Place = tuple[float, float]


def view(frame: Frame, at: Place | None = None, largest: int = LARGEST) -> Frame:
    """`frame` itself where it has no more than `largest` pixels. Else all of it as a sensor of fewer, larger sites would have seen it, or with `at` (down,
    across, as shares of the sides) a square of it around that place, pixel for pixel. What is measured is measured on the view."""
    rows, columns = np.shape(frame.pixels)[:2]
    if rows * columns <= largest:
        return frame
    return _shrunk(frame, largest) if at is None else _cut(frame, at, int(largest**0.5))


def _shrunk(frame: Frame, largest: int) -> Frame:
    """Each new site is the mean of the sites of its filter in a square of k x k. With k one more than whole tiles their middle is the middle of the square,
    so that no colour is shifted against another; the mean of n sites has an n-th of their noise."""
    pixels, tile = np.asarray(frame.pixels), tile_of(frame)
    rows, columns = pixels.shape[:2]
    step = int(np.lcm(*tile)) if frame.domain.is_mosaic else 1
    k = next(k for k in count(1, step) if (rows // k) * (columns // k) <= largest)
    size = tuple(n // k // t * t for n, t in zip((rows, columns), tile, strict=True))
    made = np.empty((*size, *pixels.shape[2:]), np.float32)
    for y in range(tile[0]):
        for x in range(tile[1]):
            down, across = ((np.arange(o, n, t) * k)[:, None] + np.arange(0, k, t) for o, n, t in zip((y, x), size, tile, strict=True))
            sites = [pixels[i][:, j].astype(np.float32) for i in down.T for j in across.T]
            made[y :: tile[0], x :: tile[1]] = np.mean(sites, axis=0)
    seen = {"defects": None, "psf": None, "window": None, "linearisation": frame.linearisation}
    seen["noise"] = None if frame.noise is None else np.asarray(frame.noise, np.float32) / len(sites)
    seen["pitch"] = None if frame.pitch is None else np.asarray(frame.pitch) * k
    seen["crop"] = None if frame.crop is None else tuple(c // k // 2 * 2 for c in frame.crop)
    if frame.black_rows is not None:
        each = (np.arange(size[0]) * k)[:, None] + np.arange(0, k, tile[0])
        seen["black_rows"] = np.asarray(frame.black_rows, np.float32)[each].mean(1)
    return frame.but(pixels=made, **seen)


def _cut(frame: Frame, at: Place, side: int) -> Frame:
    """A square of whole tiles; where it lies in the whole frame is kept, for what depends on the place."""
    sizes, tile = np.shape(frame.pixels)[:2], tile_of(frame)
    places = []
    for share, n, t in zip(at, sizes, tile, strict=True):
        long = min(side, n) // t * t
        first = int(np.clip(round(share * n) - long // 2, 0, n - long)) // t * t
        places.append(slice(first, first + long))
    corner = np.array([p.start for p in places])
    seen = {"crop": None, "window": jnp.asarray([*corner, *sizes], jnp.float32)}
    if frame.defects is not None:
        inside = np.asarray(frame.defects) - corner
        seen["defects"] = inside[((inside >= 0) & (inside < [p.stop - p.start for p in places])).all(-1)]
    if frame.black_rows is not None:
        seen["black_rows"] = np.asarray(frame.black_rows)[places[0]]
    return frame.but(pixels=np.asarray(frame.pixels)[places[0], places[1]], **seen)
