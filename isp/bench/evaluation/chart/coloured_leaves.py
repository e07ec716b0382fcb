"""Dead leaves of every colour: how far the picture is from what stood there."""

import numpy as np

from isp.bench.evaluation.chart import Found, Look, Measure, Number
from isp.core import Domain, Frame
from isp.evaluate.picture import metric
from isp.evaluate.view import view
from isp.ops.colour import luminance_weights

SHOTS = {"coloured_leaves": {"scene.dead_leaves": {"colour": "rgb", "seed": 2}}}
METRICS = ("psnr", "ssim", "delta_e2000", "flip")
MEASURES = {name: Measure(metric(name).unit, metric(name).better, metric(name).says) for name in METRICS}
HEADLINES = (("psnr", ""), ("delta_e2000", ""), ("flip", ""))
OWN = False


def measured(look: Look) -> Found:
    """Of the first capture, against the chart as it was drawn, after its exposure has been brought to that of the chart. What a tone curve
    does counts as error."""
    pair = alike(look)
    return Found([Number(name, "", float(metric(name)(*pair))) for name in METRICS])


def alike(look: Look) -> tuple[Frame, Frame]:
    """The first picture at the exposure of the chart (by their medians), and the chart, both encoded for a display."""
    wanted, weights = look.truth(), np.array(luminance_weights("srgb"))
    scale = float(np.median(wanted @ weights) / max(np.median(look.pictures[0] @ weights), 1e-6))
    made, chart = (
        Frame(pixels=np.asarray(np.clip(p, 0, 1), np.float32), domain=Domain.WORKING, primaries="srgb")
        for p in (look.pictures[0] * scale, wanted)
    )
    return tuple(p.to(Domain.DISPLAY, view(p, "display"), transfer="srgb") for p in (made, chart))  # type: ignore[return-value]
