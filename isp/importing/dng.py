"""A raw file becomes the sensor that could have made it.

Its tags say the filters, black, white, the colour matrices and, with NoiseProfile, how many electrons a number is worth and how noisy a
reading is. A gain map becomes a radial falloff. What a file cannot know of its sensor, its pitch for one, is an estimate.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import Cfa, DataError, Domain, Frame, Stage
from isp.importing.profile import SATURATION, Imported, Profile, radial
from isp.io import read
from isp.spec import Camera, families, stage_class

ESTIMATED = {"iso": 100.0, "exposure_time": 0.01, "aperture": 2.8}
"""Settings where the file does not say them."""
ELECTRONS = 6000.0
"""Electrons of a full well where the file does not state its noise."""
NOT_CARRIED = {
    "as_shot": "the white balance, which follows from the light of a scene", "forward_matrix": "the forward matrices", "warp": "the lens distortion",
    "defects": "the list of bad pixels", "crop": "the crop", "black_rows": "the black level of each row", "linearisation": "the linearisation table",
}  # fmt: skip
"""Facts that have no place in a profile."""


def imported(path: Path) -> Imported:
    """The sensor of a raw file."""
    frame = read(path)
    if frame.domain is not Domain.MOSAIC_DN or frame.cfa is None:
        raise DataError("not a raw file of a sensor", f"its pixels are in domain {frame.domain}", "give a file with a mosaic", file=path)
    rows, columns = np.shape(frame.pixels)[:2]
    it = Profile(
        f"{frame.make or 'A camera'} {frame.model or 'unknown'}, from {path.name}", Camera(frame.make, frame.model, rows, columns), digits=7
    )
    if lost := [words for name, words in NOT_CARRIED.items() if getattr(frame, name) is not None]:
        it.left_out.append(f"not carried over: {', '.join(lost)}")
    _settings(it, frame, path.name)
    it.add("scene.rgb", called="tristimulus")
    it.optics(*_falloff(it, frame, path.name))
    _numbers(it, frame, path)
    return it.made()


def _settings(it: Profile, frame: Frame, name: str) -> None:
    values = {fact: guess if (known := getattr(frame, fact)) is None else float(known) for fact, guess in ESTIMATED.items()}
    tags = {"iso": "ISOSpeedRatings", "exposure_time": "ExposureTime", "aperture": "FNumber"}
    source = {fact: f"{name}: {tags[fact]}" if getattr(frame, fact) is not None else f"estimate: {name} does not say it" for fact in values}
    it.add("exposure.settings", source | {"pitch": "estimate: a file does not say it; that of many small sensors"}, pitch=1.5, **values)


def _falloff(it: Profile, frame: Frame, name: str) -> tuple[dict[str, Any], str]:
    if frame.shading is None:
        return {"k2": 0.0, "k4": 0.0, "k6": 0.0}, f"estimate: {name} has no gain map"
    gains, sites = np.asarray(frame.shading.gains, float), frame.cfa.sites if frame.cfa else ""
    if len(gains) == 1 or not {"r", "g", "b"} <= set(sites):
        meshes = [gains.mean(0)] * 3
    else:
        meshes = [gains[[i for i, s in enumerate(sites) if s == c]].mean(0) for c in "rgb"]
    origin, extent = np.asarray(frame.shading.origin, float), np.asarray(frame.shading.extent, float)
    places = [o + e * np.linspace(0, 1, n) for o, e, n in zip(origin, extent, meshes[0].shape, strict=True)]
    rows, columns = np.shape(frame.pixels)[:2]
    values, left = radial(meshes, (places[0], places[1]), (rows, columns))
    it.left_out.append(f"of the gain map a radial falloff is kept, to {100 * left:.1f} % r.m.s.")
    return values, f"{name}: GainMap; the radial fit is ours and leaves {100 * left:.1f} % r.m.s., cos^4 included"


def _numbers(it: Profile, frame: Frame, path: Path) -> None:
    """From light to numbers."""
    name, iso = path.name, it.stages["exposure.settings"].iso
    black, white = (np.zeros(1) if fact is None else np.asarray(fact, float) for fact in (frame.black, frame.white))
    pedestal, top = float(black.mean()), float(white.min())
    if np.ptp(black) > 1e-3:
        it.left_out.append(f"black differs between filters ({', '.join(f'{b:g}' for b in black)}); the profile has their mean")
    if np.ptp(white) > 1e-3:
        it.left_out.append("white differs between filters; the profile has the least")
    bits = min(max(int(np.ceil(top)).bit_length(), 8), 20)
    gain, deviation, said = _noise(it, frame, pedestal, top, name)
    full = (top - pedestal) / gain
    why = f"{name}: white less black over the gain, reached at 78 / ISO lux seconds (ISO 12232, saturation based speed): our sum"
    _colour(it, frame, full * iso / SATURATION, why, name)
    cfa, options = _mosaic(frame.cfa, path)
    it.add(cfa.name, {key: f"{name}: CFAPattern" for key in options} or f"{name}: CFAPattern", **options)
    it.add("noise.photon")
    it.add("pixel.full_well", {"capacity": why, "knee": "estimate: a sharp bend"}, capacity=full, knee=1e-5)
    it.add("noise.read", said["read"], deviation=deviation)
    source = {"gain": said["gain"], "base_iso": f"the ISO of {name}", "pedestal": f"{name}: BlackLevel", "bits": f"{name}: WhiteLevel"}
    it.add("adc.linear", source, gain=gain, base_iso=iso, pedestal=pedestal, bits=bits)


def _noise(it: Profile, frame: Frame, pedestal: float, top: float, name: str) -> tuple[float, float, dict[str, str]]:
    """DN for each electron, electrons of read noise, and the words for both."""
    if frame.noise is None or not (np.asarray(frame.noise)[:, 0] > 0).all():
        it.left_out.append("it does not state its noise; the gain and the read noise are estimates")
        words = f"estimate: {name} does not state its noise"
        return (top - pedestal) / ELECTRONS, 2.5, {"gain": words, "read": words}
    noise = np.asarray(frame.noise, float)
    gain = float(noise[:, 0].mean())
    if np.ptp(noise[:, 0]) > 1e-3 * gain:
        it.left_out.append("the noise model differs between filters; the profile has the mean")
    floor = float((noise[:, 1] + noise[:, 0] * pedestal).mean()) - 1 / 12
    words = f"{name}: NoiseProfile"
    why = f"{words}, its offset without the 1/12 that rounding adds, over the gain: our sum"
    if floor <= 0:
        it.left_out.append("the noise model has less floor than rounding alone; the profile has no read noise")
    return gain, float(np.sqrt(max(floor, 0.0))) / gain, {"gain": f"{words}, its slope", "read": why}


def _colour(it: Profile, frame: Frame, electrons: float, why: str, name: str) -> None:
    guess: Any = stage_class("sensitivity.matrix")()
    filters = frame.cfa.filters if frame.cfa else "rgb"
    known = frame.camera_matrix is not None and np.shape(frame.camera_matrix)[-2] == len(filters)
    if not known and filters != "rgb":
        raise DataError(
            "its colours are not known", f"filters {', '.join(filters)} without a colour matrix for each", "add ColorMatrix tags", file=name
        )
    if not known:
        it.left_out.append("it has no colour matrix; the colour of the sensor is an estimate")
    lights = frame.illuminants if known and frame.illuminants is not None else guess.illuminants
    source = (
        f"{name}: ColorMatrix1 and 2, with AnalogBalance and CameraCalibration"
        if known
        else f"estimate: {name} has none; those of a usual sensor"
    )
    it.add(
        "sensitivity.matrix",
        {"electrons": why, "matrices": source, "illuminants": f"{name}: CalibrationIlluminant1 and 2" if known else source},
        electrons=electrons,
        matrices=np.asarray(frame.camera_matrix if known else guess.matrices, float),
        illuminants=np.asarray(lights, float)[: len(np.asarray(frame.camera_matrix))] if known else lights,
        filters=filters,
    )


def _mosaic(cfa: Cfa | None, path: Path) -> tuple[type[Stage], dict[str, Any]]:
    """The stage, and its options, that samples this mosaic. Raises DataError where there is none."""
    for name in families()["cfa"]:
        cls: Any = stage_class(name)
        declared = cls.declared()
        field = next(iter(declared), None)
        for choice in declared[field].choices if field else (None,):
            options = {} if field is None else {field: choice}
            if dataclasses.replace(cls(), **options).mosaic == cfa:
                return cls, options
    raise DataError("filters that no stage of the family `cfa` lays out", str(cfa), file=path)
