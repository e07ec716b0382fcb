"""What an evaluation draws: curves over sensors and ISO, patches of a ColorChecker, the evenness of a field. It is known here by its attributes alone
(`isp.bench.evaluation.Evaluation`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from isp.report.figure import Figure
from isp.report.plot import INKS, WIDTH, Plot, svg, tint

MOST = 8
"""Places whose pictures, patches and maps are shown."""
CHANNELS = {"red": "#ff6a5e", "green": "#4fd66b", "blue": "#5b9cff", "luminance": "#d8d8d8"}


WORDS = {
    "delta_e": "dE00",
    "delta_e_as_is": "dE00 as it is",
    "delta_e2000": "dE00",
    "snr": "SNR",
    "psnr": "PSNR",
    "ssim": "SSIM",
    "flip": "FLIP",
    "range_10": "range to 10:1",
}
"""Measures whose name is no word."""


def worded(measure: str, part: str = "") -> str:
    """A measure as people write it."""
    word = WORDS.get(measure, measure.upper() if measure.startswith("mtf") else measure.replace("_", " "))
    return f"{word}, {part}" if part else word


def figures(found: Any, chart: Any) -> list[Figure]:
    """All of one chart."""
    drawn = {"colour_checker": _patches, "flat": _falloff}.get(chart.name)
    return [*_curves(found, chart), *(drawn(found, chart) if drawn else ())]


def inks(found: Any) -> dict[str, str]:
    """The colour of each place."""
    return {name: INKS[i % len(INKS)] for i, name in enumerate(found.places)}


def _curves(found: Any, chart: Any) -> Iterator[Figure]:
    """A plot for each title: a line for each place, or where there is one place only, for each part."""
    colours, alone = inks(found), len(found.places) == 1
    plots: dict[str, Plot] = {}
    for one in found.judged:
        if one.chart.name != chart.name or not one.found:
            continue
        for curve in one.found.curves:
            if not (curve.main or alone):
                continue
            plot = plots.setdefault(curve.title, Plot(curve.across, curve.up, curve.log))
            ink = CHANNELS.get(curve.part, colours[one.name]) if alone else colours[one.name]
            plot.line(curve.x, curve.y, ink)
            word = curve.part if alone else one.name
            if word and (word, ink) not in plot.legend and len(plot.legend) < 10 and (not alone or curve.part in CHANNELS):
                plot.named(word, ink)
    for title, plot in plots.items():
        yield Figure(title, plot.svg(f"{title}: {plot.up} over {plot.across}"), "")


def over_iso(found: Any) -> list[Figure]:
    """For each chart its first headline over ISO, where there are several: a line for each sensor and light."""
    made = []
    for chart in found.charts:
        measure, part = chart.headlines[0]
        rows = [
            r for r in found.rows if (r["chart"], r["measure"], r["part"]) == (chart.name, measure, part) and r["iso"] and not r["input"]
        ]
        if len({r["iso"] for r in rows}) < 2:
            continue
        says = chart.measures[measure]
        plot = Plot("ISO", worded(measure) + ("" if says.unit in ("", "1", "dE00") else f", {says.unit}"), "x")
        lines = list(dict.fromkeys((r["sensor"], r["illuminant"]) for r in rows))
        for who, ink in zip(lines, INKS * (1 + len(lines) // len(INKS)), strict=False):
            of = sorted((r["iso"], r["value"]) for r in rows if (r["sensor"], r["illuminant"]) == who and r["value"] is not None)
            if of:
                x, y = zip(*of, strict=True)
                plot.line(x, y, ink).points(x, y, ink)
            if len(lines) > 1:
                plot.named(" ".join(filter(None, (who[0], who[1] if who[1] != "D65" else ""))), ink)
        title = f"{chart.name.replace('_', ' ')}: {worded(measure, part)}"
        made.append(Figure(title, plot.svg(title), says.says))
    return made


def _patches(found: Any, chart: Any) -> Iterator[Figure]:
    """Each patch as it should be, and in its middle as it is; its dE00 below."""
    cell, tall, gap = WIDTH / 6, 62, 4
    for one in _shown(found, chart):
        detail = one.found.detail
        made, wanted = (_hex(p) for p in (detail["patches"] / 2 ** detail["exposure"], detail["wanted"]))
        parts = []
        for i, (inner, outer, off) in enumerate(zip(made, wanted, detail["delta_e"], strict=True)):
            x, y = i % 6 * cell, i // 6 * (tall + 16)
            parts.append(f'<rect x="{x + gap:.1f}" y="{y + gap}" width="{cell - 2 * gap:.1f}" height="{tall - gap}" fill="{outer}"/>')
            parts.append(
                f'<rect x="{x + cell / 4:.1f}" y="{y + tall / 4:.1f}" width="{cell / 2:.1f}" height="{tall / 2:.1f}" fill="{inner}"/>'
            )
            parts.append(f'<text x="{x + cell / 2:.1f}" y="{y + tall + 11}" text-anchor="middle">{off:.1f}</text>')
        words = f"Each patch as the chart has it, the middle as the picture has it at equal exposure; dE00 below, {detail['delta_e'].mean():.2f} in the mean."
        yield Figure(one.name, svg(f"patches: {one.name}", 4 * (tall + 16) + 4, "".join(parts)), words)


def _falloff(found: Any, chart: Any) -> Iterator[Figure]:
    """Luminance of the parts of the field, in EV below the brightest."""
    shown = list(_shown(found, chart))
    full = max([0.1, *(-float(np.log2(one.found.detail["map"]).min()) for one in shown)])
    for one in shown:
        stops = np.log2(one.found.detail["map"])
        rows, columns = stops.shape
        wide, tall = WIDTH / columns, 24
        parts = []
        for (y, x), value in np.ndenumerate(stops):
            place = f'x="{x * wide:.1f}" y="{y * tall}" width="{wide:.1f}" height="{tall}"'
            parts.append(f'<rect {place} fill="{tint(value / full)}"/>')
            parts.append(
                f'<text x="{(x + 0.5) * wide:.1f}" y="{y * tall + 16}" text-anchor="middle" style="fill:#d8d8d8;font-size:9px">{round(value, 2) + 0.0:.2f}</text>'
            )
        words = f"EV against the brightest part; the strongest blue is {full:.2f} EV below it."
        yield Figure(one.name, svg(f"falloff: {one.name}", rows * tall, "".join(parts)), words)


def _shown(found: Any, chart: Any) -> list[Any]:
    return [one for one in found.judged if one.chart.name == chart.name and one.found][:MOST]


def _hex(light: np.ndarray) -> list[str]:
    """Linear sRGB light (n, 3) as colours of a page."""
    light = np.clip(light, 0, 1)
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055)
    return ["#{:02x}{:02x}{:02x}".format(*codes) for codes in (255 * shown + 0.5).astype(np.uint8)]
