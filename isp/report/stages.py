"""The page of a developed frame: the picture, and what every stage made of it, in one file that opens without a network."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from isp.core import Chain, Domain, Frame, Stage
from isp.report import histogram, preview, words
from isp.report.template import rendered
from isp.spec import row

HERO = 1600
"""Longest side of the picture on top."""
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
    comparable: bool
    """Whether the picture before it has the same shape, so that the two can be laid over each other."""


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
        parts=parts,
        known=words.known(frame),
    )


def _part(
    name: str, stage: Stage | None, after: Frame, before: Frame | None, centre: tuple[float, float], papers: Mapping[str, str]
) -> Part:
    picture = preview.preview(after)
    old = None if before is None else preview.preview(before)
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
        comparable=old is not None and _alike(old, picture),
    )


def _still(stage: Stage | None, before: Frame | None, after: Frame) -> str:
    if stage is None or before is None:
        return ""
    if stage.measures:
        return "measures, leaves the pixels"
    same = before.domain is after.domain and np.array_equal(np.asarray(before), np.asarray(after))
    return "has nothing to do on this frame" if same else ""


def _alike(old: np.ndarray, new: np.ndarray) -> bool:
    """Whether two previews show the same view: sides in the same ratio."""
    return abs(old.shape[0] * new.shape[1] / (old.shape[1] * new.shape[0]) - 1) < 0.02


def _camera(frame: Frame) -> str:
    """Maker and model; many models begin with their maker."""
    make, model = frame.make or "", frame.model or ""
    return model if model.lower().startswith(make.lower().split(" ")[0]) else f"{make} {model}".strip()


def _size(frame: Frame) -> str:
    rows, columns = np.shape(frame.pixels)[:2]
    return f"{columns} × {rows}"
