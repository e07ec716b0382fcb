"""An even surface over the whole field: how light and colour fall off towards the corners, and how even it is close by."""

import numpy as np

from isp.bench.evaluation.chart import Found, Look, Measure, Number
from isp.evaluate.chart.signal_to_noise import signal_to_noise
from isp.evaluate.chart.uniformity import uniformity

SHOTS = {"flat": {"scene.flat": {"share": 0.4}}}
MEASURES = {
    "falloff": Measure("EV", "more", "the darkest part against the brightest"),
    "colour": Measure("dE a*b*", "less", "the part whose colour is farthest from the mean"),
    "corner": Measure("1", "", "light in a corner over that in the middle"),
    "snr": Measure("dB", "more", "signal over noise in the middle of the field (ISO 15739)"),
}
HEADLINES = (("falloff", ""), ("colour", ""))
REPEATED = True
FIELD = "whole"
CORNERS = ("top left", "top right", "bottom right", "bottom left")


def measured(look: Look) -> Found:
    """Of the mean of all captures; noise of all of them, where there are two or more."""
    pictures = np.stack([p[look.region or ...] for p in look.pictures])
    found = uniformity(pictures.mean(0))
    numbers = [Number("falloff", "", found.falloff), Number("colour", "", found.colour)]
    numbers += [Number("corner", name, float(value)) for name, value in zip(CORNERS, found.corners, strict=True)]
    if len(pictures) > 1:
        rows, columns = (slice(3 * n // 8, n - 3 * n // 8) for n in pictures.shape[1:3])
        ratios = signal_to_noise(pictures[:, rows, columns], name=look.name).ratios
        numbers += [Number("snr", part, float(ratio.value), float(ratio.error)) for part, ratio in ratios.items()]
    return Found(numbers, detail={"map": found.map})
