"""Dead leaves: how much of a texture is kept, noise not counted (Cao 2010, Kirk 2014)."""

import numpy as np

from isp.bench.evaluation.chart import Curve, Found, Look, Measure, Number
from isp.evaluate.chart.dead_leaves import dead_leaves
from isp.ops.colour import luminance_weights

SHOTS = {"dead_leaves": {"scene.dead_leaves": {"dark": 0.05, "light": 0.5}}}
MEASURES = {
    "acutance": Measure("1", "", "texture that is left, weighted by how well it is seen; above 1 it is exaggerated"),
    "mtf50": Measure("c/px", "more", "frequency at which half of the texture is left"),
}
HEADLINES = (("acutance", ""), ("mtf50", ""))
OWN = False


def measured(look: Look) -> Found:
    """Of the luminance of the first capture, against the chart as it was drawn."""
    weights = np.array(luminance_weights("srgb"))
    wanted = look.truth()
    found = dead_leaves(look.pictures[0] @ weights, wanted @ weights)
    return Found(
        [Number("acutance", "", found.acutance), Number("mtf50", "", found.mtf50)],
        [Curve("Dead leaves, texture kept", "cycles a pixel", "response", found.frequency, found.response)],
    )
