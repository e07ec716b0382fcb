"""The facts of a mosaic as the tags of a DNG: the way back of `isp.io.dng`."""

from __future__ import annotations

import warnings
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from isp.core import DataError, Frame
from isp.io import opcodes
from isp.io.dng import CALIBRATIONS, LIGHTS
from isp.io.tags import ANY_SENSITIVITY, CFA, COLOURS, LINEAR, Kind, Tag

BAYER_PHASES = ("rggb", "grbg", "gbrg", "bggr")
"""Mosaics by the number that FixBadPixelsList has for them."""

Tags = dict[Tag, tuple[Kind, Any]]
"""Type and values of each tag."""


def image_tags(frame: Frame, size: tuple[int, int]) -> Tags:
    """Geometry, filters, levels and noise."""
    cfa, (rows, columns) = frame.cfa, size
    if unknown := set(cfa.sites) - set(COLOURS):
        raise DataError(
            "a DNG has no code for this filter", f"the mosaic {cfa} has {', '.join(sorted(unknown))}", f"it has {', '.join(COLOURS)}"
        )
    if len(cfa.filters) == 1 and cfa.filters != "w":
        raise DataError("a DNG knows a sensor of one filter as monochrome only", f"the mosaic is {cfa}", "call the filter `w`")
    top, left, height, width = frame.crop or (0, 0, rows, columns)
    if min(top, left) < 0 or min(height, width) < 1 or top + height > rows or left + width > columns:
        raise DataError(f"the crop {frame.crop} is not inside of the frame", f"it has {rows} rows of {columns}")
    black, white = per_site(frame, "black"), per_site(frame, "white")
    if white.min() != white.max():
        warnings.warn(f"a DNG has one white level: of {sorted(set(white.tolist()))}, the lowest is kept", stacklevel=3)
    if black.min() < 0 or black.max() >= (top_white := int(np.floor(white.min() + 0.5))):
        raise DataError("a DNG needs 0 <= black < white", f"black is {black.tolist()}, white {white.tolist()}")
    tags: Tags = {
        Tag.NEW_SUBFILE_TYPE: (Kind.LONG, 0), Tag.IMAGE_WIDTH: (Kind.LONG, columns), Tag.IMAGE_LENGTH: (Kind.LONG, rows),
        Tag.PHOTOMETRIC_INTERPRETATION: (Kind.SHORT, LINEAR if cfa.filters == "w" else CFA), Tag.SAMPLES_PER_PIXEL: (Kind.SHORT, 1),
        Tag.PLANAR_CONFIGURATION: (Kind.SHORT, 1), Tag.ACTIVE_AREA: (Kind.LONG, (0, 0, rows, columns)),
        Tag.DEFAULT_CROP_ORIGIN: (Kind.LONG, (left, top)), Tag.DEFAULT_CROP_SIZE: (Kind.LONG, (width, height)),
        Tag.BLACK_LEVEL_REPEAT_DIM: (Kind.SHORT, cfa.tile), Tag.BLACK_LEVEL: (Kind.RATIONAL, black),
        Tag.WHITE_LEVEL: (Kind.LONG, top_white),
    }  # fmt: skip
    if cfa.filters != "w":
        tags |= {
            Tag.CFA_REPEAT_PATTERN_DIM: (Kind.SHORT, cfa.tile), Tag.CFA_PATTERN: (Kind.BYTE, [COLOURS.index(c) for c in cfa.sites]),
            Tag.CFA_PLANE_COLOR: (Kind.BYTE, [COLOURS.index(c) for c in cfa.filters]), Tag.CFA_LAYOUT: (Kind.SHORT, 1),
        }  # fmt: skip
    if frame.black_rows is not None:
        if len(frame.black_rows) != rows:
            raise DataError(f"`black_rows` has {len(frame.black_rows)} values", f"the frame has {rows} rows", "give one for each")
        tags[Tag.BLACK_LEVEL_DELTA_V] = (Kind.SIGNED_RATIONAL, np.asarray(frame.black_rows, float))
    if frame.linearisation is not None:
        tags[Tag.LINEARIZATION_TABLE] = (Kind.SHORT, table(frame))
    if frame.noise is not None:
        tags[Tag.NOISE_PROFILE] = (Kind.DOUBLE, noise_profile(frame, black, white))
    return tags


