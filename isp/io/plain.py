"""Headerless raws: nothing but pixels, so everything about them comes from a sidecar. Never handed to LibRaw, which guesses."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from isp.io.decoded import Raw, Refused, bounded

PACKINGS = ("uint8", "uint16le", "uint16be", "mipi10", "mipi12")
"""How pixels lie in bytes: one or two bytes each, or the packed formats of MIPI CSI-2 (RAW10: 4 pixels in 5 bytes, RAW12: 2 in 3)."""


def row_bytes(width: int, packing: str) -> int:
    """Bytes of a row without padding."""
    return {"uint8": width, "mipi10": -(-width // 4) * 5, "mipi12": -(-width // 2) * 3}.get(packing, 2 * width)


def unpack(rows: np.ndarray, width: int, packing: str) -> np.ndarray:
    """Bytes (rows, bytes) as pixels (rows, width)."""
    if packing == "uint8":
        return rows[:, :width].copy()
    if packing in ("uint16le", "uint16be"):
        return np.ascontiguousarray(rows[:, : 2 * width]).view("<u2" if packing == "uint16le" else ">u2").astype(np.uint16)
    count, low = {"mipi10": (4, 2), "mipi12": (2, 4)}[packing]
    groups = np.ascontiguousarray(rows[:, : row_bytes(width, packing)]).reshape(len(rows), -1, count + 1).astype(np.uint16)
    shifts = (low * np.arange(count)).astype(np.uint16)  # the last byte of a group holds the low bits, first pixel lowest
    pixels = (groups[..., :count] << low) | ((groups[..., count:] >> shifts) & (2**low - 1))
    return pixels.reshape(len(rows), -1)[:, :width].copy()


def decode(path: Path, *, width: int, height: int, packing: str = "uint16le", bits: int = 16, offset: int = 0, row_stride: int = 0) -> Raw:
    """The pixels of a headerless file. Raises Refused when it is shorter than its geometry."""
    bounded(height, width)
    least = row_bytes(width, packing)
    stride = row_stride or least
    if stride < least:
        raise Refused(f"row_stride {stride} is less than the {least} bytes of a row of {width} pixels in {packing}")
    size, needs = path.stat().st_size, offset + stride * (height - 1) + least
    if size < needs:
        why = f"it has {size} bytes, but {width}x{height} pixels in {packing} need {needs}"
        raise Refused(why, "correct the sidecar, or copy the file again")
    data = np.fromfile(path, np.uint8, min(offset + stride * height, size))[offset:]
    data = np.pad(data, (0, stride * height - len(data)))  # the last row may come without its padding
    raw = Raw(unpack(data.reshape(height, stride), width, packing))
    if size >= offset + stride * (height + 1):
        raw.warnings.append(f"it has {size} bytes, {width}x{height} pixels in {packing} need {needs}: is the geometry right?")
    if (over := int((raw.pixels > 2**bits - 1).sum())) and bits < 16:
        raw.warnings.append(f"{over} pixels are above {2**bits - 1}, the most that {bits} bits hold")
    return raw
