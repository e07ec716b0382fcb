"""The page of a sensitivity: bars, a table, a heat map of what makes up for what, and which pixels want what."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

import numpy as np

from isp.report import plot
from isp.report.preview import data_uri
from isp.report.template import rendered

ROOM = 24
"""Numbers that a plot has room for."""
AMBER, BLUE = np.array([255, 176, 32], float), np.array([70, 130, 255], float)


class Map(NamedTuple):
    """A picture with its words."""

    name: str
    uri: str
    words: str
    width: int
    height: int


def page(found: Any, title: str = "", command: str = "") -> str:
    """HTML of a `isp.tune.sensitivity.Sensitivity`."""
    order = np.argsort(-found.change, kind="stable")[:ROOM]
    shown = [i for i in np.sort(order) if found.change[i] > 0]
    names = found.names
    most = np.argsort(-np.abs(found.gradient), kind="stable")[:ROOM]
    return rendered(
        "sensitivity.html",
        title=title or "Which parameters matter",
        command=command,
        found=found,
        told=told(found),
        rows=found.as_json()["parameters"],
        bars=plot.bars(found.change[order], [names[i] for i in order], "change of the pictures", mark=found.noise),
        pulls=plot.bars(np.abs(found.gradient[most]), [names[i] for i in most], "slope of the loss"),
        heat=plot.heat(found.correlation[np.ix_(shown, shown)], [names[i] for i in shown], "correlations") if len(shown) > 1 else "",
        left=len(names) - len(shown) if len(shown) > 1 else 0,
        maps=[_map(one) for one in found.overlays],
    )


def told(found: Any) -> list[str]:
    """The findings, a sentence each."""
    dead = [name for name, verdict in zip(found.names, found.verdicts, strict=True) if verdict == "dead"]
    faint = [name for name, verdict in zip(found.names, found.verdicts, strict=True) if verdict == "faint"]
    made = [f"dead, no pixel moves: {', '.join(dead)}"] if dead else []
    made += [f"faint, moves less than is seen: {', '.join(faint)}"] if faint else []
    made += [f"cannot be told apart (change {d.change:.1g}): {d}" for d in found.unseen]
    return made + [f"fight: {p.one} and {p.other} (correlation {p.correlation:+.3f})" for p in found.pairs]


def _map(one: Any) -> Map:
    rows, columns = one.wants.shape
    scale = max(1, 240 // max(rows, columns))
    pixels = np.repeat(np.repeat(tinted(one.picture, one.wants), scale, 0), scale, 1)
    grow, shrink = (float(np.maximum(s * one.wants, 0).sum()) for s in (1, -1))
    words = f"{100 * grow / max(grow + shrink, 1e-30):.0f} % of the wish is for more"
    return Map(one.name, data_uri(pixels, "png"), words, columns * scale, rows * scale)


def tinted(picture: np.ndarray, wants: np.ndarray) -> np.ndarray:
    """Wishes (rows, columns) over a picture (rows, columns, 3) in grey: amber above zero, blue below. uint8.

    The share of colour is w / (w + k), k the wish that a fifth of the pixels exceed: half there, and never all of it, so that strong wishes still differ from
    stronger ones and the picture is seen below."""
    grey = 255 * np.clip(np.nan_to_num(picture).mean(-1, keepdims=True), 0, 1) * 0.75
    sizes = np.abs(np.nan_to_num(wants))
    knee = float(np.percentile(sizes, 80)) or float(sizes.max()) or 1.0
    share = (sizes / (sizes + knee))[..., None]
    return ((1 - share) * grey + share * np.where(wants[..., None] > 0, AMBER, BLUE) + 0.5).astype(np.uint8)


def excerpt(found: Any, cell: str = "") -> str:
    """The gist as HTML that brings its own style, for a notebook: the findings, the bars, and the correlations."""
    order = np.argsort(-found.change, kind="stable")[:ROOM]
    names = [found.names[i] for i in order]
    shapes = plot.bars(found.change[order], names, "change of the pictures", mark=found.noise)
    if len(order) > 1:
        shapes += plot.heat(found.correlation[np.ix_(order, order)], names, "correlations")
    lines = "".join(f"<br>{escape(text)}" for text in told(found))
    style = f"<style>{plot.STYLE}</style>"
    return f"<div><b>{len(found.names)} numbers</b>, change of the pictures by one usual range{lines}{style}<div style='max-width:460px'>{shapes}</div></div>"


def text(found: Any) -> str:
    """The gist in lines: the numbers, those that show most first, then the findings."""
    order = np.argsort(-found.change, kind="stable")
    return "\n".join([*(f"  {found.names[i]} {found.change[i]:.3g} {found.verdicts[i]}" for i in order), *told(found)])
