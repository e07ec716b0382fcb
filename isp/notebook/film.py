"""A chain over a frame as a strip of film: what every stage made of it, with its histogram and what it did to the facts."""

from __future__ import annotations

from html import escape

import numpy as np

from isp.core import Chain, Frame, Stage
from isp.notebook.compare import Html
from isp.report import histogram, preview, words
from isp.spec import row

WIDE = 220
"""Pixels of the notebook for one picture."""
SIDE, CLOSE, BINS = 264, 32, 48
"""Longest side of a picture, sites of the close-up each way, and bins of a histogram: a strip of twenty stages is stored in a notebook with less than 200 kB."""
DIM = "opacity:.65;font-size:.85em"
STYLE = "<style>.isp-film .histogram{width:100%;background:#161616;display:block}.isp-film .histogram text{fill:#949494;font-size:13px}.isp-film figure{margin:0}</style>"


def film(chain: Chain, frame: Frame) -> Html:
    """One picture a stage, from left to right: the whole, a close-up of the busiest place pixel by pixel, the histogram, and what became of the facts. A stage
    that left the pixels as they were is told in words."""
    place, before = preview.busiest(frame), frame
    cells = [_cell("the file", "", frame, place, _facts(frame))]
    for name, after in chain.trace(frame).items():
        place = preview.turned(place, before) if after.orientation != before.orientation else place
        cells.append(_still(chain[name], name, before, after) or _cell(name, _claim(chain[name]), after, place, _news(before, after)))
        before = after
    strip = "".join(cells)
    return Html(f"{STYLE}<div class='isp-film' style='display:flex;gap:12px;overflow-x:auto;align-items:flex-start'>{strip}</div>")


def lines(chain: Chain, frame: Frame) -> str:
    """The same in words, where nothing can be drawn: a line a stage, with the mean of each channel as a share of white."""
    made = [f"{chain.title or 'chain'}"]
    for name, after in {"the file": frame, **chain.trace(frame)}.items():
        means = ", ".join(f"{c.name} {c.mean:.3f}" for c in histogram.summary(after))
        made.append(f"  {name}: {after.domain}, {means}")
    return "\n".join(made)


def _cell(name: str, claim: str, frame: Frame, place: tuple[float, float], news: str) -> str:
    whole = preview.data_uri(preview.preview(frame, SIDE), "webp")
    close = preview.data_uri(preview.close_up(frame, place, CLOSE), "png")
    return (
        f"<figure style='flex:0 0 {WIDE}px'><figcaption><b>{escape(name)}</b><br><span style='{DIM}'>{escape(str(frame.domain))}</span></figcaption>"
        f"<img src='{whole}' style='width:100%;display:block' alt='{escape(name, quote=True)}: the whole picture'>"
        f"<img src='{close}' style='width:100%;display:block;image-rendering:pixelated' alt='{escape(name, quote=True)}: a close-up'>"
        f"{histogram.svg(thin(frame), BINS)}<div style='{DIM}'>{escape(claim)}</div><div style='{DIM}'>{news}</div></figure>"
    )


def _still(stage: Stage, name: str, before: Frame, after: Frame) -> str:
    """What is said of a stage after which the pixels are the same; empty where they are not."""
    if not stage.measures and (before.domain is not after.domain or not np.array_equal(np.asarray(before), np.asarray(after))):
        return ""
    told = _news(before, after) or "nothing to do here"
    return (
        f"<div style='flex:0 0 {WIDE // 2}px'><b style='overflow-wrap:anywhere'>{escape(name)}</b>"
        f"<div style='{DIM}'>{escape(_claim(stage))}</div><div style='{DIM};margin-top:.5em'>{told}</div></div>"
    )


def _claim(stage: Stage) -> str:
    return row(type(stage)).summary + "."


def _news(before: Frame, after: Frame) -> str:
    """Facts given and taken, a line each."""
    given = [f"{name} = {value.value} {value.unit}".rstrip() if value else f"takes {name}" for name, value in words.news(before, after)]
    return "<br>".join(escape(text if len(text) < 90 else text[:87] + "...") for text in given)


def _facts(frame: Frame) -> str:
    return f"{len(words.known(frame))} facts come with it"


def thin(frame: Frame) -> Frame:
    """Some of the pixels, whole tiles of them, which is enough for a histogram."""
    tile = frame.cfa.tile if frame.domain.is_mosaic and frame.cfa is not None else (1, 1)
    pixels = np.asarray(frame)
    keep = [np.flatnonzero(np.arange(n) // t % max(1, n // (256 * t)) == 0) for n, t in zip(pixels.shape, tile, strict=False)]
    return frame.but(pixels=pixels[keep[0]][:, keep[1]])
