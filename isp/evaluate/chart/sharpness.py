"""The sharpness of one slanted edge in colour: a response for each channel and for luminance, and how far colours lie apart there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isp.core.errors import DataError
from isp.evaluate.chart.slanted_edge import EdgeResponse, slanted_edge
from isp.ops.colour import luminance_weights

PAPERS = ("iso12233", "ieee1858")
CHANNELS = ("red", "green", "blue", "luminance")


@dataclass(frozen=True)
class EdgeColours:
    """`responses` by channel. `direction` is that across the edge, in which sharpness was measured: "horizontal" for an upright edge. `lateral`
    are the pixels by which red and blue lie beyond green along that direction, rightwards or downwards; `acuity` the mean of the
    luminance's response up to half a cycle."""

    responses: dict[str, EdgeResponse]
    direction: str
    lateral: dict[str, float]
    acuity: float


def sharpness(picture: np.ndarray, *, region: tuple[slice, slice] | None = None, degree: int = 1) -> EdgeColours:
    """The edge in a picture (rows, columns, 3) of linear light, or in its `region`. `degree` is that of the edge's curve. Raises DataError as
    `slanted_edge` does, and names the channel."""
    part = np.asarray(picture, np.float64)[region or ...]
    if part.ndim != 3 or part.shape[2] != 3:
        raise DataError("sharpness", f"needs three colours, not {' x '.join(map(str, part.shape))}")
    planes = [*np.moveaxis(part, -1, 0), part @ np.array(luminance_weights("srgb"))]
    responses = {}
    for name, plane in zip(CHANNELS, planes, strict=True):
        try:
            responses[name] = slanted_edge(plane, degree=degree)
        except DataError as error:
            raise error.at(name) from None
    green = responses["green"]
    lateral = {name: (responses[name].place - green.place) * np.cos(np.radians(float(green.angle.value))) for name in ("red", "blue")}
    seen = responses["luminance"]
    inside = seen.frequency <= 0.5
    acuity = float(np.trapezoid(seen.sfr.value[inside], seen.frequency[inside]) / np.ptp(seen.frequency[inside]))
    return EdgeColours(responses, "vertical" if green.lying else "horizontal", lateral, acuity)
