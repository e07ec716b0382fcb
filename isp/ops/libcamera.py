"""Numbers of libcamera's tunings that importing and exporting share, and what its sharpening and denoising mean here.

Its sharpening knows three multiples of values fixed in its code, where 1 is the usual: so 1 is our default there too. Of its denoising,
`deviation` is how many deviations of the noise count as noise, which is what our strengths are, and its `strength` how much of the result
is taken. Both are other algorithms than ours: a pipeline that goes there and comes back is the same, a picture made there is only like it.
"""

from typing import Any

FULL = 2**16
"""Levels, curves and noise are told in numbers of 16 bits."""
GRIDS = {"pisp": (32, 32), "vc4": (12, 16)}
"""Rows and columns of its shading tables, whose values stand for the middles of cells."""
POINTS = 65
"""Points of a gamma curve, evenly spaced along the root of light: those of a `tone.curve` of 5, 9, 17, 33 or 65 knots are among them."""
SHARPEN = {"strength": "amount", "limit": "limit", "threshold": "threshold"}
"""Its three numbers, and those of `detail.unsharp` that they multiply."""

NO_DENOISING = {"deviation": 1.0, "strength": 0.0}
"""Its two numbers of denoising where there is none."""


def sharpening(stage: Any, usual: Any) -> dict[str, float]:
    """Its three numbers for a sharpening stage, over those of the `usual` one."""
    return {theirs: float(getattr(stage, ours)) / float(getattr(usual, ours)) for theirs, ours in SHARPEN.items()}


def sharpened(said: dict[str, float], usual: Any) -> dict[str, float]:
    """The values of a sharpening stage for its numbers."""
    return {ours: float(said.get(theirs, 1.0)) * float(getattr(usual, ours)) for theirs, ours in SHARPEN.items()}


def denoising(strength: float) -> dict[str, float]:
    """Its two numbers for a strength in deviations of the noise."""
    return {"deviation": round(strength, 5), "strength": 1.0}


def denoised(said: dict[str, float]) -> float:
    """The strength, in deviations of the noise, that its two numbers come to."""
    return float(said.get("deviation", 3.2)) * float(said.get("strength", 0.25))
