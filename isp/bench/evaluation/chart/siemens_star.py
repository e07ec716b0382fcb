"""A sinusoidal Siemens star: the response in every direction, where an edge shows only one."""

import numpy as np

from isp.bench.evaluation.chart import Curve, Found, Look, Measure, Number
from isp.evaluate.chart.siemens_star import siemens_star
from isp.ops.colour import luminance_weights

CYCLES = 72
SHOTS = {"siemens_star": {"scene.siemens_star": {"contrast": 0.6, "mean": 0.25, "cycles": CYCLES}}}
MEASURES = {
    "mtf50": Measure("c/px", "more", "frequency at which half of the contrast is left"),
    "mtf10": Measure("c/px", "more", "frequency at which a tenth is left"),
    "evenness": Measure("1", "more", "the worst sector's mean response over the best one's"),
}
HEADLINES = (("mtf50", ""), ("evenness", ""))


def measured(look: Look) -> Found:
    """Of the luminance of the first capture, about the middle of the picture or of its region. The contrast is that of the lowest frequencies, so that a tone
    curve does not count as blur."""
    found = siemens_star(look.picture @ np.array(luminance_weights("srgb")), CYCLES)
    means = found.sectors.mean(1)
    return Found(
        [
            Number("mtf50", "", found.mtf50),
            Number("mtf10", "", found.mtf10),
            Number("evenness", "", float(means.min() / means.max())),
        ],
        [Curve("Siemens star, mean response", "cycles a pixel", "SFR", found.frequency, found.sfr.value)],
        {"sectors": found.sectors, "frequency": found.frequency},
    )
