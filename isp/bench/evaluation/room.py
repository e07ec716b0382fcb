"""The room in which charts stand before simulated sensors: every chart fills a frame of one size, so that a sensor and a pipeline are compiled once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from isp.bench.evaluation.chart import Chart
from isp.bench.laboratory import lit, rgb
from isp.core import Chain, ChainError, Frame
from isp.evaluate.view import view
from isp.execute import Shot, capture, develop

OFF_AXIS = ("optics.vignetting", "optics.vignetting_mesh", "optics.distortion", "optics.lateral_colour")
"""What a lens does towards the corners, and not in the middle of the field."""


@dataclass(frozen=True)
class Condition:
    """One sensor (its name and chain) at one ISO, None being its own, in one light."""

    sensor: str
    chain: Chain
    iso: float | None = None
    illuminant: str = "D65"

    @property
    def name(self) -> str:
        """As a table and a legend say it."""
        light = "" if self.illuminant == "D65" else f", {self.illuminant}"
        return f"{self.sensor}{f', ISO {self.iso:g}' if self.iso else ''}{light}"

    @property
    def names(self) -> dict[str, Any]:
        """What a row says of it."""
        return {"sensor": self.sensor, "iso": self.iso, "illuminant": self.illuminant}


@dataclass
class Room:
    """Captures and truths of charts of `size` (rows, columns). Light is kept while one sensor stands there."""

    size: tuple[int, int]
    seed: int = 0
    kept: dict[Any, Any] = field(default_factory=dict)

    def raws(self, one: Chart, shot: str, condition: Condition, captures: int) -> list[Frame]:
        """Metered captures of a chart, the first reading of each, with other noise in each."""
        sensor = in_the_middle(condition.chain) if one.field == "middle" else condition.chain
        each = Shot(iso=condition.iso, seed=self.seed, frames=captures, noise=not one.quiet)
        return [frame for frame in capture(sensor, None, self._lit(shot, one.shots[shot], condition), each) if not frame.readout]

    def wanted(self, shot: str, stage: dict[str, dict[str, Any]]) -> np.ndarray:
        """The chart as linear sRGB light over its white (rows, columns, 3), in D65: what a perfect camera makes of it in any light."""
        if ("wanted", shot) not in self.kept:
            made = lit(stage, rgb(), None, self.size)
            self.kept["wanted", shot] = np.asarray(made.pixels / made.scene_white)
        light: np.ndarray = self.kept["wanted", shot]
        return light

    def _lit(self, shot: str, stage: dict[str, dict[str, Any]], condition: Condition) -> Frame:
        """The light that the chart sends, as this sensor wants it."""
        key = "lit", shot
        if self.kept.get("who") != (condition.sensor, condition.illuminant):
            self.kept = {k: v for k, v in self.kept.items() if k[0] == "wanted"}
            self.kept["who"] = condition.sensor, condition.illuminant
        if key not in self.kept:
            self.kept[key] = lit(stage, condition.chain, condition.illuminant, self.size)
        frame: Frame = self.kept[key]
        return frame


def in_the_middle(sensor: Chain) -> Chain:
    """The sensor without what its lens does towards the corners."""
    kept = [(name, stage) for name, stage in zip(sensor.names, sensor.stages, strict=True) if stage.name not in OFF_AXIS]
    return dataclasses.replace(sensor, names=tuple(name for name, _ in kept), stages=tuple(stage for _, stage in kept))


def photographed(pipeline: Chain, raws: list[Frame], tick: Callable[[], None]) -> tuple[list[Frame], list[np.ndarray]]:
    """What a pipeline makes of raw frames: the frames, and their linear sRGB light (rows, columns, 3). Raises ChainError for a pipeline that ends in a mosaic."""
    made, pictures = [], []
    for raw in raws:
        frame = develop(pipeline, raw)
        if frame.domain.is_mosaic or np.ndim(frame.pixels) not in (2, 3):
            raise ChainError(
                pipeline.title or "the pipeline", f"ends in {frame.domain}", "let it end in a picture: encoded, or linear light"
            )
        made.append(frame)
        pictures.append(light(frame))
        tick()
    return made, pictures


def light(frame: Frame) -> np.ndarray:
    """The linear sRGB light (rows, columns, 3) of a developed frame."""
    pixels = np.asarray(frame.pixels)
    top = np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1
    pixels = np.repeat(pixels[..., None], 3, -1) if pixels.ndim == 2 else pixels
    return np.asarray(view(frame.but(pixels=pixels.astype(np.float32) / np.float32(top)), "linear"))
