"""Frames, chains, stages and what tuning came to, as a notebook shows them. `isp.core` calls `html`, `show`, `show_film` and `explore` by name; nobody needs to
import this, but for `live`, which draws a run while it runs, `beside` and `wipe`, which compare frames, `Plot`, which draws numbers, and `answers`, which asks which pixels want a number to move."""

from __future__ import annotations

import sys
from html import escape
from importlib import import_module
from typing import Any

import numpy as np

from isp.core import Chain, Frame, Stage
from isp.notebook.answers import answers
from isp.notebook.compare import beside, wipe
from isp.notebook.explore import explore
from isp.notebook.film import film, lines
from isp.notebook.live import live
from isp.notebook.view import view
from isp.report import preview, words
from isp.report.plot import Plot
from isp.spec import row

SIDE = 720
CELL = "text-align:left;padding:.15em .9em .15em 0;vertical-align:top"
DIM = "opacity:.65"
PAGES = {
    "isp.bench.compare": "comparison",
    "isp.tune.result": "tuning",
    "isp.tune.sensitivity": "sensitivity",
    "isp.tune.sweep": "sweep",
    "isp.bench.evaluation.found": "evaluation",
}
"""Where results are made, and the report whose `excerpt` shows them: named, so that looking at a frame loads no tuner."""

__all__ = ["Plot", "answers", "beside", "explore", "film", "html", "live", "show", "show_film", "view", "wipe"]


def html(shown: Any) -> str:
    """A picture with its facts, a table of parameters, or the gist of a result; all text is escaped."""
    if found := PAGES.get(type(shown).__module__):
        text: str = import_module(f"isp.report.{found}").excerpt(shown, CELL)
        return text
    if isinstance(shown, Frame):
        return _frame(shown)
    if isinstance(shown, Chain):
        title = f"<b>{escape(shown.title or 'chain')}</b> <span style='{DIM}'>from {shown.input}</span>"
        return f"<div>{title}{_table([(name, stage) for name, stage in zip(shown.names, shown.stages, strict=True)])}</div>"
    told = row(type(shown))
    head = f"<b>{escape(told.name)}</b> <span style='{DIM}'>{escape(told.domains)}</span><br>{escape(told.summary)}."
    return f"<div>{head}{_table([(told.name, shown)])}</div>"


def show(shown: Any) -> None:
    """Display it: in place in a notebook; elsewhere a frame in the picture viewer of this desktop, anything else as text."""
    if _in_notebook():
        _display(html(shown))
    elif isinstance(shown, Frame):
        from PIL import Image

        Image.fromarray(preview.preview(shown, 1600)).show(title=str(shown.domain))
    elif found := PAGES.get(type(shown).__module__):
        print(import_module(f"isp.report.{found}").text(shown))
    else:
        print(shown)


def show_film(chain: Chain, frame: Frame) -> None:
    """Display the strip of a chain over a frame in a notebook; elsewhere print it in words."""
    if _in_notebook():
        _display(film(chain, frame))
    else:
        print(lines(chain, frame))


def _in_notebook() -> bool:
    ipython: Any = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def _display(text: str) -> None:
    from IPython.display import HTML, display

    display(HTML(text))


def _frame(frame: Frame) -> str:
    rows, columns = np.shape(frame.array)[:2]
    picture = preview.data_uri(preview.preview(frame, SIDE), "webp")
    facts = "".join(
        f"<tr><td style='{CELL}'>{escape(v.name)}</td><td style='{CELL}'>{escape(v.value)} {escape(v.unit)}</td>"
        f"<td style='{CELL};{DIM}'>{escape(v.doc)}</td></tr>"
        for v in words.known(frame)
    )
    return (
        f"<figure style='margin:0'><img src='{picture}' style='max-width:100%' alt='{frame.domain}'>"
        f"<figcaption>{frame.domain}, {columns} × {rows} <span style='{DIM}'>({escape(preview.rule(frame))})</span></figcaption>"
        f"<details><summary>facts</summary><table>{facts}</table></details></figure>"
    )


def _table(stages: list[tuple[str, Stage]]) -> str:
    head = "".join(f"<th style='{CELL}'>{word}</th>" for word in ("path", "value", "unit", "may be", "what it is"))
    lines = []
    for name, stage in stages:
        values = words.parameters(stage)
        if not values:
            lines.append(f"<tr><td style='{CELL}'><b>{escape(name)}</b></td><td colspan='4'></td></tr>")
        for v in values:
            value = f"<b>{escape(v.value)}</b>" if v.changed else escape(v.value)
            cells = (f"<b>{escape(name)}</b>.{escape(v.name)}", value, escape(v.unit), escape(v.limits), escape(v.doc))
            lines.append("<tr>" + "".join(f"<td style='{CELL}'>{cell}</td>" for cell in cells) + "</tr>")
    return f"<table style='margin-top:.4em'><tr>{head}</tr>{''.join(lines)}</table>"
