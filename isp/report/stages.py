"""The page of a developed frame: the picture, and what every stage made of it, in one file that opens without a network."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from isp.core import Chain, Domain, Frame, Stage
from isp.report import histogram, preview, words
from isp.report.template import rendered
from isp.spec import row

HERO = 1600
"""Longest side of the picture on top."""
ALIKE = 0.02
"""By how much the ratio of the sides of two pictures may differ that are laid over each other."""
SAID = {"iso": "ISO {}", "exposure_time": "{} s", "aperture": "f/{}", "cfa": "{}"}
"""Facts of the headline, and how they are said there."""


@dataclass(frozen=True)
class Part:
    """What the page says of one stage, or of the file before the first."""

    name: str
    method: str
    claim: str
    more: str
    paper: str
    domain: str
    size: str
    rule: str
    picture: str
    close_up: str
    histogram: str
    channels: list[histogram.Channel]
    parameters: list[words.Value]
    news: list[tuple[str, words.Value | None]]
    still: str
    """Why it left the pixels alone, so that a picture would say nothing; empty where it did not."""
    width: int
    height: int
    """Of the picture that the page holds."""
    before: str | None = None
    """Id of the picture before it, where that has the same shape, so that the two can be laid over each other."""
    model: dict[str, Any] = field(default_factory=dict)
    """What the viewer has to know of the two."""


def page(
    chain: Chain, frame: Frame, traced: Mapping[str, Frame], *, source: str = "", command: str = "", papers: Mapping[str, str] | None = None
) -> str:
    """HTML of a `frame` read from `source` and every intermediate of `chain`, as `chain.trace(frame)` gives them.

    `command` is how to make it again, `papers` the reference of each paper key. All text is escaped.
    """
    names = [n for n in chain.names if n in traced]
    centre = preview.busiest(frame)
    parts = [_part("file", None, frame, None, centre, {})]
    before = frame
    for name in names:
        after = traced[name]
        centre = preview.turned(centre, before) if after.orientation != before.orientation else centre
        parts.append(_part(name, chain[name], after, before, centre, papers or {}))
        before = after
    said = [form.format(words.text(getattr(frame, n))) for n, form in SAID.items() if getattr(frame, n) is not None]
    return rendered(
        "page.html",
        title=chain.title or "pipeline",
        source=source,
        command=command,
        headline=[text for text in (_camera(frame), *said) if text],
        hero=preview.data_uri(preview.preview(before, HERO)),
        size=_size(before),
        shown=preview.rule(before) if before.domain is not Domain.DISPLAY else "",
        parts=_compared(parts),
        known=words.known(frame),
    )


def _part(
    name: str, stage: Stage | None, after: Frame, before: Frame | None, centre: tuple[float, float], papers: Mapping[str, str]
) -> Part:
    picture = preview.preview(after)
    news = [] if before is None else words.news(before, after)
    key = stage.paper if stage else ""
    return Part(
        name=name,
        method=stage.name if stage else "",
        claim=row(type(stage)).summary + "." if stage else "What the file holds.",
        more=" ".join(inspect.cleandoc(type(stage).__doc__ or "").split()) if stage else "",
        paper=papers.get(key, key),
        domain=str(after.domain) if before is None or before.domain is after.domain else f"{before.domain} → {after.domain}",
        size=_size(after),
        rule=preview.rule(after),
        picture=preview.data_uri(picture),
        close_up=preview.data_uri(preview.close_up(after, centre), "png"),
        histogram=histogram.svg(after),
        channels=histogram.summary(after),
        parameters=words.parameters(stage) if stage else [],
        news=news,
        still=_still(stage, before, after),
        width=picture.shape[1],
        height=picture.shape[0],
    )


def _compared(parts: list[Part]) -> list[Part]:
    """Each with the picture before it under the line, where the two show the same view."""
    made, shown = list(parts), 0
    for i, part in enumerate(parts[1:], 1):
        if part.still:
            continue
        one = parts[shown]
        if abs(one.height * part.width / (one.width * part.height) - 1) < ALIKE:
            pictures = [{"name": p.name, "img": f"p{at}"} for p, at in ((one, shown), (part, i))]
            scene = {"name": part.name, "width": part.width, "height": part.height, "pictures": pictures}
            made[i] = replace(part, before=f"p{shown}", model={"tools": "line", "cut": 0.5, "scenes": [scene]})
        shown = i
    return made


def _still(stage: Stage | None, before: Frame | None, after: Frame) -> str:
    if stage is None or before is None:
        return ""
    if stage.measures:
        return "measures, leaves the pixels"
    same = before.domain is after.domain and np.array_equal(np.asarray(before), np.asarray(after))
    return "has nothing to do on this frame" if same else ""


def _camera(frame: Frame) -> str:
    """Maker and model; many models begin with their maker."""
    make, model = frame.make or "", frame.model or ""
    return model if model.lower().startswith(make.lower().split(" ")[0]) else f"{make} {model}".strip()


def _size(frame: Frame) -> str:
    rows, columns = np.shape(frame.pixels)[:2]
    return f"{columns} × {rows}"
