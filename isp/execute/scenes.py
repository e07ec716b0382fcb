"""What stands before a simulated camera: a chart by its name, a scene of one's own in YAML, or a picture from a file."""

from __future__ import annotations

import re

from isp.core import Chain, ChainError, DataError, Domain, Frame, SpecError, Stage
from isp.execute.capture import light
from isp.io import read_picture
from isp.ops.spectra import DAYLIGHT
from isp.spec import Ranges, families, load, load_spec, stage_class

KELVIN = re.compile(r"(\d+(?:\.\d+)?)\s*K?", re.IGNORECASE)


def scene_of(
    name: str | Frame,
    sensor: Chain,
    illuminant: str | None,
    luminance: float | None,
    size: tuple[int, int],
    seed: int | None = None,
    **photograph: float,
) -> tuple[Chain, Frame]:
    """The chain of the scene `name` (or of a picture that has been read) in the light asked for, as this sensor wants it (spectral or RGB), and
    the frame it begins with. Of ranges in a scene's file `seed` draws one value each. `photograph` are values of `scene.photograph`, for
    pictures.

    Raises SpecError for names and lights that are not known, DataError for pictures that cannot be read.
    """
    # RGB light is exact for surfaces under D65 only; a sensor that begins with `scene.rgb` takes spectra as well.
    other = illuminant not in (None, "D65") and any(stage.name == "scene.rgb" for stage in sensor)
    spectral = other or any("wavelengths" in stage.needs for stage in sensor)
    stages = None if isinstance(name, Frame) else _stages(name, seed)
    if stages is None:
        frame = name if isinstance(name, Frame) else _picture(str(name))
        stages = [_made("scene.photograph", **photograph, **({} if luminance is None else {"luminance": luminance}))]
        if illuminant is not None:
            stages.append(_relit(illuminant))
        if spectral and not other:
            stages.append(_made("scene.spectral"))
    else:
        frame = light(*size)
        if not any("scene_white" in stage.gives for stage in stages):
            stages.insert(0, _lit(illuminant or "D65", luminance, spectral))
        elif illuminant is not None or luminance is not None:
            raise SpecError(str(name), "brings light of its own", "leave --illuminant and --luminance out")
    try:
        return Chain.of(*stages, title="a picture" if isinstance(name, Frame) else name), frame
    except Exception as error:
        raise SpecError(str(name), f"is no scene: {error}", "list stages of the family `scene`") from error


def ranges_of(name: str | Frame) -> Ranges:
    """The ranges in a scene's file, by `stage.parameter`."""
    return load_spec(name).ranges if isinstance(name, str) and _is_file(name) else {}


def _is_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or "\n" in name or name.lstrip().startswith("{")


def _stages(name: str, seed: int | None) -> list[Stage] | None:
    """The stages of a YAML file or text, or of one chart; None for a picture's file."""
    if _is_file(name):
        return list(load(name, seed=seed))
    full = name if name.startswith("scene.") else f"scene.{name}"
    if full in families()["scene"]:
        return [stage_class(full)()]
    return None


def _picture(name: str) -> Frame:
    try:
        return read_picture(name)
    except DataError as error:
        if "." in name.rpartition("/")[2]:
            raise
        charts = ", ".join(n.partition(".")[2] for n in families()["scene"] if _is_chart(n))
        raise SpecError(name, "no such picture, scene file or chart", f"charts are {charts}") from error


def _is_chart(name: str) -> bool:
    """Whether a stage of the family `scene` draws something, rather than bring or convert light."""
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

    try:
        stage: Stage = stage_class(name).of(**values)
        return stage
    except ChainError as error:
        raise SpecError(problems=error.problems) from error
