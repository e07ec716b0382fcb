"""Slanted edges, upright and lying: how sharp the picture is in each channel and direction, and how far sharpening overshoots (ISO 12233)."""

from isp.bench.evaluation.chart import Curve, Found, Look, Measure, Number
from isp.evaluate.chart.sharpness import sharpness

DARK, LIGHT = 0.08, 0.32
"""Reflectances of the two sides: the 4:1 that ISO 12233 asks for."""
SHOTS = {
    "upright_edge": {"scene.slanted_edge": {"angle": 5.0, "dark": DARK, "light": LIGHT}},
    "lying_edge": {"scene.slanted_edge": {"angle": 85.0, "dark": DARK, "light": LIGHT}},
}
MEASURES = {
    "mtf50": Measure("c/px", "more", "frequency at which half of the contrast is left"),
    "mtf50p": Measure("c/px", "more", "frequency at which half of the peak is left, which sharpening moves less"),
    "mtf10": Measure("c/px", "more", "frequency at which a tenth is left, about what is just resolved"),
    "overshoot": Measure("% of the step", "less", "how far the bright side of an edge exceeds its level"),
    "undershoot": Measure("% of the step", "less", "how far the dark side falls below its level"),
    "acuity": Measure("1", "more", "mean response of the luminance up to half a cycle a pixel"),
    "lateral": Measure("px", "", "how far red and blue lie beyond green across the edge"),
}
HEADLINES = (
    ("mtf50", "horizontal luminance"), ("mtf50", "vertical luminance"), ("mtf10", "horizontal luminance"), ("overshoot", "horizontal luminance"),
)  # fmt: skip


def measured(look: Look) -> Found:
    """Of the first capture. The direction is that across the edge: horizontal sharpness shows at an upright one."""
    found = sharpness(look.picture)
    numbers, curves = [], []
    for channel, response in found.responses.items():
        part = f"{found.direction} {channel}"
        for name in ("mtf50", "mtf50p", "mtf10"):
            value = getattr(response, name)
            numbers.append(Number(name, part, float(value.value), float(value.error)))
        numbers.append(Number("overshoot", part, 100 * response.overshoot))
        numbers.append(Number("undershoot", part, 100 * response.undershoot))
        inside, near = response.frequency <= 1, abs(response.distance) <= 8
        main = channel == "luminance"
        curves.append(
            Curve(
                f"Edge, {found.direction} response", "cycles a pixel", "SFR",
                response.frequency[inside], response.sfr.value[inside], channel, main=main,
            )
        )  # fmt: skip
        curves.append(
            Curve(
                f"Edge, {found.direction} profile", "pixels across the edge", "from dark to light",
                response.distance[near], response.profile[near], channel, main=main,
            )
        )  # fmt: skip
    numbers.append(Number("acuity", found.direction, found.acuity))
    numbers += [Number("lateral", f"{found.direction} {colour}", float(value)) for colour, value in found.lateral.items()]
    return Found(numbers, curves)
