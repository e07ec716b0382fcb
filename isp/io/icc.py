"""ICC profiles made for a picture's own primaries and transfer function: matrix and tone curve displays, version 4 (ICC.1:2022).

What is written is exact: curves are parametric, colorants are adapted to D50 by the Bradford matrix that the `chad` tag states.
"""

from __future__ import annotations

import struct
from functools import lru_cache

import numpy as np

from isp.ops.colour import BRADFORD, D65, PRIMARIES, rgb_to_xyz, white_xyz

PCS_WHITE = np.array([0.9642, 1.0, 0.8249])
"""D50 as the profile connection space rounds it."""
BT2020_ALPHA, BT2020_BETA = 1.09929682680944, 0.018053968510807
CURVES: dict[str, tuple[float, ...]] = {
    "linear": (1.0,),
    "srgb": (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
    "bt2020": (1 / 0.45, 1 / BT2020_ALPHA, 1 - 1 / BT2020_ALPHA, 1 / 4.5, 4.5 * BT2020_BETA),
}
"""Display value to linear light, by transfer function: a power, or g, a, b, c, d of (a x + b)^g from d on and c x below."""
TITLES = {"srgb": "sRGB", "display_p3": "Display P3", "rec2020": "Rec. 2020"}


@lru_cache
def profile(primaries: str, transfer: str) -> bytes:
    """The bytes of a profile. Raises KeyError for primaries or a transfer function that are not known."""
    columns = adapted(primaries)
    curve = _parametric(CURVES[transfer])
    title = TITLES[primaries] + ("" if transfer == "srgb" else f" ({transfer})")
    tags = {
        b"desc": _text(title),
        b"cprt": _text("No copyright, use freely"),
        b"wtpt": _xyz(PCS_WHITE),
        b"chad": _numbers(b"sf32", bradford(white_xyz(D65), PCS_WHITE).reshape(-1)),
        b"rXYZ": _xyz(columns[:, 0]),
        b"gXYZ": _xyz(columns[:, 1]),
        b"bXYZ": _xyz(columns[:, 2]),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _file(tags)


def adapted(primaries: str) -> np.ndarray:
    """Colorants as columns of XYZ under D50, rounded as a profile keeps them, and summing to its white."""
    if primaries not in PRIMARIES:
        raise KeyError(primaries)
    columns = np.round(bradford(white_xyz(D65), PCS_WHITE) @ rgb_to_xyz(primaries) * 65536) / 65536
    columns[:, 1] += np.round(PCS_WHITE * 65536) / 65536 - columns.sum(1)
    return columns


def bradford(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The matrix that takes XYZ under one white to another."""
    return np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ target) / (BRADFORD @ source)) @ BRADFORD


def _numbers(kind: bytes, values: np.ndarray) -> bytes:
    """A tag of s15Fixed16 numbers."""
    return kind + bytes(4) + struct.pack(f">{len(values)}i", *(round(float(v) * 65536) for v in values))


def _xyz(values: np.ndarray) -> bytes:
    return _numbers(b"XYZ ", values)


def _parametric(parameters: tuple[float, ...]) -> bytes:
    """A parametricCurveType: function type 0 (a power), or 3 (a power above a straight line)."""
    words = _numbers(b"para", np.array(parameters))
    return words[:8] + struct.pack(">HH", 0 if len(parameters) == 1 else 3, 0) + words[8:]


def _text(text: str) -> bytes:
    """A multiLocalizedUnicodeType with one English entry."""
    body = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II", 1, 12) + b"enUS" + struct.pack(">II", len(body), 28) + body


def _file(tags: dict[bytes, bytes]) -> bytes:
    """Header, tag table and tags; equal tags share their bytes."""
    start = 128 + 4 + 12 * len(tags)
    body, table, places = b"", b"", dict[bytes, int]()
    for name, content in tags.items():
        if content not in places:
            places[content] = start + len(body)
            body += content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", places[content], len(content))
    white = _xyz(PCS_WHITE)[8:]
    header = struct.pack(">I4sI4s4s4s", start + len(body), b"\0\0\0\0", 0x04400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(4) + bytes(4) + bytes(4) + bytes(4) + bytes(8) + bytes(4) + white
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
