"""The page of an evaluation: a table of what was read off, curves, and the developed charts. It is known here by its attributes alone
(`isp.bench.evaluation.Evaluation`)."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

import numpy as np

from isp.report.charts import MOST, figures, inks, over_iso, worded
from isp.report.figure import Figure
from isp.report.plot import STYLE
from isp.report.preview import data_uri, shrunk
from isp.report.pyramid import EXACT, pyramid
from isp.report.sweep import number
from isp.report.template import rendered

SHARP = 12
"""Pictures on a page up to which they are kept exactly; more are JPEG."""
THUMB = 160
"""Longest side of the picture on the button of a chart."""


class Line(NamedTuple):
    """A line of the summary: a measure, and what each place has of it; `best` are the places that no other one beats."""

    name: str
    unit: str
    says: str
    values: list[str]
    best: list[bool]


class Section(NamedTuple):
    """What stands on the page of one chart."""

    name: str
    says: str
    lines: list[Line]
    figures: list[Figure]


def page(found: Any, command: str = "") -> str:
    """HTML of an evaluation. All text is escaped."""
    blocks: list[str] = []
    scenes = list(_scenes(found, blocks))
    thumbs = [(scene.pop("still"), scene["thumb"]) for scene in scenes]
    first = next((one.shown for one in found.judged if one.shown is not None), None)
    places = [{"name": name, "ink": ink} for name, ink in inks(found).items()]
    return rendered(
        "evaluation.html",
        title=f"{found.pipeline} on charts",
        found=found,
        places=places,
        most=MOST,
        model={"cut": 0.5, "scenes": scenes} if scenes else None,
        still="" if first is None else data_uri(_codes(first)),
        blocks="\n".join(blocks),
        thumbs=thumbs,
        over_iso=over_iso(found),
        sections=sections(found),
        rows=[[number(row[key]) for key in ROW] for row in found.rows],
        columns=ROW,
        stages=list(_stages(found)),
        stage_words=[(word, unit) for columns in STAGE.values() for word, unit, _ in columns.values()],
        stage_groups=[(name, len(columns)) for name, columns in STAGE.items()],
        command=command,
    )


ROW = ("sensor", "iso", "illuminant", "input", "chart", "measure", "part", "value", "error", "unit")
"""The columns of the table of everything."""


def _section(found: Any, chart: Any) -> Section:
    lines = [_line(found, chart, measure, part) for measure, part in chart.headlines]
    return Section(chart.name.replace("_", " "), chart.says, [line for line in lines if any(line.values)], figures(found, chart))


def _line(found: Any, chart: Any, measure: str, part: str) -> Line:
    says = chart.measures[measure]
    values = [found.value(chart.name, measure, part, place=place) for place in found.places]
    known = [v for v in values if v is not None and np.isfinite(v)]
    end = {"less": min, "more": max}.get(says.better)
    best = end(known) if end and len(set(known)) > 1 else None
    shown = ["" if v is None else "–" if not np.isfinite(v) else f"{v:.3g}" for v in values]
    return Line(worded(measure, part), says.unit, says.says, shown, [v == best for v in values])


def excerpt(found: Any, cell: str = "") -> str:
    """The gist as HTML that brings its own style, for a notebook: the summary, and a few plots."""
    wide = "width:380px;display:inline-block;vertical-align:top;margin:0 .6em .6em 0"
    some = [figure for chart in found.charts for figure in figures(found, chart)[:1]][:6]
    plots = "".join(f"<div style='{wide}'><b>{escape(one.title)}</b><style>{STYLE}</style>{one.svg}</div>" for one in some)
    head = "".join(f"<th style='{cell}'>{escape(name)}</th>" for name in ("chart", "measure", *found.places, "unit"))
    lines = [(s.name, line.name, *line.values, line.unit) for s in sections(found) for line in s.lines]
    body = "".join("<tr>" + "".join(f"<td style='{cell}'>{escape(text)}</td>" for text in line) + "</tr>" for line in lines)
    return f"<div><table><tr>{head}</tr>{body}</table>{plots}</div>"


def text(found: Any) -> str:
    """The summary in lines."""
    return "\n".join(
        f"  {s.name}, {line.name}: {'; '.join(f'{place} {value}' for place, value in zip(found.places, line.values, strict=True))} {line.unit}"
        for s in sections(found)
        for line in s.lines
    )


STAGE = {
    "after it": {
        "snr_db": ("SNR", "dB", "{:.1f}"),
        "predicted_snr_db": ("predicted", "dB", "{:.1f}"),
        "mtf50": ("MTF50", "c/px", "{:.3f}"),
        "delta_e": ("dE00", "", "{:.2f}"),
        "clipped": ("clipped", "%", "{:.1f}"),
    },
    "by itself": {
        "milliseconds_per_megapixel": ("time", "ms/MP", "{:.1f}"),
        "bytes_per_pixel": ("memory", "B/px", "{:.0f}"),
    },
    "what changes without it": {
        "without_psnr_db": ("PSNR", "dB", "{:+.2f}"),
        "without_delta_e": ("dE00", "", "{:+.2f}"),
        "without_mtf50": ("MTF50", "c/px", "{:+.3f}"),
        "without_visual_noise": ("visual noise", "L*u*v*", "{:+.2f}"),
    },
}
"""Columns of the table of stages, in groups: word, unit, format."""


def _stages(found: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """For each condition its rows, as text."""
    places: dict[str, list[dict[str, Any]]] = {}
    for row in found.stages:
        scaled = {**row, "clipped": None if row["clipped"] is None else 100 * row["clipped"]}
        numbers = [_plain(scaled.get(key), form) for columns in STAGE.values() for key, (_, _, form) in columns.items()]
        places.setdefault(row["place"], []).append({"stage": row["stage"], "numbers": numbers, "how": row["how"]})
    yield from places.items()


def _plain(value: float | None, form: str) -> str:
    """A number as text; nothing where it is not known, and no change is a plain 0."""
    text = "" if value is None else form.format(value)
    return "0" if "+" in form and text and float(text) == 0 else text


def sections(found: Any) -> list[Section]:
    """What is said of each chart."""
    return [_section(found, chart) for chart in found.charts]


# ---------------------------------------------------------------------- pictures
def _scenes(found: Any, blocks: list[str]) -> Iterator[dict[str, Any]]:
    """For each shot what the viewer has to know: the chart, and the picture of each place; the elements of their tiles join `blocks`."""
    shots: dict[str, list[Any]] = {}
    for one in found.judged:
        if one.shown is not None:
            shots.setdefault(one.shot, []).append(one)
    exact = EXACT if sum(map(len, shots.values())) <= SHARP else 0
    for index, (shot, some) in enumerate(shots.items()):
        size = some[0].shown.shape
        pictures = [(one.name, one.shown) for one in some if one.shown.shape == size][:MOST]
        if some[0].wanted is not None and some[0].wanted.shape == size:
            pictures.insert(0, ("the chart", some[0].wanted))
        models = []
        for i, (name, pixels) in enumerate(pictures):
            made = pyramid(_codes(pixels), exact=exact)
            blocks.extend(made.elements(f"p{index}-{i}"))
            models.append({"name": name, **made.model(f"p{index}-{i}")})
        still = data_uri(_codes(shrunk(pictures[-1][1], THUMB)))
        yield {
            "name": shot.replace("_", " "),
            "width": size[1],
            "height": size[0],
            "pictures": models,
            "maps": [],
            "thumb": f"t{index}",
            "still": still,
        }


def _codes(pixels: np.ndarray) -> np.ndarray:
    return (255 * np.clip(pixels, 0, 1) + 0.5).astype(np.uint8)
