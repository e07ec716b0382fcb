"""Any frame as a small picture for the eye. Domains that are not meant for the eye are shown by a stated rule, the same for every frame."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import numpy as np

from isp.core import Cfa, Domain, Frame

SIDE = 900
"""Longest side of a preview, in pixels."""
RULES = {
    Domain.SCENE: "linear light, shown through the sRGB curve",
    Domain.ELECTRONS: "every tile of the filter array is one pixel, shown through the sRGB curve",
    Domain.MOSAIC_DN: "stored numbers over white, pedestal included; every tile of the filter array is one pixel, shown through the sRGB curve",
    Domain.MOSAIC: "every tile of the filter array is one pixel of camera colour, shown through the sRGB curve",
    Domain.CAMERA: "camera colour shown as if it were sRGB, through the sRGB curve",
    Domain.WORKING: "linear working colour, shown through the sRGB curve",
    Domain.DISPLAY: "as encoded",
}
"""How each domain is made visible."""
STABILISED = "values of constant noise, shown as they are: the transform is much like a display curve"

LOSSY: dict[str, dict[str, Any]] = {"jpeg": {"quality": 88, "subsampling": 0}, "webp": {"quality": 80, "method": 6}}
"""How much is lost of what a page holds."""

TINTS = {
    "r": (1, 0.15, 0.15),
    "g": (0.15, 1, 0.15),
    "b": (0.25, 0.35, 1),
    "c": (0.1, 1, 1),
    "m": (1, 0.1, 1),
    "y": (1, 1, 0.1),
    "e": (0.1, 1, 0.6),
    "w": (1, 1, 1),
}


def rule(frame: Frame) -> str:
    """How `preview` makes this frame visible, in words."""
    return STABILISED if frame.stabiliser is not None else RULES[frame.domain]


def preview(frame: Frame, side: int = SIDE) -> np.ndarray:
    """The frame as uint8 sRGB (rows, columns, 3), no side longer than `side`; averaged in its own values, made visible by its rule, and
    turned upright as the frame's orientation says."""
    pixels = values(frame)
    if frame.domain.is_mosaic and frame.cfa is not None:
        pixels = _tiles(pixels, frame.cfa)
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, -1)
    return upright(_visible(shrunk(pixels[..., :3], side), frame), frame)


