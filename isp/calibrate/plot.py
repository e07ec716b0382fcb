"""Small plots in SVG, drawn by hand: axes, curves, points with error bars, and a map of a mesh. They hold numbers and our own words only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 12, 10, 40
COLOURS = {"r": "#ff5a4e", "g": "#4fd66b", "b": "#5b8cff", "w": "#cfcfcf", "y": "#e0d04a", "c": "#3fd0d0", "e": "#35d39a", "m": "#e05be0"}
"""Colours of curves, by the letter of a filter."""


@dataclass
class Plot:
    """Axes with what is drawn in them: call `points` and `line`, then `svg`. Axes are logarithmic where `log` names them ("x", "y", "xy")."""

    across: str
    up: str
    log: str = ""
    drawn: list[tuple[str, np.ndarray, np.ndarray, np.ndarray | None, str]] = field(default_factory=list)

    def points(self, x: Sequence[float], y: Sequence[float], colour: str, error: Sequence[float] | None = None) -> Plot:
        """Dots, with bars of one standard error."""
        self.drawn.append(("dots", np.asarray(x, float), np.asarray(y, float), None if error is None else np.asarray(error, float), colour))
        return self

    def line(self, x: Sequence[float], y: Sequence[float], colour: str) -> Plot:
        """A line through points."""
        self.drawn.append(("line", np.asarray(x, float), np.asarray(y, float), None, colour))
        return self

    def svg(self, label: str) -> str:
        """The element."""
        xs, ys = (self._scale(axis, np.concatenate([d[i] for d in self.drawn])) for axis, i in (("x", 1), ("y", 2)))
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
        parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">{self.across}</text>')
        parts.append(f'<text transform="translate(13,{middle:.0f}) rotate(-90)" text-anchor="middle">{self.up}</text>')
        return f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'

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


def _ticks(low: float, high: float, log: bool) -> list[tuple[float, str]]:
    """Round numbers along an axis and their text."""
    if log:
        decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
        steps = (1,) if len(decades) > 4 else (1, 2, 5)
        values = [m * 10.0**e for e in decades for m in steps if low <= m * 10.0**e <= high]
    else:
        raw = (high - low) / 6
        step = min((m * 10.0 ** np.floor(np.log10(raw)) for m in (1, 2, 5, 10)), key=lambda s: abs(s - raw))
        values = list(np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step)
    return [(v, f"{v:.4g}" if abs(v) > 1e-12 else "0") for v in values]


def map_of(mesh: np.ndarray, label: str) -> str:
    """A mesh (rows, columns) as a map: what a gain of it leaves of the light, brighter where more, with its number."""
    rows, columns = mesh.shape
    width, height = WIDTH / columns, HEIGHT / rows
    parts = []
    for r in range(rows):
        for c in range(columns):
            share = float(1 / mesh[r, c])
            grey = int(255 * np.clip(share, 0, 1) ** (1 / 2.2))
            place = f'x="{c * width:.1f}" y="{r * height:.1f}" width="{width + 0.5:.1f}" height="{height + 0.5:.1f}"'
            parts.append(f'<rect {place} fill="rgb({grey},{grey},{grey})"/>')
            ink = "#000" if share > 0.3 else "#fff"
            parts.append(
                f'<text x="{(c + 0.5) * width:.1f}" y="{(r + 0.5) * height + 3:.1f}" text-anchor="middle" style="fill:{ink};font-size:8px">{mesh[r, c]:.2f}</text>'
            )
    return f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def patches(made: np.ndarray, wanted: np.ndarray, differences: np.ndarray) -> str:
    """24 patches, encoded for a display (24, 3) in 0 to 1: what the camera makes in each frame, what it should make in its middle, and the
    difference below."""
    cell = WIDTH / 6
    parts = []
    for k in range(24):
        x, y = k % 6 * cell, k // 6 * cell
        outer, inner = ("rgb(" + ",".join(str(int(255 * v)) for v in np.clip(c[k], 0, 1)) + ")" for c in (made, wanted))
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{cell:.1f}" height="{cell - 12:.1f}" fill="{outer}"/>')
        parts.append(
            f'<rect x="{x + cell / 4:.1f}" y="{y + cell / 5:.1f}" width="{cell / 2:.1f}" height="{cell / 2.4:.1f}" fill="{inner}"/>'
        )
        parts.append(f'<text x="{x + cell / 2:.1f}" y="{y + cell - 2:.1f}" text-anchor="middle">{differences[k]:.1f}</text>')
    return f'<svg class="plot" viewBox="0 0 {WIDTH} {4 * cell + 2:.0f}" role="img" aria-label="patches">{"".join(parts)}</svg>'