def per_site(frame: Frame, name: str) -> np.ndarray:
    """A level of each phase of the mosaic."""
    value = np.asarray(getattr(frame, name), float).reshape(-1)
    if value.size not in (1, len(frame.cfa.sites)):
        raise DataError(f"`{name}` has {value.size} values", f"the mosaic has {len(frame.cfa.sites)} sites", "give one for each")
    return np.broadcast_to(value, (len(frame.cfa.sites),))


def table(frame: Frame) -> np.ndarray:
    """The linearisation, whole numbers of 16 bits."""
    values = np.rint(np.asarray(frame.linearisation, float))
    if not 1 <= values.size <= 65536 or values.min() < 0 or values.max() > 65535:
        raise DataError("the linearisation of a DNG has 16 bits", f"this one goes up to {values.max():g}", "save the frame as .npz")
    return values


def noise_profile(frame: Frame, black: np.ndarray, white: np.ndarray) -> list[float]:
    """Slope and floor of each colour for values with black 0 and white 1: what `isp.io.dng.noise` undoes, the mean of a colour's sites."""
    slope, floor = np.broadcast_to(np.asarray(frame.noise, float).reshape(-1, 2), (len(black), 2)).T
    span, channels = white - black, np.array(frame.cfa.channels)
    pairs = np.stack([slope / span, (floor + slope * black) / span**2], -1)
    return [float(v) for c in range(len(frame.cfa.filters)) for v in np.maximum(pairs[channels == c].mean(0), 0)]


def colour_tags(frame: Frame) -> Tags:
    """Matrices with their illuminants and the neutral; none for a sensor without filters."""
    filters = frame.cfa.filters
    if filters == "w":
        return {}
    if frame.camera_matrix is None or frame.illuminants is None:
        raise DataError(
            "a DNG must say what its colours are",
            "the frame has no `camera_matrix` with `illuminants`",
            "give the sensor a `sensitivity.*`",
        )
    cameras, kelvins = np.asarray(frame.camera_matrix, float), np.asarray(frame.illuminants, float).reshape(-1)
    forwards = None if frame.forward_matrix is None else np.asarray(frame.forward_matrix, float)
    for name, values, shape in (("camera_matrix", cameras, (len(filters), 3)), ("forward_matrix", forwards, (3, len(filters)))):
        if values is not None and values.shape != (len(kelvins), *shape):
            raise DataError(
                f"`{name}` has the shape {values.shape}", f"{len(kelvins)} illuminants and filters {filters} need {(len(kelvins), *shape)}"
            )
    kept = range(len(kelvins))
    if len(kelvins) > len(CALIBRATIONS):
        kept = [int(np.argmin(kelvins)), int(np.argmax(kelvins))]
        warnings.warn(
            f"{len(kelvins)} illuminants: the warmest and the coolest are kept ({', '.join(f'{kelvins[i]:g} K' for i in kept)})",
            stacklevel=3,
        )
    tags: Tags = {}
    for i, (camera, light, _, forward) in zip(kept, CALIBRATIONS, strict=False):
        tags[camera] = (Kind.SIGNED_RATIONAL, cameras[i])
        tags[light] = (Kind.SHORT, light_source(float(kelvins[i])))
        if forwards is not None:
            tags[forward] = (Kind.SIGNED_RATIONAL, forwards[i])
    if frame.as_shot is not None:
        gains = np.asarray(frame.as_shot, float)
        if gains.shape != (len(filters),) or not (gains > 0).all():
            raise DataError(f"`as_shot` is {gains.tolist()}", f"filters {filters} need one gain above 0 for each")
        tags[Tag.AS_SHOT_NEUTRAL] = (Kind.RATIONAL, (1 / gains).astype(np.float32))
    return tags


