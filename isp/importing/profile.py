"""A profile is gathered stage by stage, each with the words that say where its values come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from isp.core import Chain, ChainError, Domain, Table
from isp.spec import Camera, dump, dump_profile, stage_class

SATURATION = 78.0
"""Lux seconds that saturate a sensor of ISO 1: the saturation based speed of ISO 12232."""
GATHERED = 2400.0
"""Electrons of the strongest filter for each lux second of D65 and square micrometre: an estimate for modern pixels, a quantum efficiency of
about 0.65 at its best. Camera Modules 1 and 2, whose ISO was calibrated (picamera's manual), come to 2330 and 2530."""
DIGITS = 5
"""So many digits of a number are written: more than any measurement here has."""


@dataclass(frozen=True)
class Imported:
    """A sensor `chain` with its `camera` and the sources of its values; a `pipeline` that the file suggests, if any; and what was left out."""

    chain: Chain
    camera: Camera
    pipeline: Chain | None = None
    left_out: tuple[str, ...] = ()

    def profile(self) -> str:
        """The YAML text of the sensor."""
        return dump_profile(self.chain, self.camera)

    def develop(self) -> str | None:
        """The YAML text of the pipeline; None where the file suggests none."""
        return None if self.pipeline is None else dump(self.pipeline)


@dataclass
class Profile:
    """A profile in the making."""

    title: str
    camera: Camera = field(default_factory=Camera)
    stages: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    digits: int = DIGITS

    def add(self, name: str, source: str | Mapping[str, str] = "", *, called: str = "", **values: Any) -> None:
        """One more stage, with the words for all its values, or for each; `called` is a name of its own."""
        self.stages[called or name] = stage_class(name).of(**{key: rounded(value, self.digits) for key, value in values.items()})
        said = {"": source} if isinstance(source, str) else source
        self.sources |= {f"{name}.{key}" if key else name: words for key, words in said.items() if words}

    def optics(self, falloff: Mapping[str, Any], source: str) -> None:
        """What stands before a sensor that is known by its matrices: diffraction, the measured falloff, and the camera equation."""
        self.diffraction()
        self.add("optics.vignetting", source, **{"field": 0.0, **falloff})
        self.add("exposure.lens", "estimate: none is lost, since the sensitivity is that to light on the sensor", transmission=1.0)

    def diffraction(self) -> None:
        """The blur of the aperture."""
        self.add("optics.diffraction", "physics: the Airy pattern; estimate: three wavelengths stand for the filters", support=4)

    def falloff_of_cosine(self, field: float) -> None:
        """The falloff of a lens without rims."""
        why = "physics: the fourth power of the cosine; estimate: the angle of the corners, and no loss besides"
        self.add("optics.vignetting", why, field=field, k2=0.0, k4=0.0, k6=0.0)

    def made(self, pipeline: Chain | None = None) -> Imported:
        """The whole."""
        chain = Chain(tuple(self.stages.values()), tuple(self.stages), Domain.SCENE, self.title)
        if misfits := chain.misfits():
            raise ChainError("; ".join(f"{chain.names[i]} {why}" for i, why in misfits))
        return Imported(chain, replace(self.camera, sources=self.sources), pipeline, tuple(self.left_out))


def rounded(value: Any, digits: int = DIGITS) -> Any:
    """Numbers with so many digits; anything else as it is."""
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Table):
        return Table(rounded(np.asarray(value.values, float), digits), value.over, value.at_)
    numbers = np.asarray(value, float)
    if numbers.ndim:
        return np.array([rounded(float(x), digits) for x in numbers.ravel()]).reshape(numbers.shape)
    return float(f"{float(numbers):.{digits}g}")


def over_iso(knots: Mapping[float, Any]) -> Table:
    """A table over iso."""
    return Table(np.array(list(knots.values()), float), "iso", tuple(float(k) for k in knots))


def radial(gains: Sequence[np.ndarray], places: tuple[np.ndarray, np.ndarray], sides: tuple[float, float]) -> tuple[dict[str, Any], float]:
    """The values of `optics.vignetting` (k2, k4, k6, tint) nearest to meshes of gains (rows, columns) of red, green and blue that undo the
    falloff of a frame with these `sides`, and the r.m.s. of what is left. `places` are rows and columns as shares of the sides. Each
    mesh may have a level of its own; the axis is in the middle."""
    down, across = ((p - 0.5) * s for p, s in zip(places, sides, strict=True))
    r2 = (4 * (down[:, None] ** 2 + across**2) / (sides[0] ** 2 + sides[1] ** 2)).ravel()
    wanted = np.stack([np.asarray(g, float).ravel() for g in gains])
    limits = [stage_class("optics.vignetting").declared()[name].within for name in ("k2", "k4", "k6", "tint", "tint")]

    def off(v: np.ndarray) -> np.ndarray:
        common = r2 * (v[0] + r2 * (v[1] + r2 * v[2]))
        law = np.stack([1 + common + tint * r2 for tint in (v[3], 0.0, v[4])])
        return (v[5:, None] * law / wanted - 1).ravel()

    start = [0.2, 0.1, 0.0, 0.0, 0.0, *wanted.min(1)]
    low, high = [limit.low for limit in limits] + [1e-6] * 3, [limit.high for limit in limits] + [np.inf] * 3
    found = least_squares(off, start, bounds=(low, high), x_scale="jac")
    left = np.sqrt(np.mean(found.fun**2))
    k2, k4, k6, red, blue = (round(float(v), 4) for v in found.x[:5])
    return {"k2": k2, "k4": k4, "k6": k6, "tint": (red, 0.0, blue)}, float(left)
