"""Where pipelines are judged: charts in a light, before a sensor at an ISO. Everything fills frames of one size, so that a sensor and a pipeline are
compiled once, whatever stands before them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from isp.core import Chain, Frame
from isp.core.run import run
from isp.execute import Shot, capture
from isp.execute.scenes import scene_of
from isp.spec import load

CHARTS: dict[str, dict[str, Any]] = {"noise_steps": {"scene.grey_steps": {"steps": 6, "lightest": 0.045, "darkest": 1.795}}}
"""What may stand before the sensor: a chart and how it is drawn."""


@dataclass(frozen=True)
class Setting:
    """One sensor (its name and chain) at one ISO, None being its own, in one light, None being D65."""

    sensor: str
    chain: Chain
    iso: float | None = None
    illuminant: str | None = None


@dataclass
class Laboratory:
    """Captures of charts of `size` (rows, columns). What was made once is kept."""

    size: tuple[int, int]
    seed: int = 0
    kept: dict[Any, Any] = field(default_factory=dict)

    def raw(self, chart: str, setting: Setting, *, seed: int | None = None) -> Frame:
        """The first reading of a metered capture of a chart."""
        lit = self._lit(chart, setting)
        shot = Shot(iso=setting.iso, seed=self.seed if seed is None else seed)
        return next(iter(capture(setting.chain, None, lit, shot))).but(moment=None)

    def _lit(self, chart: str, setting: Setting) -> Frame:
        """The light that the chart sends, as this sensor wants it."""
        key = "lit", chart, setting.sensor, setting.illuminant
        if key not in self.kept:
            self.kept[key] = lit(CHARTS[chart], setting.chain, setting.illuminant, self.size)
        frame: Frame = self.kept[key]
        return frame


def lit(chart: dict[str, dict[str, Any]], sensor: Chain, illuminant: str | None, size: tuple[int, int]) -> Frame:
    """The light that a chart of `size` (rows, columns) sends, as this sensor wants it, RGB or spectral; `chart` is its stage and what that is given."""
    ((stage, values),) = chart.items()
    said = ", ".join(f"{name}: {value}" for name, value in values.items())
    scene, start = scene_of(f"isp: 1\nstages:\n  - {stage}: {{{said}}}\n", sensor, illuminant, None, size)
    made = run(scene.stages, start)
    return made.but(pixels=np.asarray(made.pixels))


def rgb() -> Chain:
    """A sensor that takes RGB light, for what a perfect camera would make of a chart."""
    return load("isp: 1\ninput: scene\nstages: [exposure.settings]\n")
