"""Where the numbers of a run went, step by step: a plot of all of them, and a small one for each row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from isp.report.figure import Figure
from isp.report.plot import INKS, Plot

SHOWN = 8
"""Numbers that one plot follows: those that went furthest."""
LONG, HIGH = 120, 26
"""Size of a small plot, in pixels."""


def ways(rows: Sequence[Mapping[str, float]], path: str) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """The numbers of a parameter on their way: name, steps, values. Nothing where a run did not write them down."""
    names = list(dict.fromkeys(name for row in rows for name in row if name == path or name.startswith(f"{path}[")))
    made = []
    for name in names:
        some = [(row["step"], row[name]) for row in rows if name in row]
        if len(some) > 1:
            made.append((name, *np.array(some, float).T))
    return made


def figure(run: Any) -> list[Figure]:
    """All numbers over the steps, each as a share of its usual range."""
    lines = []
    for freed in run.problem.free.freed:
        low, high = freed.usual.low, freed.usual.high
        lines += [(name, steps, (values - low) / (high - low)) for name, steps, values in ways(run.rows, freed.path)]
    if not lines:
        return []
    furthest = {name for name, *_ in sorted(lines, key=lambda line: -np.ptp(line[2]))[:SHOWN]}
    plot = Plot("step", "share of the usual range")
    legend = []
    for (name, steps, shares), ink in zip([line for line in lines if line[0] in furthest], INKS, strict=False):
        plot.line(steps, shares, ink)
        legend.append(f"<span style='white-space:nowrap;margin-right:1em'><span style='color:{ink}'>■</span> {escape(short(name))}</span> ")
    drawn = f"{plot.svg('numbers over the steps')}<div style='font-size:.82rem;margin-top:.3rem'>{''.join(legend)}</div>"
    left = f"; the {len(furthest)} of {len(lines)} that went furthest" if len(lines) > len(furthest) else ""
    words = f"Where each stood in its usual range{left}. A line that still climbs at the end wants more steps."
    return [Figure("Numbers", drawn, words)]


def small(rows: Sequence[Mapping[str, float]], path: str) -> str:
    """The numbers of one parameter over the steps as a small SVG with a scale of its own; empty where nothing is known of the way."""
    found = ways(rows, path)
    if not found:
        return ""
    values = np.concatenate([v for _, _, v in found])
    last = max(float(s[-1]) for _, s, _ in found) or 1.0
    low, high = float(values.min()), float(values.max())
    wide = high - low or 1.0
    lines = []
    for (_, steps, some), ink in zip(found, INKS * len(found), strict=False):
        places = " ".join(
            f"{3 + (LONG - 6) * s / last:.1f},{3 + (HIGH - 6) * (high - v) / wide:.1f}" for s, v in zip(steps, some, strict=True)
        )
        lines.append(f'<polyline points="{places}" fill="none" stroke="{ink}" stroke-width="1.3" stroke-linejoin="round"/>')
    return f'<svg class="way" viewBox="0 0 {LONG} {HIGH}" width="{LONG}" height="{HIGH}" role="img" aria-label="over the steps, from {low:.4g} to {high:.4g}">{"".join(lines)}</svg>'


def short(name: str) -> str:
    """The stage's own name and the number: the family is known to whoever freed it."""
    return name.partition(".")[2] or name
