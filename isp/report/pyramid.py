"""A picture as a pyramid of tiles, so that a page of many megapixels opens at once: each level is half the size of the one before, and what is looked at is
decoded when it comes into view.

Tiles lie in the page as text of inert script elements, which a browser reads past.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

TILE = 512
"""Rows and columns of a tile."""
EXACT = 1_500_000
"""Pixels up to which tiles are kept exactly, as PNG; those of larger pictures are JPEG."""
QUALITY = 92
"""Of JPEG tiles, whose colours are as fine as their lightness (4:4:4)."""


@dataclass(frozen=True)
class Pyramid:
    """`sizes` are columns and rows of each level, from the finest to one that is a single tile; `tiles` the files by (level, row, column)."""

    sizes: tuple[tuple[int, int], ...]
    tiles: dict[tuple[int, int, int], bytes]
    kind: str

    def model(self, name: str) -> dict[str, Any]:
        """What the viewer has to know of it; `name` begins the ids of its elements."""
        return {"id": name, "kind": f"image/{self.kind}", "tile": TILE, "levels": [list(size) for size in self.sizes]}

    def elements(self, name: str) -> Iterator[str]:
        """The inert elements that hold the tiles, the coarsest first."""
        for (level, row, column), data in sorted(self.tiles.items(), reverse=True):
            yield f'<script type="text/plain" id="{name}-{level}-{row}-{column}">{base64.b64encode(data).decode()}</script>'


def pyramid(pixels: np.ndarray, quality: int = QUALITY, exact: int = EXACT) -> Pyramid:
    """The pyramid of uint8 pixels (rows, columns, 3) of encoded sRGB, kept exactly up to so many pixels; coarser pixels are means of light."""
    return _cut(pixels, _halved, quality, exact=exact)


def codes(values: np.ndarray, top: float, quality: int = QUALITY) -> Pyramid:
    """The pyramid of values (rows, columns) from 0 on, as grey codes: a value is `top` (code / 255)^2, so that small ones keep more digits. Coarser
    values are means."""
    return _cut(np.asarray(values, np.float32), _mean, quality, lambda v: (255 * np.sqrt(np.clip(v / top, 0, 1)) + 0.5).astype(np.uint8))


def _cut(pixels: np.ndarray, smaller: Any, quality: int, shown: Any = lambda pixels: pixels, exact: int = EXACT) -> Pyramid:
    kind = "png" if pixels.shape[0] * pixels.shape[1] <= exact else "jpeg"
    sizes, tiles = [], dict[tuple[int, int, int], Any]()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        while True:
            rows, columns = pixels.shape[:2]
            level, finest = len(sizes), shown(pixels)
            sizes.append((columns, rows))
            for row in range(-(-rows // TILE)):
                for column in range(-(-columns // TILE)):
                    tile = finest[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]
                    tiles[level, row, column] = pool.submit(_encoded, tile, kind, quality)
            if max(rows, columns) <= TILE:
                break
            pixels = smaller(pixels)
        return Pyramid(tuple(sizes), {place: made.result() for place, made in tiles.items()}, kind)


def _encoded(pixels: np.ndarray, kind: str, quality: int) -> bytes:
    from PIL import Image

    stream = BytesIO()
    how: dict[str, Any] = {"quality": quality, "subsampling": 0} if kind == "jpeg" else {}
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, kind, **how)
    return stream.getvalue()


def _four(pixels: np.ndarray) -> tuple[np.ndarray, ...]:
    """The four of each 2x2; an odd last row or column is repeated."""
    rows, columns = pixels.shape[:2]
    pixels = np.pad(pixels, ((0, rows % 2), (0, columns % 2), *[(0, 0)] * (pixels.ndim - 2)), "edge") if rows % 2 or columns % 2 else pixels
    return pixels[::2, ::2], pixels[::2, 1::2], pixels[1::2, ::2], pixels[1::2, 1::2]


def _mean(values: np.ndarray) -> np.ndarray:
    a, b, c, d = _four(values)
    return (a + b + c + d) / 4


_CODE = np.arange(256) / 255
_LIGHT = np.round(65535 * np.where(_CODE <= 0.04045, _CODE / 12.92, ((_CODE + 0.055) / 1.055) ** 2.4)).astype(np.uint32)
"""Light of each 8-bit code of sRGB, of 65535."""
_EDGES = (_LIGHT[1:] + _LIGHT[:-1]) / 2
_OF_LIGHT = np.searchsorted(_EDGES, np.arange(65536)).astype(np.uint8)


def _halved(pixels: np.ndarray) -> np.ndarray:
    light = sum(_LIGHT[part] for part in _four(pixels))
    return _OF_LIGHT[(light + 2) // 4]
