"""A part of a photograph as an example takes it: from another place each time, mirrored, turned and in other colours, so that few photographs stand for many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isp.core import Frame, SpecError
from isp.tune.settings import Settings


@dataclass(frozen=True)
class Cut:
    """What is done to a frame, and to whatever belongs to it: rows and columns run `turn` wards, are exchanged where `across`, and a square of `side` begins at
    `down`, `right`; its colours come in `order`, times `tint`."""

    turn: tuple[int, int]
    across: bool
    down: int
    right: int
    side: int
    size: tuple[int, int]
    order: tuple[int, ...] = (0, 1, 2)
    tint: np.ndarray | None = None

    def __call__(self, frame: Frame) -> Frame:
        """The part."""
        pixels = np.asarray(frame.pixels)[:: self.turn[0], :: self.turn[1]]
        pixels = np.swapaxes(pixels, 0, 1) if self.across else pixels
        pixels = pixels[self.down : self.down + self.side, self.right : self.right + self.side]
        if self.order != (0, 1, 2):
            pixels = pixels[..., list(self.order)]
        return frame.but(pixels=np.ascontiguousarray(pixels) if self.tint is None else pixels * self.tint)

    @property
    def window(self) -> np.ndarray:
        """Where it lies in the whole frame: first row and column, rows and columns of all."""
        return np.array([self.down, self.right, *self.size], np.float32)


def cut(size: tuple[int, int], grid: tuple[int, int], settings: Settings, random: np.random.Generator) -> Cut:
    """A part of a frame of this size, drawn at random as the settings say. It begins at a whole tile of `grid`.

    Raises SpecError where a crop does not fit.
    """
    turn = (int(random.choice((-1, 1))), int(random.choice((-1, 1)))) if settings.flips != "off" else (1, 1)
    across = settings.flips == "turned" and bool(random.integers(2))
    rows, columns = size[::-1] if across else size
    down, right = within(rows, settings.crop, grid[0], random), within(columns, settings.crop, grid[1], random)
    order = tuple(random.permutation(3).tolist()) if settings.colours == "exchanged" else (0, 1, 2)
    tint = None
    if float(settings.tints):
        drawn = np.exp(float(settings.tints) * random.standard_normal(3))
        tint = np.asarray(drawn / drawn.max(), np.float32)
    return Cut(turn, across, down, right, settings.crop, (rows, columns), order, tint)


def within(length: int, side: int, grid: int, random: np.random.Generator) -> int:
    """Where a crop begins: at a whole tile. Raises SpecError where it does not fit."""
    if side > length:
        raise SpecError("crop", f"{side} pixels do not fit a scene of {length}", "ask for a smaller crop")
    return int(random.integers((length - side) // grid + 1)) * grid
