"""What is bad about values, whatever picture they make: one number, smaller is better, with a gradient.

    loss: {charbonnier: 1, smooth: {weight: 0.1, of: tone.curve.values}}

A prior stands among the losses of a recipe; `of` says by path pattern which values it judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isp.core.planes import Array
from isp.tune.part import Part


class Prior(Part):
    """Called with the values by their paths (only those that `of` names), and with what they were when tuning began."""

    def __call__(self, values: Mapping[str, Any], start: Mapping[str, Any]) -> Array:
        """The number."""
        raise NotImplementedError
