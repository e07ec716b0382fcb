"""A ramp from black to white: whether it comes out in steps."""

import numpy as np

from isp.bench.evaluation.chart import Curve, Found, Look, Measure, Number
from isp.evaluate.chart.banding import banding
from isp.ops.colour import luminance_weights

SHOTS = {"grey_ramp": {"scene.grey_ramp": {"dark": 0.001, "light": 0.8}}}
MEASURES = {
    "banding": Measure("L*", "less", "r.m.s. distance of the ramp from its own smooth course"),
    "step": Measure("L*", "less", "the greatest jump from one column to the next beyond the rise of the course"),
    "levels": Measure("1", "more", "how many values the luminance of the ramp is drawn in"),
}
HEADLINES = (("banding", ""),)


def measured(look: Look) -> Found:
    """Of the luminance of the first capture. Rows are averaged, as the eye does: what noise dithers is no band."""
    found = banding(look.picture @ np.array(luminance_weights("srgb")))
    numbers = [Number("banding", "", found.deviation), Number("step", "", found.step), Number("levels", "", float(found.levels))]
    return Found(numbers, [Curve("Ramp, off its own course", "column", "L*", np.arange(found.profile.size), found.profile - found.course)])
