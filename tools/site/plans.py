"""Which picture shows a stage: the frame before it and after it, or a pipeline without it and with it."""

from dataclasses import dataclass
from functools import cache

from isp.core import FACTS, Domain, Stage
from isp.spec import families, load, stage_class

BASE = "classic"
"""The pipeline in which stages are shown."""
CLOSE = {"demosaic", "denoise", "defect", "detail", "stabilise", "cfa", "noise", "pixel"}
"""Families of which single pixels are shown."""
TURNS = {"demosaic", "level", "stabilise", "colour", "encode"}
"""Families without which a pipeline does not go on: the frame before the stage is shown, and the one after it."""
CAMERA = """{isp: 1, input: scene, stages: [
  {exposure.settings: {iso: 100, aperture: 2.2, pitch: 1.4 um}}, exposure.lens, {sensitivity.matrix: {electrons: 6000 e-/(lx s)}},
  cfa.bayer, {adc.linear: {gain: 1 DN/e-, pedestal: 64 DN, bits: 14}}]}"""
"""A camera without noise, in which stages of electrons are shown."""
VALUES = {
    "exposure.gain": {"ev": 1.0},
    "geometry.resize": {"long_side": 160},
    "geometry.crop": {"row": 60, "column": 60, "rows": 200, "columns": 200},
    "noise.column": {"deviation": 8.0},
    "noise.row": {"deviation": 8.0},
    "optics.gaussian_psf": {"sigma": 1.5},
    "shading.radial": {"k2": 0.8},
}
"""Values with which an effect is seen in a small picture; the words beside it say them."""
NOT_SHOWN = {
    "adc": "numbers look like the electrons they were made of",
    "companding": "what is companded looks like nothing until it is expanded",
    "readout": "it makes several frames of one",
    "sensitivity": "it turns light into electrons, for each filter",
    "working_space": "the same colours in other primaries are the same picture",
    "own": "what it does is its owner's",
    "exposure.settings": "it notes facts and leaves the pixels",
    "exposure.lens": "it turns light into exposure, the same everywhere",
    "exposure.photons": "it turns light into electrons, the same everywhere",
    "scene.photograph": "the light behind a picture looks like the picture",
    "scene.rgb": "it turns spectra into colours",
    "scene.spectral": "it turns colours into spectra",
    "scene.dark": "it is dark",
    "scene.flat": "it is as bright everywhere",
    "scene.light": "light that falls on nothing shows nothing",
    "scene.daylight": "light that falls on nothing shows nothing",
    "scene.black_body": "light that falls on nothing shows nothing",
    "level.fixed_black": "it writes a fact",
    "level.linearise": "the embedded raw file is linear",
    "colour.fixed_matrix": "its default is the identity",
    "encode.srgb": "linear light is shown through its curve already",
    "geometry.orient": "frames are shown upright",
    "tone.linear": "its default changes nothing",
    "defect.listed": "the embedded raw file lists no defects",
    "shading.gain_map": "the embedded raw file has no map of gains",
    "detail.residual_cnn": "fresh weights change nothing",
    "encode.display_p3": "a page in sRGB cannot show its primaries",
    "encode.rec2020": "a page in sRGB cannot show its primaries",
    "optics.infrared_cut": "a picture in three colours has no infrared",
}
"""Stages, and whole families, of which there is no picture, and why."""

Stages = tuple[Stage, ...]


@dataclass(frozen=True)
class Plan:
    """The two frames are what `before` and `after` make of the frame `start`: `raw` (the embedded raw file), `light` (the scene behind its picture), `dim`
    (little of that light), or `chart` (light on nothing, and then there is no `before`). `words` say what they show."""

    start: str
    before: Stages | None
    after: Stages
    words: str
    close: bool = False


