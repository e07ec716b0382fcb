"""The structure of a TIFF file (DNG and most camera raws are one): directories, tags, and whether all of it is there.

A decoder that is handed half a file fills the rest with zeros, or with the last photograph it saw. So the structure is walked first,
within bounds, and what runs past the end of the file is refused.
"""

from __future__ import annotations

import struct
from typing import Any

from isp.io.decoded import Refused
from isp.io.tags import Tag

MAGIC = (b"II*\0", b"MM\0*", b"IIU\0", b"IIRO", b"IIRS", b"MMOR")
"""TIFF, and the dialects of Panasonic and Olympus."""
FORMAT = {1: "B", 2: "s", 3: "H", 4: "I", 5: "II", 6: "b", 7: "s", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d", 13: "I"}
DIRECTORIES = 64
BLOCKS = ((Tag.STRIP_OFFSETS, Tag.STRIP_BYTE_COUNTS), (Tag.TILE_OFFSETS, Tag.TILE_BYTE_COUNTS))
"""Where image data is told: strips, or tiles."""
ELSEWHERE = 0xFFFFFFFF
"""What Panasonic writes as the offset of image data that another tag points to."""

Directory = dict[int, Any]
"""Values by tag number: a tuple of numbers (rationals as floats), a text, or bytes."""


def directories(data: Any, *, strict: bool = False) -> list[Directory]:
    """Every directory of the file `data` (bytes or a memory map): the chain, sub-directories and Exif, in file order of discovery.

    `strict` refuses tag values that run past the end; otherwise such tags are left out, as makers' private ones are often odd.
    Raises Refused for a directory that is outside of the file.
    """
    order = "<" if data[:2] == b"II" else ">"
    size, found, seen = len(data), [], set()
    if size < 8:
        raise Refused(f"it ends after {size} bytes", "copy it again")
    waiting = [(struct.unpack_from(order + "I", data, 4)[0], True)]
    while waiting and len(found) < DIRECTORIES:
        start, chained = waiting.pop(0)
        if start in seen:
            continue
        seen.add(start)
        count = struct.unpack_from(order + "H", data, start)[0] if 8 <= start <= size - 2 else 0
        end = start + 2 + 12 * count
        if end > size or start < 8:
            raise Refused(f"the file ends at {size} bytes but a directory reaches from {start} to {end} (truncated?)", "copy it again")
        tags: Directory = {}
        for entry in range(start + 2, end, 12):
            number, kind, length = struct.unpack_from(order + "HHI", data, entry)
            value = _value(data, order, kind, length, entry + 8, number, strict)
            if value is not None:
                tags[number] = value
        found.append(tags)
        waiting += [(v, False) for number in (Tag.SUB_IFDS, Tag.EXIF_IFD) for v in _numbers(tags, number)]
        following = struct.unpack_from(order + "I", data, end)[0] if chained and end + 4 <= size else 0
        waiting += [(following, True)] if following else []  # after Exif and sub-directories many makers leave rubbish
    return found


def _value(data: Any, order: str, kind: int, length: int, at: int, number: int, strict: bool) -> Any:
    """The value of one tag, or None for one that is unknown or not all there."""
    layout = FORMAT.get(kind)
    if layout is None or not length:
        return None
    width = struct.calcsize("=" + layout)
    if width * length > 4:
        at = struct.unpack_from(order + "I", data, at)[0]
    if at + width * length > len(data):
        if strict:
            raise Refused(
                f"the file ends at {len(data)} bytes but tag {number} runs to {at + width * length} (truncated?)", "copy it again"
            )
        return None
    if layout == "s":
        block = bytes(data[at : at + length])
        return block.split(b"\0")[0].decode("utf-8", "replace").strip() if kind == 2 else block
    numbers = struct.unpack_from(f"{order}{len(layout) * length}{layout[0]}", data, at)
    if len(layout) == 2:
        return tuple(a / b if b else float("nan") for a, b in zip(numbers[::2], numbers[1::2], strict=True))
    return numbers


def complete(found: list[Directory], size: int) -> None:
    """Refuse a file whose image data, in strips or tiles, runs past its end."""
    for tags in found:
        for offsets, lengths in BLOCKS:
            pairs = zip(_numbers(tags, offsets), _numbers(tags, lengths), strict=False)
            ends = [a + n for a, n in pairs if a != ELSEWHERE]
            if ends and max(ends) > size:
                why = f"the file ends at {size} bytes but its image data runs to {max(ends)} (truncated?)"
                raise Refused(f"cannot decode: {why}", "copy it again")


def _numbers(tags: Directory, number: int) -> tuple[int, ...]:
    """The whole numbers of a tag; none where it holds something else."""
    value = tags.get(number, ())
    return value if isinstance(value, tuple) and all(isinstance(v, int) for v in value) else ()


def one(tags: Directory, number: int, default: Any = None) -> Any:
    """The first value of a tag."""
    value = tags.get(number, default)
    return value[0] if isinstance(value, tuple) else value
