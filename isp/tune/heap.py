"""Generated photographs: heaps of dead leaves drawn once, and cropped like pictures. They belong to nobody, and there are as many as one asks for."""

from __future__ import annotations

import numpy as np

from isp.ops import charts


def heap(
    seed: int, side: int, *, leaves: int = 2000, smallest: int = 10, largest: int = 250, dark: float = 0.02, light: float = 0.95
) -> np.ndarray:
    """Linear light (side, side, 3) of the heap that `scene.dead_leaves` draws with these values and `colour: rgb`, leaf by leaf in its own box."""
    made = np.full((side, side, 3), 0.5, np.float32)
    for row, column, radius, *colour in charts.leaves(seed, leaves, smallest / 1000, largest / 1000):
        reach, y, x = radius * side + 1.5, row * side, column * side
        top, bottom = max(0, int(y - reach)), min(side, int(y + reach) + 1)
        left, right = max(0, int(x - reach)), min(side, int(x + reach) + 1)
        if top >= bottom or left >= right:
            continue
        down, across = np.arange(top, bottom)[:, None] + 0.5 - y, np.arange(left, right)[None] + 0.5 - x
        share = np.clip(radius * side - np.sqrt(down**2 + across**2) + 0.5, 0, 1)[..., None].astype(np.float32)
        part = made[top:bottom, left:right]
        part += share * (np.float32(colour) - part)
    return (dark + (light - dark) * made).astype(np.float32)
