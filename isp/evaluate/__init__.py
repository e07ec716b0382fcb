"""What captures say about a camera: numbers with their errors, from arrays alone.

    photon_transfer   gain, dark noise, full well, linearity from pairs of flats and darks (EMVA 1288)
    nonuniformity     DSNU and PRNU, split into rows, columns and pixels, from stacks of frames
    dark_noise        row noise, the shape of its tails, noise against ISO
    defects           sites that do not answer as their neighbours do
    colour_fit        camera colours to linear RGB: 3x3 and root-polynomial fits
    picture           one picture against another: a file a metric, with gradients
    chart             what a picture or mosaic of a chart says: sharpness, texture, noise, colour
    propagation       noise through a chain, predicted from slopes and measured by drawing
    rounding          what rounding does to the variance of noise
    skewed            noise that leans to one side, as a curve over normal noise
    shading_fit       the mesh of gains, or the radial polynomial, that evens a flat out

Nothing here reads a file or prints. A module that follows a paper names its key in `PAPERS`. What cannot be measured is refused with
a DataError that names the frame, level or patch at fault.

This package is a verb as well: `isp.evaluate("classic", sensors=["imx219"], iso=[100, 800])` shows a pipeline charts; see `isp.bench.evaluation.evaluate`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

VERB = "isp.bench.evaluation"
"""The module whose `evaluate` does it. Named, not imported: measuring depends on nothing above it."""


class _Callable(ModuleType):
    """`isp.evaluate(pipeline, ...)`, see `isp.bench.evaluation.evaluate`."""

    def __call__(self, pipeline: Any, *inputs: Any, **said: Any) -> Any:
        return import_module(VERB).evaluate(pipeline, *inputs, **said)


sys.modules[__name__].__class__ = _Callable
