"""A PNG writer for 8 and 16 bits, grey and RGB, with an ICC profile (PNG specification, third edition). Pillow writes no 16-bit RGB."""

from __future__ import annotations

import struct
import zlib

import numpy as np

LEVEL = 4


def encoded(pixels: np.ndarray, profile: bytes = b"", name: str = "ICC") -> bytes:
    """Pixels (rows, columns) or (rows, columns, 3) of uint8 or uint16 as the bytes of a PNG file."""
    rows, columns = pixels.shape[:2]
    depth = 8 * pixels.dtype.itemsize
    lines = np.ascontiguousarray(pixels, f">u{pixels.dtype.itemsize}").view(np.uint8).reshape(rows, -1)
    filtered = np.empty((rows, 1 + lines.shape[1]), np.uint8)
    filtered[:, 0] = 2  # each line less the one above: cheap, and pictures compress well by it
    filtered[0, 1:] = lines[0]
    filtered[1:, 1:] = lines[1:] - lines[:-1]
    chunks = [_chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, depth, 2 if pixels.ndim == 3 else 0, 0, 0, 0))]
    if profile:
        chunks.append(_chunk(b"iCCP", name.encode("latin-1")[:79] + b"\0\0" + zlib.compress(profile)))
    chunks += [_chunk(b"IDAT", zlib.compress(filtered, LEVEL)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
