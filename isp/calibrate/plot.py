"""Plots of a calibration that are no curves: a map of a mesh, and patches. They hold numbers only."""

from __future__ import annotations

import numpy as np

from isp.report.plot import HEIGHT, WIDTH

COLOURS = {"r": "#ff5a4e", "g": "#4fd66b", "b": "#5b8cff", "w": "#cfcfcf", "y": "#e0d04a", "c": "#3fd0d0", "e": "#35d39a", "m": "#e05be0"}
"""Colours of curves, by the letter of a filter."""


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
