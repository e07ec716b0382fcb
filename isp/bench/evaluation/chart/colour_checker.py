"""The ColorChecker: how far colours are off, and what of that is white balance, exposure, or could be mended by a matrix."""

import numpy as np

from isp.bench.evaluation.chart import Found, Look, Measure, Number
from isp.evaluate.chart.checker import ACROSS, DOWN, NAMES, Corners
from isp.evaluate.chart.colour_checker import GREYS, CheckerColours, colour_checker
from isp.ops import charts
from isp.spec import stage_class

SHOTS = {"colour_checker": {"scene.colour_checker": {}}}
MEASURES = {
    "delta_e": Measure("dE00", "less", "distance of colours from the chart's in D65, exposures made equal"),
    "delta_e_as_is": Measure("dE00", "less", "the same with the exposure as it is"),
    "residual": Measure("dE00", "less", "what the best 3x3 matrix would leave of it"),
    "white_balance": Measure("deg", "less", "angle between the greys and grey"),
    "exposure": Measure("EV", "", "how much lighter the greys are than the chart's"),
    "saturation": Measure("1", "", "chroma over the chart's"),
}
HEADLINES = (("delta_e", "mean"), ("delta_e", "worst"), ("white_balance", "greys"), ("exposure", ""))


def measured(look: Look) -> Found:
    """Of the first capture. Where a generated chart lies is known; in a photograph it is sought, unless corners are given."""
    corners = drawn(look.picture.shape[:2]) if look.placed else look.corners
    found = colour_checker(look.picture, corners=corners, name=look.name)
    return Found(
        [
            Number("delta_e", "mean", float(found.delta_e.mean())),
            Number("delta_e", "worst", found.worst[1]),
            *(Number("delta_e", name, float(value)) for name, value in zip(NAMES, found.delta_e, strict=True)),
            Number("delta_e_as_is", "mean", float(found.delta_e_as_is.mean())),
            Number("residual", "mean", float(found.residual.mean())),
            Number("white_balance", "greys", _balance(found)),
            Number("exposure", "", found.exposure),
            Number("saturation", "", found.saturation),
        ],
        detail={"patches": found.patches, "wanted": found.wanted, "delta_e": found.delta_e, "exposure": found.exposure},
    )


def drawn(size: tuple[int, int]) -> Corners:
    """The middles of the corner patches of the chart that `scene.colour_checker` draws over a frame of this size, as x and y."""
    stage = stage_class("scene.colour_checker")()
    tall, wide = (np.asarray(ends, float).mean(-1) for ends in charts.grid(*size, DOWN, ACROSS, float(stage.border), float(stage.share)))
    return [(float(x), float(y)) for x, y in ((wide[0], tall[0]), (wide[-1], tall[0]), (wide[-1], tall[-1]), (wide[0], tall[-1]))]


def _balance(found: CheckerColours) -> float:
    """The mean angle of the greys; white may be clipped, and black is flare."""
    return float(np.mean([found.white_balance[k - GREYS[0] + 1] for k in GREYS]))
