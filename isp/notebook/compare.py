"""Frames beside each other, and two over each other under a line that the mouse moves."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np

from isp.core import Frame
from isp.report import preview

WIDE, CUT = 720, 520
"""Pixels of the notebook that a row of pictures takes, and a cut by itself."""
SMALL = 200
"""Longest side of a cut that is kept exactly; larger ones are JPEG, with colour at full size, whole frames WebP."""
OVER = "position:absolute;top:0;left:0;width:100%;height:100%;margin:0;"
WORD = "position:absolute;bottom:.4em;padding:0 .4em;background:#0009;color:#fff;pointer-events:none;font-weight:normal;"

Place = tuple[float, float]


class Html(str):
    """Text that a notebook shows as HTML."""

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:  # a notebook keeps this beside the pictures
        return "<pictures, shown in a notebook>"


def beside(frames: Mapping[str, Frame], at: Place | None = None, size: int = 120) -> Html:
    """Frames in a row, each under its name. `at` (down, across, as shares of the upright picture) is the middle of a cut of `size` pixels square,
    enlarged pixel by pixel, a mosaic in the colours of its filters; without it the frames are shown whole."""
    wide = WIDE // max(len(frames), 1) - 8
    figures = [
        f"<figure style='margin:0 8px 8px 0;display:inline-block;width:{wide}px;vertical-align:top;overflow-wrap:anywhere'><img src='{_uri(_cut(frame, at, size, wide), at)}' width='{wide}' "
        f"style='image-rendering:{_scaling(at)}' alt='{escape(name, quote=True)}'><figcaption>{escape(name)}</figcaption></figure>"
        for name, frame in frames.items()
    ]
    return Html(f"<div>{''.join(figures)}</div>")


def wipe(before: Frame, after: Frame, at: Place | None = None, size: int = 240, names: tuple[str, str] = ("before", "after")) -> Html:
    """One frame over the other: `before` left of a line, `after` right of it, and the line follows the mouse when the picture is dragged. `at` and
    `size` as in `beside`. Where a notebook is read only, the line stays in the middle."""
    wide = WIDE if at is None else CUT
    left, right = (_uri(_cut(frame, at, size, wide), at) for frame in (before, after))
    style = f"image-rendering:{_scaling(at)};max-width:none;"
    return Html(
        f"<div style='position:relative;width:{wide}px;max-width:100%'>"
        f"<img src='{right}' width='{wide}' style='display:block;width:100%;{style}' alt='{escape(names[1], quote=True)}'>"
        f"<img src='{left}' style='{OVER}{style}clip-path:inset(0 calc(100% - var(--cut,50%)) 0 0)' alt='{escape(names[0], quote=True)}'>"
        "<span style='position:absolute;top:0;bottom:0;left:var(--cut,50%);width:1px;background:#fff;pointer-events:none'></span>"
        f"<b style='{WORD}left:.4em'>{escape(names[0])}</b><b style='{WORD}right:.4em'>{escape(names[1])}</b>"
        "<input type='range' min='0' max='100' value='50' step='0.5' aria-label='how much of the first picture is seen' "
        f"style='{OVER}opacity:0;cursor:ew-resize' oninput=\"this.parentNode.style.setProperty('--cut',this.value+'%')\"></div>"
    )


def _cut(frame: Frame, at: Place | None, size: int, wide: int) -> np.ndarray:
    """uint8 pixels: the whole frame no larger than twice `wide` (screens are fine), or a square of it as it is."""
    if at is None:
        return preview.preview(frame, 2 * wide)
    pixels = preview.close_up(frame, (0.5, 0.5), max(np.shape(frame.array)[:2]))
    rows, columns = (
        slice(first := int(np.clip(round(c * n) - size // 2, 0, max(n - size, 0))), first + size) for c, n in zip(at, pixels.shape)
    )
    return pixels[rows, columns]


def _uri(pixels: np.ndarray, at: Place | None) -> str:
    return preview.data_uri(pixels, "png" if max(pixels.shape) <= SMALL else "webp" if at is None else "jpeg")


def _scaling(at: Place | None) -> str:
    return "auto" if at is None else "pixelated"
