"""What stands before a simulated camera: a chart by its name, a scene of one's own in YAML, or a picture from a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from isp.core import Chain, DataError, Domain, Frame, SpecError

if TYPE_CHECKING:
    from isp.core import Stage

KELVIN = re.compile(r"(\d+(?:\.\d+)?)\s*K?", re.IGNORECASE)
DAYLIGHT = 4000.0
"""Kelvin from which a temperature means daylight; below it, a black body."""


def scene_of(name: str, sensor: Chain, illuminant: str | None, luminance: float | None, size: tuple[int, int]) -> tuple[Chain, Frame]:
    """The chain of the scene `name` in the light asked for, as this sensor wants it (spectral or RGB), and the frame it begins with.

    Raises SpecError for names and lights that are not known, DataError for pictures that cannot be read.
    """
    from isp.execute import light

    # RGB light is exact for surfaces under D65 only; a sensor that begins with `scene.rgb` takes spectra as well.
    other = illuminant not in (None, "D65") and any(stage.name == "scene.rgb" for stage in sensor)
    spectral = other or any("wavelengths" in stage.needs for stage in sensor)
    stages = _stages(name)
    if stages is None:
        frame, stages = _picture(name, luminance)
        if illuminant is not None:
            stages.append(_relit(illuminant))
        if spectral and not other:
            stages.append(_made("scene.spectral"))
    else:
        frame = light(*size)
        if not any("scene_white" in stage.gives for stage in stages):
            stages.insert(0, _lit(illuminant or "D65", luminance, spectral))
        elif illuminant is not None or luminance is not None:
            raise SpecError(name, "brings light of its own", "leave --illuminant and --luminance out")
    try:
        return Chain.of(*stages, title=name), frame
    except Exception as error:
        raise SpecError(name, f"is no scene: {error}", "list stages of the family `scene`") from error


def _stages(name: str) -> list[Stage] | None:
    """The stages of a YAML file or text, or of one chart; None for a picture's file."""
    from isp.spec import families, load, stage_class

    if name.endswith((".yaml", ".yml")) or "\n" in name or name.lstrip().startswith("{"):
        return list(load(name))
    full = name if name.startswith("scene.") else f"scene.{name}"
    if full in families()["scene"]:
        return [stage_class(full)()]
    return None


def _picture(name: str, luminance: float | None) -> tuple[Frame, list[Stage]]:
    from isp.io import read_picture
    from isp.spec import families

    try:
        frame = read_picture(name)
    except DataError as error:
        if "." in name.rpartition("/")[2]:
            raise
        charts = ", ".join(n.partition(".")[2] for n in families()["scene"] if _is_chart(n))
        raise SpecError(name, "no such picture, scene file or chart", f"charts are {charts}") from error
    values = {} if luminance is None else {"luminance": luminance}
    return frame, [_made("scene.photograph", **values)]


def _is_chart(name: str) -> bool:
    """Whether a stage of the family `scene` draws something, rather than bring or convert light."""
    from isp.spec import stage_class

    cls = stage_class(name)
    return Domain.SCENE in cls.accepts and not {"scene_white", "wavelengths"} & {*cls.gives}


def _lit(illuminant: str, luminance: float | None, spectral: bool) -> Stage:
    """The light of a chart."""
    values: dict[str, object] = {"bands": "spectral" if spectral else "rgb"}
    values |= {} if luminance is None else {"luminance": luminance}
    if kelvin := KELVIN.fullmatch(illuminant):
        temperature = float(kelvin[1])
        return _made("scene.daylight" if temperature >= DAYLIGHT else "scene.black_body", temperature=temperature, **values)
    return _made("scene.light", illuminant=illuminant, **values)


def _relit(illuminant: str) -> Stage:
    """Another light on a photograph."""
    if kelvin := KELVIN.fullmatch(illuminant):
        temperature = float(kelvin[1])
        return _made("scene.relight", temperature=temperature, light="daylight" if temperature >= DAYLIGHT else "black_body")
    return _made("scene.relight", light=illuminant)


def _made(name: str, **values: object) -> Stage:
    """A stage whose values come from the command line."""
    from isp.core import ChainError
    from isp.spec import stage_class

    try:
        stage: Stage = stage_class(name).of(**values)
        return stage
    except ChainError as error:
        raise SpecError(problems=error.problems) from error
