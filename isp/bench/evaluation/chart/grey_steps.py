"""Steps of grey, captured again and again: noise against light, dynamic range and tone, of the raw file and of the picture (ISO 15739, ISO 14524)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from isp.bench.evaluation.chart import Curve, Found, Look, Measure, Number
from isp.core import DataError, Frame
from isp.evaluate.chart.dynamic_range import dynamic_range
from isp.evaluate.chart.noise import visual_noise
from isp.evaluate.chart.signal_to_noise import SignalToNoise, signal_to_noise
from isp.evaluate.chart.tone import Tone, tone

SHOTS = {"grey_steps": {"scene.grey_steps": {"steps": 27, "lightest": -0.8, "darkest": 3.1}}}
"""From six times white, which most sensors clip, to less than a thousandth, in half stops."""
MEASURES = {
    "snr": Measure("dB", "more", "signal over noise on a grey card of 18 %, the tone curve undone (ISO 15739)"),
    "dynamic_range": Measure("stops", "more", "from where light saturates down to where signal and noise are equal (ISO 15739)"),
    "range_10": Measure("stops", "more", "the same down to a signal of ten times the noise"),
    "visual_noise": Measure("L*u*v*", "less", "noise on a grey card as the eye weighs it, at 60 pixels a degree (ISO 15739)"),
    "contrast": Measure("1", "", "slope of the tone curve at 18 %, in logarithms: 1 for linear light"),
}
HEADLINES = (("snr", "picture"), ("dynamic_range", "picture"), ("snr", "raw"), ("dynamic_range", "raw"), ("visual_noise", ""))
REPEATED = True
OWN = False
GREY = 0.18
SEEN = 0.1
"""The ratio down to which a curve is drawn: below, it says how flat the toe is, and no more of noise."""
MARGIN = 6
"""Pixels at the edges of a step that are not looked at: there lens and filters mix it with the next."""


@dataclass(frozen=True)
class Noise:
    """Of the steps in `curve`: by kind of noise ("total", "temporal") the ratio (n,) of light to the noise that would look like it, L g / sigma, g being
    the slope of the tone curve at L."""

    curve: Tone
    ratios: dict[str, np.ndarray]

    def decibels(self, light: float) -> dict[str, float]:
        """The ratios at a light between steps, in dB."""
        at = np.log(light), np.log(self.curve.light)
        return {kind: float(np.interp(*at, 20 * np.log10(ratio))) for kind, ratio in self.ratios.items()}

    def stops(self) -> dict[float, float]:
        """The dynamic range down to a ratio of 1 and of 10; NaN where nothing saturates, or no light comes to the ratio."""
        return {ratio: self._stops(ratio) for ratio in (1, 10)}

    def _stops(self, ratio: float) -> float:
        light, ratios, end = self.curve.light, self.ratios["total"], self.curve.saturation
        if not np.isfinite(end) or ratios[light < end].max(initial=0) < ratio:
            return float("nan")
        return dynamic_range(light, light, light / ratios, end, ratios=(ratio,)).stops[ratio]


def measured(look: Look) -> Found:
    """Of all captures, two at least."""
    size = look.truth().shape[:2]
    light = 10 ** -np.linspace(look.values["lightest"], look.values["darkest"], look.values["steps"])
    boxes = steps(size, light.size, look.name)
    pictures = np.stack(look.pictures)
    mosaics, white = green(look.raws)
    seen = {
        "picture": noise(light, [pictures[:, y, x] for y, x in boxes]),
        "raw": noise(light, [mosaics(y, x) for y, x in boxes], white, even=False),
    }
    y, x = boxes[int(np.argmin(abs(np.log(light / GREY))))]
    numbers, curves = [], []
    for of, found in seen.items():
        decibels, stops = found.decibels(GREY), found.stops()
        numbers += [Number("snr", of, decibels["total"]), Number("snr", f"{of} temporal", decibels["temporal"])]
        numbers += [Number("dynamic_range", of, stops[1]), Number("range_10", of, stops[10])]
        curve = found.curve
        kept = ~(curve.light >= curve.saturation) & (found.ratios["total"] > SEEN)
        ratio = 20 * np.log10(found.ratios["total"][kept])
        curves.append(Curve(f"Signal to noise of the {of}", "reflectance", "dB", curve.light[kept], ratio, log="x"))
    shown = seen["picture"].curve
    numbers.append(Number("visual_noise", "", float(visual_noise(pictures[:1, y, x].astype(np.float32))[0])))
    numbers.append(Number("contrast", "", float(shown.contrast(GREY))))
    curves.append(Curve("Tone", "reflectance", "linear light of the picture", shown.light, shown.signal, log="xy"))
    return Found(numbers, curves)


def steps(size: tuple[int, int], count: int, name: str) -> list[tuple[slice, slice]]:
    """The inside of each step, (rows, columns), from the lightest. Raises DataError for a frame that is too small."""
    rows, columns = size
    ends = columns * np.arange(count + 1) / count
    across = [slice(int(np.ceil(a)) + MARGIN, int(b) - MARGIN) for a, b in pairwise(ends)]
    down = slice(MARGIN, MARGIN + (rows - 2 * MARGIN) // 4 * 4)
    if min(x.stop - x.start for x in across) < 4 or down.stop - down.start < 4:
        why = f"{count} steps on {columns} x {rows} pixels are too small to be measured"
        raise DataError(name, why, f"take frames of {count * (2 * MARGIN + 5)} x {2 * MARGIN + 4} or more")
    return [(down, x) for x in across]


def noise(light: np.ndarray, steps: list[np.ndarray], white: float | None = None, *, even: bool = True) -> Noise:
    """The ratios of steps of known `light` (n,), each (captures, rows, columns ...) of values above black. The scale ends at `white`; where that is not known, at a
    lightest step without any noise."""
    parts = [_of(frames, even) for frames in steps]
    lightest = steps[int(np.argmax(light))]
    if white is None and np.ptp(lightest) == 0:
        white = float(lightest.flat[0])
    curve = tone(light, [p.signal if p else 0.0 for p in parts], white)
    order = np.argsort(light)
    kept = [p for p, used in zip((parts[k] for k in order), curve.used[order], strict=True) if used and p]
    slope = np.maximum(curve.signal * curve.contrast(curve.light), 1e-9)
    kinds = ("total", "temporal")
    return Noise(curve, {kind: slope / np.maximum([float(getattr(p, kind).value) for p in kept], 1e-9) for kind in kinds})


def green(raws: list[Frame]) -> tuple[Callable[[slice, slice], np.ndarray], float]:
    """Values above black of the green sites (captures, 4, n) between rows and columns, or of all sites where none are green; and white above black."""
    first = raws[0]
    assert first.cfa is not None
    rows, columns = np.shape(first)[:2]
    wanted = [i for i, c in enumerate(first.cfa.sites) if c == "g"] or range(len(first.cfa.sites))
    down, across = first.cfa.tile
    tile = np.isin(np.arange(down * across), list(wanted)).reshape(down, across)
    mask = np.tile(tile, (-(-rows // down), -(-columns // across)))[:rows, :columns]
    black, white = (_of_site(first, value, wanted[0]) for value in (first.black, first.white))
    stack = np.stack([np.asarray(raw) for raw in raws]).astype(np.float32) - black

    def between(y: slice, x: slice) -> np.ndarray:
        sites = stack[:, y, x][:, mask[y, x]]
        return sites[:, : sites.shape[1] // 4 * 4].reshape(len(stack), 4, -1)

    return between, white - black


def _of_site(frame: Frame, value: object, site: int) -> float:
    """A fact at a site of the tile: one number for all, one for each filter, or one for each site."""
    assert frame.cfa is not None
    values = np.ravel(np.asarray(value, float))
    at = {len(frame.cfa.sites): site, len(frame.cfa.filters): frame.cfa.channels[site]}
    return float(values[at.get(values.size, 0)])


def _of(frames: np.ndarray, even: bool) -> SignalToNoise | None:
    """None for a step whose mean is not above black."""
    return signal_to_noise(frames, even=even) if frames.mean() > 0 else None
