"""What a decoder hands over: plain arrays and words. Imports numpy only, so that a process made for one file starts at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

PIXELS = 400_000_000
"""A frame larger than this is refused before anything is allocated."""


class Refused(Exception):
    """A file that cannot be read: why, and what to do about it. `isp.io.read` says it as a DataError that names the file."""

    def __init__(self, why: str, do: str = ""):
        super().__init__(why, do)
        self.why, self.do = why, do


@dataclass
class Raw:
    """Pixels as stored, facts under the names of `isp.core.FACTS`, and what a reader should be warned of.

    `cfa` is a tuple of rows (`("rg", "gb")`), `shading` a mapping of gains, origin and extent; per-filter facts are in phase order.
    """

    pixels: np.ndarray
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def bounded(rows: int, columns: int) -> None:
    """Refuse a size that no sensor has."""
    if rows < 1 or columns < 1:
        raise Refused(f"it claims a frame of {columns}x{rows} pixels")
    if rows * columns > PIXELS:
        needs = rows * columns * 2 / 1e9
        raise Refused(f"it claims {columns}x{rows} pixels ({needs:.1f} GB); the limit is {PIXELS / 1e6:.0f} million", "crop or tile it")
