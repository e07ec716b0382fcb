"""One chart with everything on it that a stage is judged by: grey steps, an edge, coloured leaves, a ColorChecker, and a ramp that ends beyond white.

The sheet lies in the middle of the field, small beside it, so that a lens that falls off towards the corners is no part of what is measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from isp.bench.laboratory import CHARTS, Setting, rgb
from isp.bench.laboratory import lit as alone
from isp.bench.noise import SIDE, STEPS
from isp.core import Frame, Random
from isp.execute import Shot
from isp.execute.capture import readings
from isp.tune.take import captured, exposed

ROWS, COLUMNS = 224, SIDE * STEPS
FIELD = (3072, 4096)
"""Rows and columns of the whole frame, of which the sheet is the middle."""
BRIGHTEST = 4.0
"""Reflectance at the bright end of the ramp, so that every sensor and every curve ends somewhere on it."""
Box = tuple[slice, slice]
STEPS_AT: Box = slice(0, SIDE), slice(0, COLUMNS)
EDGE_AT: Box = slice(64, 192), slice(0, 96)
LEAVES_AT: Box = slice(64, 192), slice(96, 192)
CHECKER_AT: Box = slice(64, 192), slice(192, COLUMNS)
RAMP_AT: Box = slice(192, ROWS), slice(0, COLUMNS)
RIM = 8
"""Pixels along the border of a part that its neighbour may reach into."""
PARTS: tuple[tuple[Box, dict[str, dict[str, Any]]], ...] = (
    (STEPS_AT, CHARTS["noise_steps"]),
    (EDGE_AT, {"scene.slanted_edge": {"angle": 5.0, "dark": 0.08, "light": 0.4}}),
    (LEAVES_AT, {"scene.dead_leaves": {"colour": "rgb", "leaves": 700, "dark": 0.03, "light": 0.8}}),
    (CHECKER_AT, {"scene.colour_checker": {}}),
    (RAMP_AT, {"scene.grey_ramp": {"dark": 0.0, "light": BRIGHTEST}}),
)
"""What stands where. The edge has the contrast of 5:1 that ISO 12233 asks for at most."""


def captures(setting: Setting, count: int, *, seed: int = 0) -> Iterator[Frame]:
    """Metered captures of the sheet, each with noise of its own; of a sensor that reads an exposure more than once the first readings. Raises
    ChainError where the sensor cannot be metered."""
    light = exposed(setting.chain, lit(setting), Shot(iso=setting.iso))
    readout = 0 if readings(setting.chain) > 1 else None
    for i in range(count):
        random = Random.of(seed, unit=0, exposure=i, readout=readout or 0)
        yield captured(setting.chain, light.but(moment=np.float32(0), readout=readout, random=random))


def lit(setting: Setting) -> Frame:
    """The light that the sheet sends, as this sensor wants it, RGB or spectral."""
    parts = []
    for box, chart in PARTS:
        parts.append(alone(chart, setting.chain, setting.illuminant, size(box)))
    pixels = np.zeros((ROWS, COLUMNS, parts[0].pixels.shape[-1]), np.float32)
    for (box, _), part in zip(PARTS, parts, strict=True):
        pixels[box] = part.pixels
    # Whole tiles of every mosaic there is.
    row, column = ((field - side) // 24 * 12 for field, side in zip(FIELD, (ROWS, COLUMNS), strict=True))
    return parts[0].but(pixels=pixels, window=np.array([row, column, *FIELD], np.float32))


def wanted(box: Box) -> np.ndarray:
    """A part of the sheet as linear sRGB light over its white (rows, columns, 3), in D65: what a perfect camera would make of it."""
    (chart,) = (chart for where, chart in PARTS if where == box)
    made = alone(chart, rgb(), None, size(box))
    return np.asarray(made.pixels, np.float64) / np.asarray(made.scene_white, np.float64)


def size(box: Box) -> tuple[int, int]:
    """Rows and columns of a part."""
    return box[0].stop - box[0].start, box[1].stop - box[1].start
