"""The page and the table of a sweep. It is known here by its attributes alone (`isp.tune.sweep.Sweep`)."""

from __future__ import annotations

import base64
import csv
import io
import itertools
import math
from html import escape
from typing import Any

from isp.report.figure import Figure
from isp.report.plot import INKS, Plot
from isp.report.template import rendered

MOST = 300
"""Rows on the page."""
PICTURES = 240
"""Pictures on the page."""
CONDITION = ("iso", "illuminant", "compensation")


def page(found: Any, title: str = "", command: str = "") -> str:
    """HTML of a sweep."""
    decibels = any(row.get("psnr_db") is not None for row in found.rows)
    whole = found.best()
    return rendered(
        "sweep.html",
        title=title or "Over " + ", ".join(found.vary),
        command=command,
        found=found,
        decibels=decibels,
        best=[_best(found, which) for which in found.cells],
        whole={"at": [number(whole[path]) for path in found.vary], "loss": number(whole["loss"])},
        figures=figures(found),
        sheets=_sheets(found),
        columns=columns(found),
        rows=[[number(row.get(name)) for name in columns(found)] for row in found.rows[:MOST]],
        most=MOST,
    )


def columns(found: Any) -> list[str]:
    """The columns of the table."""
    last = ["psnr_db"] if any("psnr_db" in row for row in found.rows) else []
    return [*found.vary, "sensor", *CONDITION, "loss", *found.terms, *last]


def table(found: Any) -> str:
    """The rows as CSV."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns(found), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(found.rows)
    return stream.getvalue()


def as_json(found: Any) -> dict[str, Any]:
    """Plain data: the rows, the best of each sensor and condition, and the best of all."""
    return {
        "vary": list(found.vary),
        "rows": [{name: row.get(name) for name in columns(found)} for row in found.rows],
        "best": [{name: found.best(which).get(name) for name in columns(found)} for which in found.cells],
        "best_of_all": {name: _finite(value) for name, value in found.best().items()},
        "computed": found.fresh,
    }


def figures(found: Any) -> list[Figure]:
    """For each parameter the loss over its values, and the PSNR: a line for each sensor and condition."""
    made = []
    for path in found.vary:
        for what, word in (("loss", "loss"), ("psnr_db", "PSNR, dB")):
            if all(row.get(what) is None for row in found.rows):
                continue
            made.append(_over(found, path, what, word))
    return made


def _over(found: Any, path: str, what: str, word: str) -> Figure:
    values = list(dict.fromkeys(row[path] for row in found.rows))
    numeric = all(isinstance(v, (int, float)) for v in values)
    place = {v: float(v) if numeric else float(i) for i, v in enumerate(values)}
    ratio = max(place.values()) / min(place.values()) if numeric and min(place.values()) > 0 else 1
    plot = Plot(path if numeric else f"{path}: {', '.join(map(str, values))}", word, "x" if ratio >= 20 else "")
    better = min if what == "loss" else max
    for which, colour in zip(found.cells, itertools.cycle(INKS)):
        rows = [row for row in found.of(which) if row.get(what) is not None]
        if found.sampled:
            plot.points([place[row[path]] for row in rows], [row[what] for row in rows], colour)
        else:
            at = sorted({place[row[path]] for row in rows})
            least = [better(row[what] for row in rows if place[row[path]] == x) for x in at]
            plot.line(at, least, colour).points(at, least, colour)
        if len(found.cells) > 1 and len(plot.legend) < 12:
            plot.named(_named(which), colour)
    others = "A dot for each point." if found.sampled else "The best over the other parameters." if len(found.vary) > 1 else ""
    return Figure(f"{word} over {path}", plot.svg(f"{word} over {path}"), others)


def _best(found: Any, which: tuple[Any, ...]) -> dict[str, Any]:
    row = found.best(which)
    return {
        "sensor": which[0], "condition": _condition(which), "at": [number(row[path]) for path in found.vary], "loss": number(row["loss"]),
        "psnr": number(row.get("psnr_db")),
    }  # fmt: skip


def _sheets(found: Any) -> list[dict[str, Any]]:
    """Contact sheets: the last parameter from left to right, the others from top to bottom."""
    made, left = [], PICTURES
    for which in found.cells:
        rows, best = found.of(which), found.best(which)
        if (left := left - len(rows)) < 0:
            break
        across = list(dict.fromkeys(row[found.vary[-1]] for row in rows)) if not found.sampled else []
        lines: dict[str, list[dict[str, Any]]] = {}
        for i, row in enumerate(rows):
            name = f"{i // 8 * 8 + 1} ..." if found.sampled else ", ".join(number(row[path]) for path in found.vary[:-1])
            picture = found.pictures.get(row.get("picture"))
            words = ", ".join(f"{path} {number(row[path])}" for path in found.vary)
            uri = f"data:image/png;base64,{base64.b64encode(picture).decode()}" if picture else ""
            lines.setdefault(name, []).append({"uri": uri, "words": words, "loss": number(row["loss"]), "best": row is best})
        title = f"{_named(which)}, {found.vary[-1]} from left to right" if across else _named(which)
        sheet = [{"name": name, "cells": cells} for name, cells in lines.items()]
        made.append({"title": title, "across": [number(v) for v in across], "lines": sheet})
    return made


def excerpt(found: Any, cell: str = "") -> str:
    """The gist as HTML that brings its own style, for a notebook: plots, and the best of each sensor and condition."""
    plots = "".join(f"<div style='width:380px;display:inline-block'>{_alone(one)}</div>" for one in figures(found)[:6])
    lines = [
        [str(which[0]), _condition(which), *map(number, (*(found.best(which)[p] for p in found.vary), found.best(which)["loss"]))]
        for which in found.cells
    ]
    head = "".join(f"<th style='{cell}'>{escape(name)}</th>" for name in ("sensor", "condition", *found.vary, "loss"))
    body = "".join("<tr>" + "".join(f"<td style='{cell}'>{escape(text)}</td>" for text in line) + "</tr>" for line in lines)
    return f"<div>{plots}<table><tr>{head}</tr>{body}</table></div>"


def text(found: Any) -> str:
    """The best of each sensor and condition in lines."""
    return "\n".join(
        f"  {_named(which)}: {', '.join(f'{p} {number(found.best(which)[p])}' for p in found.vary)}, loss {number(found.best(which)['loss'])}"
        for which in found.cells
    )


def number(value: Any) -> str:
    """A value as a table shows it."""
    if value is None:
        return ""
    return f"{value:.5g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _alone(figure: Figure) -> str:
    from isp.report.plot import STYLE

    return f"<style>{STYLE}</style>{figure.svg}"


def _condition(which: tuple[Any, ...]) -> str:
    _, iso, light, stops = which
    return " ".join(filter(None, (f"ISO {iso:g}" if iso else "", light or "", f"{stops:+g} EV" if stops else ""))) or "as it is"


def _named(which: tuple[Any, ...]) -> str:
    return f"{which[0]}, {_condition(which)}"


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
