"""How often each value occurs, drawn as SVG: one filled curve a channel, on a logarithmic axis so that the tails show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isp.core import Domain, Frame
from isp.report.preview import values

BINS, WIDTH, HEIGHT = 128, 480, 120
SAMPLES = 1_000_000
COLOURS = {
    "r": "#ff5a4e",
    "g": "#4fd66b",
    "b": "#5b8cff",
    "c": "#3fd0d0",
    "m": "#e05be0",
    "y": "#e0d04a",
    "e": "#35d39a",
    "w": "#cfcfcf",
    "grey": "#cfcfcf",
}


@dataclass(frozen=True)
class Channel:
    """What is said of one channel: its name, mean, and the shares of pixels below zero and at white."""

    name: str
    colour: str
    mean: float
    below: float
    clipped: float


def channels(frame: Frame) -> list[tuple[str, np.ndarray]]:
    """The values of each filter or colour, 1 at white, thinned where there are very many."""
    pixels = values(frame)
    if frame.domain.is_mosaic and frame.cfa is not None:
        height, width = frame.cfa.tile
        found: dict[str, list[np.ndarray]] = {c: [] for c in frame.cfa.filters}
        for i, c in enumerate(frame.cfa.sites):
            found[c].append(pixels[i // width :: height, i % width :: width].ravel())
        each = [(c, np.concatenate(v)) for c, v in found.items()]
    elif pixels.ndim == 3:
        each = [(c, pixels[..., i].ravel()) for i, c in enumerate("rgb")]
    else:
        each = [("grey", pixels.ravel())]
    return [(c, v[:: max(1, v.size // SAMPLES)]) for c, v in each]


def summary(frame: Frame) -> list[Channel]:
    """Means and clipped shares, a row a channel."""
    return [
        Channel(c, COLOURS[c], float(v.mean()), float((v < 0).mean()), float((v >= 0.9999).mean())) for c, v in channels(frame) if v.size
    ]


def svg(frame: Frame, bins: int = BINS) -> str:
    """The histogram as an SVG element; it holds numbers only, no text from files."""
    each = channels(frame)
    low, high = _range(frame, each)
    edges = np.linspace(low, high, bins + 1)
    counts = [(c, np.histogram(np.clip(v, low, high), edges)[0]) for c, v in each]
    top = np.log1p(max(1, *(n.max() for _, n in counts)))
    shapes = []
    for c, n in counts:
        heights = HEIGHT * (1 - np.log1p(n) / top)
        steps = " ".join(f"{WIDTH * (i + 0.5) / bins:.0f},{h:.0f}" for i, h in enumerate(heights))
        shapes.append(f'<polygon points="0,{HEIGHT} {steps} {WIDTH},{HEIGHT}" fill="{COLOURS[c]}" fill-opacity=".55"/>')
    marks = "".join(
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}" stroke="#fff" stroke-opacity=".35" stroke-dasharray="2 3"/>'
        for x in (WIDTH * (at - low) / (high - low) for at in (0.0, 1.0))
        if 0.5 < x < WIDTH - 0.5
    )
    ends = f'<text x="2" y="{HEIGHT + 13}">{low:.3g}</text><text x="{WIDTH - 2}" y="{HEIGHT + 13}" text-anchor="end">{high:.3g}</text>'
    shown = f'<g style="mix-blend-mode:screen">{"".join(shapes)}</g>'
    return f'<svg class="histogram" viewBox="0 0 {WIDTH} {HEIGHT + 16}" role="img" aria-label="histogram">{shown}{marks}{ends}</svg>'


def _range(frame: Frame, each: list[tuple[str, np.ndarray]]) -> tuple[float, float]:
    """From zero (or below, where values are) to white (or above)."""
    if frame.domain in (Domain.MOSAIC_DN, Domain.DISPLAY):
        return 0.0, 1.0
    low = min(float(np.percentile(v, 0.1)) for _, v in each if v.size)
    high = max(float(np.percentile(v, 99.9)) for _, v in each if v.size)
    return min(0.0, max(low, -0.5)) - 0.02, max(1.02, min(high * 1.02, 8.0))