def light_source(kelvin: float) -> int:
    """The Exif LightSource whose temperature is nearest in mired; of several, the first."""
    return min(LIGHTS, key=lambda code: (abs(1e6 / LIGHTS[code] - 1e6 / kelvin), code))


def correction_tags(frame: Frame) -> Tags:
    """Known bad pixels, lens shading and lens distortion as opcode lists."""
    cfa, lists = frame.cfa, {}
    if frame.defects is not None and len(frame.defects):
        sites, phase = np.asarray(frame.defects), BAYER_PHASES.index(cfa.sites) if cfa.is_bayer else 0
        if (sites < 0).any() or (sites >= np.shape(frame.array)).any():
            raise DataError("some `defects` are not inside of the frame", f"it has {np.shape(frame.array)} rows and columns")
        lists[Tag.OPCODE_LIST_1] = [(opcodes.BAD_LIST, opcodes.bad_pixels_block(sites, phase))]
    if frame.shading is not None:
        mesh = frame.shading
        gains = np.asarray(mesh.gains, np.float32)
        gains = gains[list(cfa.channels)] if len(gains) == len(cfa.filters) > 1 else gains
        if len(gains) not in (1, len(cfa.sites)):
            raise DataError(
                f"`shading` has {len(gains)} meshes",
                f"the mosaic has {len(cfa.sites)} sites",
                "give one mesh, or one for each, or for each filter",
            )
        maps = opcodes.gain_maps(gains, np.asarray(mesh.origin), np.asarray(mesh.extent), cfa.tile, np.shape(frame.array))
        lists[Tag.OPCODE_LIST_2] = [(opcodes.GAIN_MAP, one) for one in maps]
    if frame.warp is not None:
        rows = np.asarray(frame.warp, float)
        if (rows[:, 6:] != rows[:1, 6:]).any():
            raise DataError("a DNG has one centre of distortion", f"`warp` has {np.unique(rows[:, 6:], axis=0).tolist()}")
        lists[Tag.OPCODE_LIST_3] = [(opcodes.WARP_RECTILINEAR, opcodes.warp_block(rows))]
    return {tag: (Kind.UNDEFINED, opcodes.joined(entries)) for tag, entries in lists.items()}


def name_tags(frame: Frame) -> Tags:
    """Who made the camera, and what made the file."""
    known = {Tag.MAKE: frame.make, Tag.MODEL: frame.model}
    tags: Tags = {tag: (Kind.ASCII, text) for tag, text in known.items() if text}
    unique = " ".join(text for text in known.values() if text) or "isp"
    return tags | {Tag.UNIQUE_CAMERA_MODEL: (Kind.ASCII, unique), Tag.SOFTWARE: (Kind.ASCII, software())}


def software() -> str:
    """This program and its version."""
    try:
        return f"isp {version('isp')}"
    except PackageNotFoundError:  # run from its sources
        return "isp"


def exposure_tags(frame: Frame) -> Tags:
    """The Exif directory. The speed is a whole number there; beyond two bytes the recommended exposure index tells it."""
    tags: Tags = {}
    if frame.iso is not None:
        speed = max(1, round(float(frame.iso)))
        tags[Tag.PHOTOGRAPHIC_SENSITIVITY] = (Kind.SHORT, min(speed, ANY_SENSITIVITY))
        if speed > ANY_SENSITIVITY:
            tags |= {Tag.SENSITIVITY_TYPE: (Kind.SHORT, 2), Tag.RECOMMENDED_EXPOSURE_INDEX: (Kind.LONG, speed)}
    for tag, value in ((Tag.EXPOSURE_TIME, frame.exposure_time), (Tag.F_NUMBER, frame.aperture)):
        if value is not None:
            tags[tag] = (Kind.RATIONAL, float(value))
    return tags | {Tag.EXIF_VERSION: (Kind.UNDEFINED, b"0232")} if tags else {}
