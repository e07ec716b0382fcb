"""DNG opcode lists: what the maker wants done to the pixels, to facts and back (DNG 1.7.1 specification, chapter 7). Always big-endian."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from isp.io.decoded import Refused

WARP_RECTILINEAR, BAD_CONSTANT, BAD_LIST, GAIN_MAP = 1, 4, 5, 9
HEAD = struct.Struct(">IIII")
"""Of an opcode: its number, the DNG version it needs, flags, and the bytes that follow."""
SINCE, OPTIONAL = 0x01030000, 1
"""DNG 1.3 brought all of these; a reader that does not know one may go on without."""
GAIN_MAP_HEAD = struct.Struct(">10I4dI")
"""Area (top, left, bottom, right), plane, planes, pitch (2), points (2); spacing (2), origin (2); depth."""
BAD_LIST_HEAD = struct.Struct(">III")
"""Bayer phase, points, rectangles."""


def split(block: bytes) -> list[tuple[int, bytes]]:
    """Number and payload of each opcode. Raises Refused for a list that is cut short."""
    if len(block) < 4:
        raise Refused(f"an opcode list of {len(block)} bytes")
    found, at = [], 4
    for _ in range(struct.unpack_from(">I", block)[0]):
        if at + HEAD.size > len(block):
            raise Refused("an opcode list is cut short")
        number, _, _, size = HEAD.unpack_from(block, at)
        at += HEAD.size
        if at + size > len(block):
            raise Refused(f"opcode {number} is cut short")
        found.append((number, block[at : at + size]))
        at += size
    return found


def joined(entries: list[tuple[int, bytes]]) -> bytes:
    """The list of which `split` makes these entries."""
    return struct.pack(">I", len(entries)) + b"".join(HEAD.pack(number, SINCE, OPTIONAL, len(p)) + p for number, p in entries)


def gain_map(payload: bytes) -> dict[str, Any]:
    """A GainMap: `area` (top, left, bottom, right), `plane`, `planes`, `pitch` (2,), `origin` and `spacing` (row, column), `gains` (v, h, p)."""
    if len(payload) < GAIN_MAP_HEAD.size:
        raise Refused(f"a GainMap of {len(payload)} bytes")
    (*area, plane, planes, down, across, rows, columns, spacing_v, spacing_h, origin_v, origin_h, depth) = GAIN_MAP_HEAD.unpack_from(
        payload
    )
    likely = 0 < rows <= 4096 and 0 < columns <= 4096 and 0 < depth <= 4 and down and across
    if not likely or len(payload) < GAIN_MAP_HEAD.size + 4 * rows * columns * depth:
        raise Refused(f"a GainMap of {rows}x{columns}x{depth} points in {len(payload)} bytes")
    gains = np.frombuffer(payload, ">f4", rows * columns * depth, GAIN_MAP_HEAD.size).reshape(rows, columns, depth).astype(np.float32)
    if not np.isfinite(gains).all() or not np.isfinite([spacing_v, spacing_h, origin_v, origin_h]).all():
        raise Refused("a GainMap with values that are not finite")
    return {
        "area": tuple(area), "plane": plane, "planes": planes, "pitch": (down, across),
        "origin": (origin_v, origin_h), "spacing": (spacing_v, spacing_h), "gains": gains,
    }  # fmt: skip


def shading(maps: list[dict[str, Any]], cfa: tuple[str, ...], colours: str, size: tuple[int, int], say: list[str]) -> dict[str, Any] | None:
    """All GainMaps as one mesh of gains (phases, rows, columns) with its origin and extent, or None. Maps on one phase multiply.

    A map names its sites by the top left corner and the pitch of its area, or its colours by plane (`colours[plane]`), or both.
    Maps that don't span the frame, or that lie on another mesh than the first, are left out, and `say` tells.
    """
    tile, sites = (len(cfa), len(cfa[0])), "".join(cfa)
    mesh: tuple[Any, ...] | None = None
    total = np.ones((len(sites), 1, 1), np.float32)
    for one in maps:
        (top, left, bottom, right), (down, across), gains = one["area"], one["pitch"], one["gains"]
        here = (gains.shape[:2], one["origin"], one["spacing"])
        if top >= tile[0] or left >= tile[1] or bottom < size[0] - tile[0] or right < size[1] - tile[1] or (mesh and here != mesh):
            say.append("a GainMap that covers a part of the frame, or lies on a mesh of its own, is left out")
            continue
        mesh = here
        total = np.broadcast_to(total, (len(sites), *gains.shape[:2])).copy() if total.shape[1:] == (1, 1) else total
        mosaic = one["planes"] == 1 and len(colours) > 1 and (down > 1 or across > 1 or one["plane"] == 0)
        for phase, colour in enumerate(sites):
            y, x = divmod(phase, tile[1])
            if (y - top) % down or (x - left) % across:
                continue
            plane = 0 if mosaic else colours.index(colour) - one["plane"]
            if 0 <= plane < max(one["planes"], 1):
                total[phase] *= gains[:, :, min(plane, gains.shape[2] - 1)]
    if mesh is None:
        return None
    (rows, columns), origin, spacing = mesh
    extent = np.array([spacing[0] * (rows - 1), spacing[1] * (columns - 1)], np.float32)
    return {"gains": total, "origin": np.array(origin, np.float32), "extent": extent}


def warp(payload: bytes) -> np.ndarray:
    """A WarpRectilinear as (planes, 8): four radial and two tangential coefficients, then the centre (x, y)."""
    planes = struct.unpack_from(">I", payload)[0] if len(payload) >= 4 else 0
    if not 1 <= planes <= 4 or len(payload) < 4 + 48 * planes + 16:
        raise Refused(f"a WarpRectilinear of {planes} planes in {len(payload)} bytes")
    coefficients = np.frombuffer(payload, ">f8", 6 * planes, 4).reshape(planes, 6)
    centre = np.frombuffer(payload, ">f8", 2, 4 + 48 * planes)
    return np.hstack([coefficients, np.tile(centre, (planes, 1))])


def bad_pixels(payload: bytes) -> np.ndarray:
    """A FixBadPixelsList as (n, 2) row and column; rectangles are written out."""
    if len(payload) < BAD_LIST_HEAD.size:
        raise Refused(f"a FixBadPixelsList of {len(payload)} bytes")
    _, points, boxes = BAD_LIST_HEAD.unpack_from(payload)
    if points + 2 * boxes > 1_000_000 or len(payload) < BAD_LIST_HEAD.size + 8 * points + 16 * boxes:
        raise Refused(f"a FixBadPixelsList of {points} points and {boxes} boxes in {len(payload)} bytes")
    sites = [np.frombuffer(payload, ">u4", 2 * points, BAD_LIST_HEAD.size).reshape(-1, 2).astype(np.int64)]
    for top, left, bottom, right in (
        np.frombuffer(payload, ">u4", 4 * boxes, BAD_LIST_HEAD.size + 8 * points).reshape(-1, 4).astype(np.int64)
    ):
        if 0 < (bottom - top) * (right - left) <= 1_000_000:
            sites.append(np.stack(np.meshgrid(np.arange(top, bottom), np.arange(left, right), indexing="ij"), -1).reshape(-1, 2))
    return np.concatenate(sites)


def gain_maps(gains: np.ndarray, origin: np.ndarray, extent: np.ndarray, tile: tuple[int, int], size: tuple[int, int]) -> list[bytes]:
    """The maps of which `shading` makes this mesh: one for each phase of the tile, or a single one where there is but one mesh."""
    count, rows, columns = gains.shape
    spacing = [float(e) / max(n - 1, 1) for e, n in zip(extent, (rows, columns), strict=True)]
    pitch = tile if count > 1 else (1, 1)
    made = []
    for phase, mesh in enumerate(gains):
        corner = divmod(phase, tile[1])
        head = GAIN_MAP_HEAD.pack(*corner, *size, 0, 1, *pitch, rows, columns, *spacing, *map(float, origin), 1)
        made.append(head + np.ascontiguousarray(mesh, ">f4").tobytes())
    return made


def warp_block(coefficients: np.ndarray) -> bytes:
    """The WarpRectilinear of which `warp` makes these rows; their centres must be one."""
    rows = np.asarray(coefficients, ">f8")
    return struct.pack(">I", len(rows)) + rows[:, :6].tobytes() + rows[0, 6:].tobytes()


def bad_pixels_block(sites: np.ndarray, bayer_phase: int) -> bytes:
    """The FixBadPixelsList of which `bad_pixels` makes these sites. Bayer phase: 0 begins with red, 3 with blue, 1 with green beside red."""
    return BAD_LIST_HEAD.pack(bayer_phase, len(sites), 0) + np.ascontiguousarray(sites, ">u4").tobytes()
