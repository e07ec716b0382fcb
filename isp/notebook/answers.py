"""Which pixels answer to a number, and which want it to move: the slope of the picture, pixel by pixel, drawn over the picture.

isp.notebook.answers(pipeline, frame, "tone.filmic.contrast")              # amber: brighter with more of it, blue: darker
isp.notebook.answers(pipeline, frame, "denoise.bilateral.strength", wanted=clean)   # amber: nearer to what is wanted with more of it
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from isp.core import Chain, ChainError, Frame
from isp.core.compile import compiled
from isp.notebook.compare import Html
from isp.notebook.knob import knobs
from isp.report import preview
from isp.report.sensitivity import tinted

WIDE, SIDE = 560, 720
"""Pixels of the notebook that the picture takes, and its longest side at most."""
WORDS = {
    False: "amber becomes brighter with more of it, blue darker; grey does not care",
    True: "amber comes nearer to what is wanted with more of it, blue with less; grey does not care",
}


def answers(chain: Chain, frame: Frame, path: str, wanted: Frame | Any = None) -> Html:
    """The picture of `slope`, with words."""
    made = np.asarray(chain(frame).array)
    wants = slope(chain, frame, path, wanted)
    pixels = preview.upright(preview.shrunk(tinted(encoded(made), wants), SIDE).astype(np.uint8), chain(frame))
    more, less = (float(np.maximum(s * wants, 0).sum()) for s in (1, -1))
    share = 100 * more / max(more + less, 1e-30)
    told = f"{share:.0f} % of it says more" if wanted is not None else f"{share:.0f} % of it is towards light"
    picture = preview.data_uri(pixels, "webp")
    return Html(
        f"<figure style='margin:0'><img src='{picture}' style='max-width:100%;width:{WIDE}px' alt='slope along {escape(path, quote=True)}'>"
        f"<figcaption><b>{escape(path)}</b>: {WORDS[wanted is not None]} ({told})</figcaption></figure>"
    )


def slope(chain: Chain, frame: Frame, path: str, wanted: Frame | Any = None) -> np.ndarray:
    """By how much each pixel (rows, columns) changes, as the mean of its channels, for a usual range of the number at `path` (`stage.field`, of arrays
    `stage.field[2]`). With `wanted`, a frame or an array of the developed picture's shape: by how much its squared error falls, to first order.
    It is the derivative itself, through every stage. Raises ChainError for a path that is no number."""
    from isp.tune.slopes import pushed

    name, index = _parted(path)
    i, field = chain.find(name)
    knob = next((k for k in knobs(chain.stages[i]) if k.field == field and k.index == index), None)
    if knob is None:
        raise ChainError(path, "is no single number", "say which: `stage.field[0]`")

    def along(stages: Any, frame: Frame, width: Any) -> Any:
        def made(by: Any) -> Any:
            old = getattr(stages[i], field)
            moved = np.zeros(np.shape(old), np.float32)
            moved[index] = 1
            stage = stages[i].with_values(**{field: old + by * width * moved})
            from isp.core.run import run

            return run((*stages[:i], stage, *stages[i + 1 :]), frame).pixels

        return made(np.float32(0)), pushed(made, np.float32(0), np.float32(1))

    pixels, moved = map(np.asarray, compiled(along)(chain.stages, frame, np.float32(knob.high - knob.low)))
    if wanted is None:
        return moved.mean(-1) if moved.ndim == 3 else moved
    fall = -2 * (pixels - np.asarray(wanted, np.float32)) * moved
    return np.asarray(fall.sum(-1) if fall.ndim == 3 else fall)


def encoded(pixels: np.ndarray) -> np.ndarray:
    """Pixels (rows, columns, 3) between 0 and 1."""
    pixels = np.asarray(pixels, np.float32)
    return np.repeat(pixels[..., None], 3, -1) if pixels.ndim == 2 else pixels


def _parted(path: str) -> tuple[str, tuple[int, ...]]:
    """`stage.field[1, 2]` in its two parts."""
    name, bracket, inside = path.partition("[")
    digits = inside.removesuffix("]")
    if bracket and not all(part.strip().isdigit() for part in digits.split(",")):
        raise ChainError(path, "is no path of a number", "stage.field[0]")
    return name, tuple(int(part) for part in digits.split(",")) if bracket else ()
