"""Plots in SVG, drawn by hand: axes, curves, points with error bars, a legend. They hold numbers and our own words only; what comes from elsewhere is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 12, 10, 40
INKS = ("#e0a84a", "#5b9cff", "#4fd66b", "#ff6a5e", "#c77dff", "#3fd0d0", "#d8d8d8", "#e05ba0", "#9a8cff", "#a8c256")
"""Colours of curves, one after another."""
STYLE = ".plot{background:#161616;font:11px system-ui,sans-serif}.plot text{fill:#949494;font-size:11px}.plot .grid{stroke:#383838;stroke-width:.6}"
"""What a plot needs that stands in a file of its own."""


@dataclass(repr=False)
class Plot:
    """Axes with what is drawn in them: call `points` and `line`, then `svg`. Axes are logarithmic where `log` names them ("x", "y", "xy")."""

    across: str
    up: str
    log: str = ""
    drawn: list[tuple[str, np.ndarray, np.ndarray, np.ndarray | None, str]] = field(default_factory=list)
    legend: list[tuple[str, str]] = field(default_factory=list)

    def points(self, x: Sequence[float], y: Sequence[float], colour: str, error: Sequence[float] | None = None) -> Plot:
        """Dots, with bars of one standard error."""
        self.drawn.append(("dots", np.asarray(x, float), np.asarray(y, float), None if error is None else np.asarray(error, float), colour))
        return self

    def line(self, x: Sequence[float], y: Sequence[float], colour: str) -> Plot:
        """A line through points."""
        self.drawn.append(("line", np.asarray(x, float), np.asarray(y, float), None, colour))
        return self

    def named(self, text: str, colour: str) -> Plot:
        """A word of the legend."""
        self.legend.append((text, colour))
        return self

    def svg(self, label: str, *, alone: bool = False) -> str:
        """The element; `alone` with what a file of its own needs."""
        xs, ys = (self._scale(axis, np.concatenate([np.zeros(0), *(d[i] for d in self.drawn)])) for axis, i in (("x", 1), ("y", 2)))
        parts = []
        for axis, (low, high) in (("x", xs), ("y", ys)):
            for value, text in _ticks(low, high, axis in self.log):
                at = self._place(axis, np.array([value]), (low, high))[0]
                if axis == "x":
                    parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
                    parts.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{text}</text>')
                else:
                    parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
                    parts.append(f'<text x="{LEFT - 5}" y="{at + 4:.1f}" text-anchor="end">{text}</text>')
        for kind, x, y, error, colour in self.drawn:
            keep = np.isfinite(x) & np.isfinite(y) & ((x > 0) | ("x" not in self.log)) & ((y > 0) | ("y" not in self.log))
            px, py = self._place("x", x[keep], xs), self._place("y", y[keep], ys)
            if kind == "line":
                path = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(px, py, strict=True))
                parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
                continue
            if error is not None:
                low, high = (
                    np.clip(self._place("y", np.maximum(y[keep] + s * error[keep], 1e-30), ys), TOP, HEIGHT - BOTTOM) for s in (-1, 1)
                )
                parts += [
                    f'<line x1="{a:.1f}" x2="{a:.1f}" y1="{b:.1f}" y2="{c:.1f}" stroke="{colour}"/>'
                    for a, b, c in zip(px, low, high, strict=True)
                ]
            parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.6" fill="{colour}"/>' for a, b in zip(px, py, strict=True)]
        middle = TOP + (HEIGHT - BOTTOM - TOP) / 2
        parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(self.across)}</text>')
        parts.append(f'<text transform="translate(13,{middle:.0f}) rotate(-90)" text-anchor="middle">{escape(self.up)}</text>')
        words, room = self._words()
        return svg(label, HEIGHT, "".join([*parts, *words]), alone=alone, above=room)

    def _words(self) -> tuple[list[str], int]:
        """The legend, in lines above the axes, where no curve runs; and how much room it takes."""
        places: list[tuple[int, int]] = []
        x, line = LEFT, 0
        for text, _ in self.legend:
            wide = 24 + 6 * len(text)
            if x > LEFT and x + wide > WIDTH:
                x, line = LEFT, line + 1
            places.append((x, 15 * line))
            x += wide
        room = 15 * (line + 1) + 5 if places else 0
        parts = []
        for (x, y), (text, colour) in zip(places, self.legend, strict=True):
            parts.append(f'<rect x="{x}" y="{y - room + 6}" width="8" height="8" fill="{colour}"/>')
            parts.append(f'<text x="{x + 12}" y="{y - room + 14}">{escape(text)}</text>')
        return parts, room

    def __repr__(self) -> str:
        return f"<{self.up} over {self.across}, {len(self.drawn)} drawn>"

    def _repr_html_(self) -> str:
        """In a notebook, as wide as it was drawn for."""
        return f"<div style='max-width:{WIDTH}px'>{self.svg(f'{self.up} over {self.across}', alone=True)}</div>"

    def _scale(self, axis: str, values: np.ndarray) -> tuple[float, float]:
        values = values[np.isfinite(values) & ((values > 0) | (axis not in self.log))]
        low, high = (float(values.min()), float(values.max())) if values.size else (0.1, 1.0)
        if axis in self.log:
            room = (high / low) ** 0.05 if high > low else 1.5
            return low / room, high * room
        room = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
        return (0.0 if 0 <= low < 0.2 * high else low - room), high + room

    def _place(self, axis: str, values: np.ndarray, ends: tuple[float, float]) -> np.ndarray:
        low, high = ends
        share = np.log(values / low) / np.log(high / low) if axis in self.log else (values - low) / (high - low)
        return LEFT + share * (WIDTH - LEFT - RIGHT) if axis == "x" else HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def svg(label: str, height: float, inside: str, *, alone: bool = False, above: int = 0) -> str:
    """An SVG element of the usual width around shapes, which may begin `above` zero; `alone` with the style and the name space that a file needs."""
    names = ' xmlns="http://www.w3.org/2000/svg"' if alone else ""
    style = f"<style>{STYLE}</style>" if alone else ""
    return f'<svg class="plot"{names} viewBox="0 {-above} {WIDTH} {height + above:.0f}" role="img" aria-label="{escape(label)}">{style}{inside}</svg>'


def heat(values: np.ndarray, names: Sequence[str], label: str) -> str:
    """A square table (n, n) of numbers in -1 to 1 as colours: blue below zero, amber above. Each cell says its names and number when pointed at."""
    n, room = len(names), 150
    cell = min((WIDTH - room) / n, 44.0)
    parts = []
    for i, name in enumerate(names):
        parts.append(f'<text x="{room - 5}" y="{(i + 0.5) * cell + 3.5:.1f}" text-anchor="end">{escape(short(name, 21))}</text>')
        for j, other in enumerate(names):
            value = float(values[i, j])
            place = f'x="{room + j * cell:.1f}" y="{i * cell:.1f}" width="{cell:.2f}" height="{cell:.2f}"'
            told = f"<title>{escape(name)}, {escape(other)}: {value:+.2f}</title>"
            parts.append(f'<rect {place} fill="{tint(value)}">{told}</rect>')
            if cell >= 26:
                ink = "#000" if abs(value) > 0.5 else "#949494"
                middle = f'x="{room + (j + 0.5) * cell:.1f}" y="{(i + 0.5) * cell + 3.5:.1f}"'
                parts.append(f'<text {middle} text-anchor="middle" style="pointer-events:none;fill:{ink}">{value:+.2f}</text>')
    return svg(label, n * cell, "".join(parts))


def bars(values: Sequence[float], names: Sequence[str], label: str, unit: str = "", mark: float | None = None) -> str:
    """Horizontal bars of numbers above zero on a logarithmic axis, the number beside each; a line stands at `mark`."""
    sizes = np.asarray(values, float)
    seen = np.append(sizes[sizes > 0], [] if mark is None else [mark])
    low, high = (float(seen.min()) / 2, float(seen.max())) if seen.size else (0.1, 1.0)
    room, step = 150, 18
    wide = WIDTH - room - 60

    def length(value: float) -> float:
        return wide * np.log(value / low) / np.log(high / low) if value > low else 0.0

    parts = []
    for i, (value, name) in enumerate(zip(sizes, names, strict=True)):
        y = i * step + 3
        parts.append(f'<text x="{room - 5}" y="{y + 10}" text-anchor="end">{escape(short(name, 21))}</text>')
        parts.append(
            f'<rect x="{room}" y="{y}" width="{length(value):.1f}" height="12" fill="{INKS[0]}"><title>{escape(name)}</title></rect>'
        )
        parts.append(f'<text x="{room + length(value) + 4:.1f}" y="{y + 10}">{value:.3g}{escape(unit)}</text>')
    if mark is not None:
        at = room + length(mark)
        parts.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{len(sizes) * step}" stroke="#fff" stroke-dasharray="2 3" stroke-opacity=".6"/>'
        )
    return svg(label, len(sizes) * step + 4, "".join(parts))


def short(text: str, length: int) -> str:
    """The end of a long path, which says more than its beginning."""
    return text if len(text) <= length else "…" + text[1 - length :]


def tint(value: float) -> str:
    """A colour of a number in -1 to 1."""
    ends = np.array([[91, 140, 255], [224, 168, 74]], float)
    share = min(abs(value), 1.0) if np.isfinite(value) else 0.0
    return "rgb({:.0f},{:.0f},{:.0f})".format(*((1 - share) * 32 + share * ends[int(value > 0)]))


def _ticks(low: float, high: float, log: bool) -> list[tuple[float, str]]:
    """Round numbers along an axis and their text."""
    if log:
        decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
        steps = (1,) if len(decades) > 4 else (1, 2, 5)
        values = [m * 10.0**e for e in decades for m in steps if low <= m * 10.0**e <= high]
    if not log or len(values) < 2:  # a range so narrow that its logarithm is nearly straight
        raw = (high - low) / 6
        step = min((m * 10.0 ** np.floor(np.log10(raw)) for m in (1, 2, 5, 10)), key=lambda s: abs(s - raw))
        values = list(np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step)
    return [(v, f"{v:.4g}" if abs(v) > 1e-12 else "0") for v in values]
