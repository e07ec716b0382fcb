"""A zone plate, captured without noise: what the pipeline makes up where detail is finer than the filters, and beside edges."""

from isp.bench.evaluation.chart import Found, Look, Measure, Number
from isp.bench.evaluation.chart.coloured_leaves import alike
from isp.evaluate.picture import metric

SHOTS = {"zone_plate": {"scene.zone_plate": {"contrast": 0.6, "mean": 0.25}}}
METRICS = ("false_colour", "zipper", "halo")
MEASURES = {name: Measure(metric(name).unit, metric(name).better, metric(name).says) for name in METRICS}
HEADLINES = tuple((name, "") for name in METRICS)
QUIET = True
OWN = False


def measured(look: Look) -> Found:
    """Of the one capture, against the chart at the exposure of the picture."""
    pair = alike(look)
    return Found([Number(name, "", float(metric(name)(*pair))) for name in METRICS])