def close_up(frame: Frame, centre: tuple[float, float], size: int = 40) -> np.ndarray:
    """`size` x `size` pixels around `centre` (shares of the sides), one for one; a mosaic in the colours of its filters. uint8."""
    pixels = values(frame)
    corner = [_corner(c, n, min(size, n)) for c, n in zip(centre, pixels.shape, strict=False)]
    cut = pixels[corner[0] : corner[0] + size, corner[1] : corner[1] + size]
    if cut.ndim == 2 and frame.domain.is_mosaic and frame.cfa is not None:
        height, width = frame.cfa.tile
        tints = np.array([TINTS[f] for f in frame.cfa.sites]).reshape(height, width, 3)
        tints = np.tile(tints, (-(-cut.shape[0] // height), -(-cut.shape[1] // width), 1))[: cut.shape[0], : cut.shape[1]]
        return upright((_visible(cut[..., None], frame) * tints).astype(np.uint8), frame)
    return upright(_visible(np.repeat(cut[..., None], 3, -1) if cut.ndim == 2 else cut[..., :3], frame), frame)


def busiest(frame: Frame, size: int = 40) -> tuple[float, float]:
    """The centre, as shares of the sides, of the place with the most detail: where the pixels differ most without being clipped."""
    grey = values(frame)
    grey = _tiles(grey, frame.cfa).mean(-1) if frame.domain.is_mosaic and frame.cfa is not None else grey
    grey = np.sqrt(np.clip(grey.mean(-1) if grey.ndim == 3 else grey, 0, 0.9))
    cells = max(1, size // 2)
    rows, columns = grey.shape[0] // cells, grey.shape[1] // cells
    if rows < 3 or columns < 3:
        return 0.5, 0.5
    blocks = grey[: rows * cells, : columns * cells].reshape(rows, cells, columns, cells).transpose(0, 2, 1, 3).reshape(rows, columns, -1)
    detail = blocks.std(-1)[1:-1, 1:-1]
    row, column = np.unravel_index(np.argmax(detail), detail.shape)
    return (row + 1.5) / rows, (column + 1.5) / columns


def turned(place: tuple[float, float], frame: Frame) -> tuple[float, float]:
    """Where a place (shares of the sides) of this frame lies once the frame is upright."""
    row, column = place
    orientation = frame.orientation or 1
    row, column = (column, row) if orientation >= 5 else (row, column)
    return 1 - row if orientation in (3, 4, 7, 8) else row, 1 - column if orientation in (2, 3, 6, 7) else column


def values(frame: Frame) -> np.ndarray:
    """The pixels as float32, 1 where the first filter saturates."""
    pixels = np.asarray(frame)
    if frame.domain is Domain.DISPLAY:
        return pixels.astype(np.float32) / (np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1)
    white = 1.0 if frame.white is None or frame.stabiliser is not None else float(np.min(np.asarray(frame.white)))
    return pixels.astype(np.float32) / max(white, 1e-6)


def data_uri(pixels: np.ndarray, kind: str = "jpeg", profile: bytes | None = None) -> str:
    """uint8 pixels as an image inside a page; `kind` is webp (half of jpeg, colour at half the size), jpeg (small) or png (exact)."""
    from PIL import Image

    stream = BytesIO()
    Image.fromarray(pixels).save(stream, kind, icc_profile=profile, **LOSSY.get(kind, {}))
    return f"data:image/{kind};base64,{base64.b64encode(stream.getvalue()).decode()}"


def _corner(centre: float, length: int, size: int) -> int:
    """The first row or column of a window; even, so that close-ups of a mosaic and of its picture show the same phase."""
    return int(np.clip(round(centre * length) - size // 2, 0, length - size)) // 2 * 2


def _tiles(pixels: np.ndarray, cfa: Cfa) -> np.ndarray:
    """The mean of each filter in each tile: (rows, columns, 3) where red, green and blue are among them, else grey."""
    height, width = cfa.tile
    rows, columns = pixels.shape[0] // height, pixels.shape[1] // width
    cells = (
        pixels[: rows * height, : columns * width].reshape(rows, height, columns, width).transpose(0, 2, 1, 3).reshape(rows, columns, -1)
    )
    if not set("rgb") <= set(cfa.filters):
        return cells.mean(-1)
    sites = np.array(list(cfa.sites))
    return np.stack([cells[..., sites == c].mean(-1) for c in "rgb"], -1)


def shrunk(pixels: np.ndarray, side: int) -> np.ndarray:
    """Block means over the smallest whole factor that fits `side`."""
    factor = -(-max(pixels.shape[:2]) // side)
    if factor == 1:
        return pixels
    rows, columns = pixels.shape[0] // factor, pixels.shape[1] // factor
    return pixels[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor, -1).mean((1, 3))


def upright(pixels: np.ndarray, frame: Frame) -> np.ndarray:
    """What EXIF orientation undoes: on its side (5 to 8) first, then mirrors."""
    orientation = frame.orientation or 1
    pixels = pixels.swapaxes(0, 1) if orientation >= 5 else pixels
    pixels = pixels[:, ::-1] if orientation in (2, 3, 6, 7) else pixels
    return np.ascontiguousarray(pixels[::-1] if orientation in (3, 4, 7, 8) else pixels)


def _visible(pixels: np.ndarray, frame: Frame) -> np.ndarray:
    pixels = np.clip(np.nan_to_num(pixels), 0, 1)
    if frame.domain is not Domain.DISPLAY and frame.stabiliser is None:
        pixels = np.where(pixels <= 0.0031308, 12.92 * pixels, 1.055 * np.maximum(pixels, 0.0031308) ** (1 / 2.4) - 0.055)
    return (pixels * 255 + 0.5).astype(np.uint8)