def plan(name: str) -> Plan | str:
    """How a stage is shown, or why it is not."""
    family = name.partition(".")[0]
    if why := NOT_SHOWN.get(name) or NOT_SHOWN.get(family):
        return why
    stage = made(name)
    if stage.measures and "wb_gains" not in stage.gives:
        return "it writes a fact"
    first = stage.accepts[0]
    if family == "scene" and name != "scene.relight":
        return Plan("chart", None, (stage_class("scene.light").of(luminance=500.0, bands="rgb"), stage), "as it fills a frame")
    said = ", ".join(f"{word} {value}" for word, value in VALUES.get(name, {}).items())
    words, close = ("before it and after it" + (f", {said}" if said else "")), family in CLOSE
    if first is Domain.SCENE and family != "cfa":
        settings = camera()[:1] if "pitch" in stage.needs else ()
        return Plan("light", settings, (*settings, stage), f"a scene {words}")
    if first in (Domain.SCENE, Domain.ELECTRONS):
        until, rest = camera()[:3], camera()[4:]
        if family == "cfa":
            dyed = stage_class("sensitivity.gaussian").of(filters=stage.mosaic.filters)
            return Plan(
                "light", (), (made("scene.spectral"), *until[:2], dyed, stage), "a scene, and what the filters leave of its light", close
            )
        through = (*until, camera()[3])
        start, light = ("dim", "little light") if family == "noise" else ("light", "light")
        return Plan(
            start,
            (*through, *rest),
            (*through, stage, *rest),
            f"a capture in {light}, {words.replace('before it and after it', 'without it and with it')}",
            close,
        )
    return _developed(stage, family, words, close)


def _developed(stage: Stage, family: str, words: str, close: bool) -> Plan:
    """In the place of its family in `BASE`, or at the last place where it fits."""
    whole = [one for one in base() if one.name.partition(".")[0] != "geometry" or one.name == "geometry.orient"]
    if family == "measure":
        until = [one for one in whole[: _place(whole, "white_balance")] if not one.measures]
        after = (*until, stage, *(one for one in whole if one.name == "white_balance.apply"))
        return Plan("raw", tuple(until), after, "a mosaic before and after the white balance that it measures")
    without = words.replace("before it and after it", "without it and with it")
    own = next((i for i, one in enumerate(whole) if one.name == stage.name), None)
    at = own if own is not None else _place(whole, family)
    wanted = {fact for fact in stage.needs if not FACTS[fact].metadata["from_file"] and fact != "stabiliser"}
    company = tuple(made(name) for name in families()["measure"] if wanted & {*stage_class(name).gives})
    if at is None:
        at = _last(whole, stage)
        return Plan(
            "raw", (*whole[:at], *whole[at:]), (*whole[:at], stage, *whole[at:]), f"what `pipelines/{BASE}.yaml` makes, {without}", close
        )
    if family in TURNS:
        return Plan("raw", tuple(whole[:at]), (*whole[:at], stage), f"the frame {words}, in `pipelines/{BASE}.yaml`", close)
    return Plan(
        "raw",
        (*whole[:at], *whole[at + 1 :]),
        (*whole[:at], *company, stage, *whole[at + 1 :]),
        f"what `pipelines/{BASE}.yaml` makes, {without}",
        close,
    )


def _place(whole: list[Stage], family: str) -> int | None:
    return next((i for i, one in enumerate(whole) if one.name.partition(".")[0] == family), None)


def _last(whole: list[Stage], stage: Stage) -> int:
    """Behind the last stage that leaves a domain which `stage` accepts."""
    domain, found = Domain.MOSAIC_DN, 0
    for i, one in enumerate(whole):
        domain = one.emits or domain
        found = i + 1 if domain in stage.accepts else found
    return found


def made(name: str) -> Stage:
    """A stage with the values that show what it does."""
    stage: Stage = stage_class(name).of(**VALUES.get(name, {}))
    return stage


@cache
def base() -> Stages:
    """The stages of `BASE`."""
    return load(BASE).stages


@cache
def camera() -> Stages:
    """The stages of `CAMERA`."""
    return load(CAMERA, kind="sensors").stages
