"""A tuning of libcamera becomes a pipeline: the classical one, with the tuning's numbers wherever it says some.

Its matrices become a table over the colour temperature, its gamma curve the knots of `tone.curve` ahead of sRGB. Sharpening and denoising are
other algorithms than its own, set by the mapping of `isp.ops.libcamera`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from isp.core import Chain, Stage, Table
from isp.importing.profile import Profile, rounded
from isp.ops.curve import decode_srgb, rooted, squared
from isp.ops.libcamera import FULL, denoised, sharpened
from isp.spec import load, stage_class

if TYPE_CHECKING:
    from isp.importing.libcamera import Tuning
    from isp.importing.modules import Module

KNOTS = 33
"""Knots of a tone curve: as many as most gamma curves have points."""
DIGITS = 7
"""Digits of what was computed, so that a curve that was written with 16 bits comes back."""


def pipeline(tuning: Tuning, module: Module, it: Profile, shading: dict[str, Any] | None) -> Chain | None:
    """The pipeline of a tuning; None where it has no matrices. `shading` holds the values of `shading.radial`, None where it says nothing."""
    if tuning.matrices is None:
        return None
    without = _without(tuning, shading)
    made: list[Stage] = []
    for stage in load("classic"):
        if stage.name not in without:
            made += [_of(it, name, values) for name, values in _instead(stage.name, tuning, module, it, shading)] or [stage]
    return Chain(tuple(made), tuple(s.name for s in made), made[0].accepts[0], f"Pipeline with the numbers of libcamera's {tuning.file}")


def _without(tuning: Tuning, shading: dict[str, Any] | None) -> set[str]:
    """Stages of the classical pipeline of which there is nothing in the tuning's own."""
    made = {"look.saturation"} if tuning.gamma is not None else set()
    made |= {"shading.gain_map"} if shading is None else set()
    return made | ({"denoise.bilateral"} if tuning.denoise is not None and denoised(tuning.denoise) == 0 else set())


def _instead(name: str, tuning: Tuning, module: Module, it: Profile, shading: dict[str, Any] | None) -> list[tuple[str, dict[str, Any]]]:
    """The stages, with their values, that take the place of one of the classical pipeline; none where it stays."""
    if name == "level.subtract_black" and tuning.blacks is not None:
        if module.make == "unknown":
            it.left_out.append("the sensor's depth is not known: the pipeline takes the black level from the raw file")
            return []
        return [("level.fixed_black", {"black": np.asarray(tuning.blacks) / (FULL / 2**module.bits)}), (name, {})]
    if name == "shading.gain_map" and shading is not None:
        return [("shading.radial", shading)]
    if name == "white_balance.apply":
        return [(name, {}), ("measure.colour_temperature", {})]
    if name == "denoise.bilateral" and tuning.denoise is not None:
        return [(name, {"strength": denoised(tuning.denoise)})]
    if name == "highlight.recover":
        return [("highlight.clip", {})]
    if name == "colour.matrix":
        return [("colour.fixed_matrix", {"matrix": _matrices(tuning)})]
    if name == "tone.filmic" and tuning.gamma is not None:
        return [("tone.curve", {"knots": knots(tuning.gamma), "keep_hue": 0.0})]
    if name == "detail.unsharp" and tuning.sharpen is not None:
        return [(name, sharpened(tuning.sharpen, stage_class(name)()))]
    return []


def knots(gamma: np.ndarray) -> np.ndarray:
    """Knots of `tone.curve` for points (n, 2) of a gamma curve, linear light to sRGB numbers, both of 16 bits."""
    light = np.asarray(squared(np.linspace(0, 1, KNOTS)), float)
    shown = np.interp(light * (FULL - 1), gamma[:, 0], gamma[:, 1]) / (FULL - 1)
    return np.asarray(rooted(decode_srgb(shown)), float)


def _matrices(tuning: Tuning) -> Any:
    assert tuning.matrices is not None
    by = {float(row[0]): row[1:].reshape(3, 3) for row in tuning.matrices}
    if len(by) == 1:
        return next(iter(by.values()))
    kelvins = sorted(by)
    return Table(np.stack([by[k] for k in kelvins]), "colour_temperature", tuple(kelvins))


def _of(it: Profile, name: str, values: dict[str, Any]) -> Stage:
    """A stage with these values, rounded, and held inside the limits of the stage."""
    cls, held = stage_class(name), {}
    for field, value in values.items():
        declared = cls.declared()[field]
        held[field] = value = rounded(value, DIGITS)
        if declared.fault(value):
            held[field] = np.clip(value, declared.within.low, declared.within.high)
            it.left_out.append(f"{name}.{field} is held inside {declared.within}")
    stage: Stage = cls.of(**held)
    return stage
