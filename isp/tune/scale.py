"""In what units a number moves that has no closed range, and how long a step is where it has one."""

from __future__ import annotations

import math

import numpy as np

from isp.core import Between, Declared

WEIGHT = 0.1
"""By how much a weight may well move."""


def scale(declared: Declared, within: Between) -> float:
    """The unit of a range that is not closed: a quarter of the usual width, else the size of the default, else 1; of weights a size by which
    one of them may well move."""
    if declared.kind == "weights":
        return WEIGHT
    if math.isfinite(within.low) and math.isfinite(within.high):
        return 1.0
    if declared.usual is not None and math.isfinite(declared.usual.high - declared.usual.low):
        return (declared.usual.high - declared.usual.low) / 4
    return float(np.max(np.abs(np.asarray(declared.default, float)))) or 1.0


def stride(declared: Declared, within: Between) -> float:
    """How much shorter a step is than the logistic curve's, so that one unit is about a quarter of what is usual where the default lies."""
    usual = declared.usual
    if usual is None or not all(map(math.isfinite, (within.low, within.high, usual.low, usual.high))):
        return 1.0
    share = np.clip((np.mean(np.asarray(declared.default, float)) - within.low) / (within.high - within.low), 0.01, 0.99)
    slope = (within.high - within.low) * share * (1 - share)
    return float(min(1.0, (usual.high - usual.low) / 4 / slope))
