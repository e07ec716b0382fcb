"""Where pipelines are judged: charts in a light, before a sensor at an ISO. Everything fills frames of one size, so that a sensor and a pipeline are
compiled once, whatever stands before them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from isp.core import Chain, Frame
from isp.core.run import run
from isp.execute import Shot, capture, develop
from isp.execute.scenes import scene_of
from isp.spec import load
from isp.tune.take import seen

CHARTS: dict[str, dict[str, Any]] = {
    "colour_checker": {"scene.colour_checker": {}},
    "upright_edge": {"scene.slanted_edge": {"angle": 5.0, "dark": 0.08, "light": 0.4}},
    "lying_edge": {"scene.slanted_edge": {"angle": 85.0, "dark": 0.08, "light": 0.4}},
    "grey_steps": {"scene.grey_steps": {"steps": 20, "lightest": 0.0, "darkest": 3.04}},
    "noise_steps": {"scene.grey_steps": {"steps": 6, "lightest": 0.045, "darkest": 1.795}},
    "grey_ramp": {"scene.grey_ramp": {"dark": 0.001, "light": 1.0}},
    "dead_leaves": {"scene.dead_leaves": {"dark": 0.05, "light": 0.5}},
    "leaves": {"scene.dead_leaves": {"colour": "rgb", "seed": 2}},
    "siemens_star": {"scene.siemens_star": {"contrast": 0.6, "mean": 0.25}},
    "zone_plate": {"scene.zone_plate": {"contrast": 0.6, "mean": 0.25}},
    "flat": {"scene.flat": {"share": 0.18}},
}
"""What may stand before the sensor: a chart and how it is drawn. Edges have the contrast of 5:1 or less that ISO 12233 asks for."""


@dataclass(frozen=True)
class Setting:
    """One sensor (its name and chain) at one ISO, None being its own, in one light, None being D65."""

    sensor: str
    chain: Chain
    iso: float | None = None
    illuminant: str | None = None

    @property
    def names(self) -> dict[str, Any]:
        """What a row says of it."""
        return {"sensor": self.sensor, "iso": self.iso, "illuminant": self.illuminant or "D65"}


@dataclass
class Laboratory:
    """Captures and truths of charts of `size` (rows, columns). What was made once is kept."""

    size: tuple[int, int]
    seed: int = 0
    kept: dict[Any, Any] = field(default_factory=dict)

    def raw(self, chart: str, setting: Setting, *, seed: int | None = None, noise: bool = True) -> Frame:
        """The first reading of a metered capture of a chart."""
        lit = self._lit(chart, setting)
        shot = Shot(iso=setting.iso, seed=self.seed if seed is None else seed, noise=noise)
        return next(iter(capture(setting.chain, None, lit, shot))).but(moment=None)

    def wanted(self, chart: str) -> np.ndarray:
        """The chart as linear sRGB light over its white (rows, columns, 3), in D65: what a perfect camera would make of it in any light."""
        if ("wanted", chart) not in self.kept:
            scene, start = scene_of(text(chart), rgb_sensor(), None, None, self.size)
            self.kept["wanted", chart] = np.asarray(seen(scene.stages, start).pixels)
        made: np.ndarray = self.kept["wanted", chart]
        return made

    def developed(self, pipeline: Chain, raw: Frame) -> Frame:
        """The picture of a raw frame."""
        return develop(pipeline, raw)

    def _lit(self, chart: str, setting: Setting) -> Frame:
        """The light that the chart sends, as this sensor wants it."""
        key = "lit", chart, setting.sensor, setting.illuminant
        if key not in self.kept:
            scene, start = scene_of(text(chart), setting.chain, setting.illuminant, None, self.size)
            made = run(scene.stages, start)
            self.kept[key] = made.but(pixels=np.asarray(made.pixels))
        frame: Frame = self.kept[key]
        return frame


def text(chart: str) -> str:
    """A chart as the YAML of a scene."""
    ((stage, values),) = CHARTS[chart].items()
    said = ", ".join(f"{name}: {value}" for name, value in values.items())
    return f"isp: 1\nstages:\n  - {stage}: {{{said}}}\n"


def rgb_sensor() -> Chain:
    """A sensor that takes RGB light, so that truth is RGB."""
    return load("isp: 1\ninput: scene\nstages: [exposure.settings]\n")
