"""Directories and image data become a TIFF file, little-endian: tags sorted, values on even offsets, all directories before all data."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from isp.io.tags import Kind, Tag
from isp.io.tiff import FORMAT

LARGEST = 2**32 - 1
"""Offsets have four bytes: no file is longer."""


@dataclass
class Page:
    """A directory to be: its tags with the type and the values of each, its image data in blocks, and the directories below it.

    `data` goes with the two tags that tell where the blocks are and how long, `below` with the tag that tells where the directories are.
    """

    tags: dict[Tag, tuple[Kind, Any]]
    data: list[bytes] = field(default_factory=list)
    where: tuple[Tag, Tag] = (Tag.STRIP_OFFSETS, Tag.STRIP_BYTE_COUNTS)
    below: dict[Tag, list[Page]] = field(default_factory=dict)

    def places(self, offsets: list[int], starts: dict[int, int]) -> dict[Tag, tuple[Kind, Any]]:
        """The tags that say where `data` (at `offsets`) and the directories below (at `starts`) lie."""
        made = {tag: (Kind.LONG, [starts[id(page)] for page in pages]) for tag, pages in self.below.items()}
        if self.data:
            made |= dict(zip(self.where, ((Kind.LONG, offsets), (Kind.LONG, [len(block) for block in self.data])), strict=True))
        return made


def assembled(first: Page) -> list[bytes]:
    """The file, in pieces. Its directories are `first` and those below it. Raises OverflowError when it would be too long for a TIFF."""
    pages = _walked(first)
    given = [_packed(page.tags) for page in pages]
    nowhere = {id(page): 0 for page in pages}
    sizes = [
        len(_directory(known | _packed(page.places([0] * len(page.data), nowhere)), 0)) for page, known in zip(pages, given, strict=True)
    ]
    ends = np.cumsum([8, *sizes]).tolist()
    starts = {id(page): at for page, at in zip(pages, ends, strict=False)}
    pieces, at = [struct.pack("<2sHI", b"II", 42, 8)], ends[-1]
    offsets: list[list[int]] = []
    data: list[bytes] = []
    for page in pages:
        offsets.append([])
        for block in page.data:
            offsets[-1].append(at)
            data += [block, b"\0"] if len(block) % 2 else [block]
            at += len(block) + len(block) % 2
    if at > LARGEST:
        raise OverflowError(f"{at} bytes")
    for page, known, where in zip(pages, given, offsets, strict=True):
        pieces.append(_directory(known | _packed(page.places(where, starts)), starts[id(page)]))
    return pieces + data


def _walked(page: Page) -> list[Page]:
    """A page and all below it."""
    return [page, *(inner for pages in page.below.values() for one in pages for inner in _walked(one))]


def _packed(tags: dict[Tag, tuple[Kind, Any]]) -> dict[Tag, tuple[Kind, int, bytes]]:
    """Type, count and bytes of each tag."""
    return {tag: (kind, *packed(kind, given)) for tag, (kind, given) in tags.items()}


def _directory(entries: dict[Tag, tuple[Kind, int, bytes]], at: int) -> bytes:
    """A directory at offset `at`, with the values that need more than four bytes behind it."""
    head, values = [struct.pack("<H", len(entries))], b""
    behind = at + 2 + 12 * len(entries) + 4
    for tag, (kind, count, block) in sorted(entries.items()):
        if len(block) > 4:
            place = struct.pack("<I", behind + len(values))
            values += block + b"\0" * (len(block) % 2)
        else:
            place = block.ljust(4, b"\0")
        head.append(struct.pack("<HHI", tag, kind, count) + place)
    return b"".join([*head, bytes(4), values])


def packed(kind: Kind, given: Any) -> tuple[int, bytes]:
    """How many values these are, and their bytes. Rationals are given as numbers, text as a string."""
    if kind is Kind.ASCII:
        block = given.split("\0")[0].encode() + b"\0"
        return len(block), block
    if isinstance(given, bytes):
        return len(given), given
    values = np.atleast_1d(given).reshape(-1).tolist()
    if kind in (Kind.RATIONAL, Kind.SIGNED_RATIONAL):
        limit = 2**31 - 1 if kind is Kind.SIGNED_RATIONAL else LARGEST
        numbers = [n for value in values for n in fraction(value, limit)]
    else:
        numbers = values if kind in (Kind.FLOAT, Kind.DOUBLE) else [int(v) for v in values]
    return len(values), struct.pack(f"<{len(numbers)}{FORMAT[kind][0]}", *numbers)


def fraction(value: float, limit: int) -> tuple[int, int]:
    """Numerator and denominator, at most `limit`: the plainest that has the same float32 as `value` (0.004 is 1/250), else the nearest."""
    exact = Fraction(value)
    for most in (10_000, limit):
        near = exact.limit_denominator(min(most, max(1, int(limit // max(abs(exact), 1)))))
        if np.float32(near.numerator / near.denominator) == np.float32(value):
            break
    return max(-limit, min(near.numerator, limit)), near.denominator
