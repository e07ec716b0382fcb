"""Freed parameters before and after: rows of a table, the place of each in its usual range, and curves of those that are curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from isp.report import way, words
from isp.report.figure import Figure
from isp.report.plot import INKS, Plot

LONG, HIGH = 144, 14
"""Size of a bar, in pixels."""
NEAR = 0.005
"""Share of a range from its limit within which a value lies at it."""
GREY = "#8a8a8a"
CURVE = 3
"""Numbers from which a row of them is drawn as a curve."""


@dataclass(frozen=True)
class Row:
    """One parameter as text, its bar and its way over the steps as SVG; `flag` says that a value came to rest at a limit."""

    path: str
    doc: str
    over: str
    before: str
    after: str
    shape: str
    unit: str
    limits: str
    usual: str
    bar: str
    flag: str
    way: str = ""


def rows(run: Any) -> list[Row]:
    """A row for each that was free in a run, in the order of the chain; then one for all weights of a stage."""
    made, before, after = [], run.start, run.values
    for f in run.problem.free.freed:
        if f.declared.kind == "weights":
            continue
        old, new = np.asarray(before[f.path], float), np.asarray(after[f.path], float)
        made.append(
            Row(
                f.path, f.declared.doc, f"{f.over} {', '.join(f'{at:g}' for at in f.at)}" if f.over else "", words.text(old), words.text(new),
                "n" if new.ndim == 0 else "path", words.unit(f.declared.unit), str(f.within), f"{f.usual.low:.4g} to {f.usual.high:.4g}",
                bar(f.usual, old, new), "at its limit" if _at_limit(f.within, new) else "",
                way.small(run.rows, f.path),
            )
        )  # fmt: skip
    for one in run.learned:
        words_ = f"{one.numbers} weights in {one.arrays} arrays; root mean squares"
        made.append(Row(one.path, words_, "", f"{one.before:.4g}", f"{one.after:.4g}, moved by {one.moved:.4g}", "n", "", "", "", "", ""))
    return made


def bar(usual: Any, old: np.ndarray, new: np.ndarray) -> str:
    """Where values lie in a range: grey before, amber after; those beyond it stand at its ends."""
    wide = usual.high - usual.low

    def places(values: np.ndarray) -> np.ndarray:
        return 3 + (LONG - 6) * np.clip((values.ravel() - usual.low) / wide, 0, 1)

    parts = [f'<rect x="0" y="6" width="{LONG}" height="2" rx="1" fill="#444"/>']
    parts += [f'<rect x="{x - 1:.1f}" y="3" width="2" height="8" fill="{GREY}"/>' for x in places(old)]
    parts += [f'<circle cx="{x:.1f}" cy="7" r="3" fill="{INKS[0]}"/>' for x in places(new)]
    return f'<svg class="range" viewBox="0 0 {LONG} {HIGH}" width="{LONG}" height="{HIGH}" role="img" aria-label="place in its usual range">{"".join(parts)}</svg>'


def curves(freed: Sequence[Any], before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> list[Figure]:
    """A plot of each value that is a table over a fact, or a row of numbers long enough to be a curve."""
    made = []
    for f in freed:
        if f.declared.kind == "weights":
            continue
        old, new = np.asarray(before[f.path], float), np.asarray(after[f.path], float)
        if not f.over and not (new.ndim == 1 and len(new) > CURVE):
            continue
        x = np.asarray(f.at, float) if f.over else np.arange(len(new), dtype=float)
        across = f.over or "knot"
        plot = Plot(across, f"{f.path.rpartition('.')[2]} {words.unit(f.declared.unit)}".strip(), "x" if f.over and (x > 0).all() else "")
        for k, colour in zip(range(int(np.prod(new.shape[1:]))), INKS, strict=False):
            plot.line(x, old.reshape(len(x), -1)[:, k], GREY).line(x, new.reshape(len(x), -1)[:, k], colour)
            plot.points(x, new.reshape(len(x), -1)[:, k], colour)
        made.append(Figure(f.path, plot.named("before", GREY).named("after", INKS[0]).svg(f.path), f.declared.doc))
    return made


def choices(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """Methods and options that differ between two chains: where, before, and after."""
    old, new = (dict(zip(chain.names, chain, strict=True)) for chain in (before, after))
    if len(old) == len(new) and list(old) != list(new) and set(old) == set(new):
        return [("order", ", ".join(old), ", ".join(new))]
    paired = zip(old, new, strict=True) if len(old) == len(new) else ((name, name) for name in dict.fromkeys((*old, *new)))
    made = []
    for was, now in paired:
        one, other = old.get(was), new.get(now)
        if one is None or other is None or one.name != other.name:
            made.append((was, one.name if one else "", other.name if other else ""))
            continue
        fields = [name for name, declared in one.declared().items() if declared.kind == "option"]
        made += [(f"{was}.{f}", str(getattr(one, f)), str(getattr(other, f))) for f in fields if getattr(one, f) != getattr(other, f)]
    return made


def table(found: Sequence[Row], cell: str) -> str:
    """Rows as an HTML table with its style in each cell, for where no page brings one."""
    head = "".join(
        f"<th style='{cell}'>{word}</th>" for word in ("path", "before", "after", "unit", "in its usual range", "over the steps")
    )
    lines = [
        "<tr>" + "".join(f"<td style='{cell}'>{text}</td>" for text in (escape(r.path), escape(r.before), f"<b>{escape(r.after)}</b>", escape(r.unit), r.bar, r.way)) + "</tr>"
        for r in found
    ]  # fmt: skip
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"


def _at_limit(within: Any, values: np.ndarray) -> bool:
    ends = [end for end in (within.low, within.high) if np.isfinite(end)]
    wide = within.high - within.low if len(ends) == 2 else 1.0
    return any(bool(np.any(np.abs(values - end) < NEAR * wide)) for end in ends)
