"""Lossless JPEG (ITU-T T.81, process 14, SOF3) as DNG asks for it: an encoder in NumPy. Decoding is LibRaw's work.

Each number is predicted by the one of its component to the left, the first of a row by the one above; the difference, modulo 2^16, is
sent as a Huffman code of its bit length and then its bits. A mosaic goes as two components side by side, so that a pixel is predicted
by the nearest one under the same filter.
"""

from __future__ import annotations

import heapq
import struct

import numpy as np

LONGEST = 16
"""Bits of the longest Huffman code that T.81 allows."""
CATEGORY = np.array([min(abs(d), 65536 - d).bit_length() for d in range(65536)], np.uint8)
"""Bit length of a difference modulo 2^16, 0 to 16."""


def differences(pixels: np.ndarray, bits: int, components: int) -> np.ndarray:
    """What remains of `pixels` (rows, columns), uint16, after prediction; uint16, modulo 2^16."""
    left = np.empty_like(pixels)
    left[:, components:] = pixels[:, :-components]
    left[1:, :components] = pixels[:-1, :components]
    left[0, :components] = 1 << (bits - 1)
    return pixels - left


def code_lengths(counts: np.ndarray) -> np.ndarray:
    """Bits of the best Huffman code of each symbol, 0 where its count is; at most LONGEST, and none is all ones (Huffman 1952)."""
    counts = np.array(counts, np.int64)
    while True:
        heap = [(int(n), i, (i,)) for i, n in enumerate(counts) if n] + [
            (0, len(counts), (len(counts),))
        ]  # the last takes the all-ones code
        heapq.heapify(heap)
        lengths = np.zeros(len(counts) + 1, int)
        while len(heap) > 1:
            (n, i, some), (m, _, others) = heapq.heappop(heap), heapq.heappop(heap)
            lengths[[*some, *others]] += 1
            heapq.heappush(heap, (n + m, i, some + others))
        if lengths.max() <= LONGEST:
            return lengths[:-1]
        counts = (counts + 1) // 2  # flatter counts make a flatter tree


class Code:
    """A Huffman code of the 17 categories, and from it the bits (`words`) and their number (`lengths`) of every difference."""

    def __init__(self, counts: np.ndarray):
        lengths = code_lengths(counts)
        self.symbols = sorted(np.flatnonzero(lengths), key=lambda s: (lengths[s], s))
        self.per_length = np.bincount(lengths[self.symbols], minlength=LONGEST + 1)[1:]
        codes, code, length = np.zeros(len(counts), np.uint64), 0, 0
        for symbol in self.symbols:
            code <<= lengths[symbol] - length
            codes[symbol], length = code, lengths[symbol]
            code += 1
        extra = np.where(CATEGORY < 16, CATEGORY, 0).astype(np.uint64)  # 32768 needs no bits to tell it
        signed = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64)
        tail = np.where(signed < 0, signed - 1, signed).astype(np.uint64) & ((np.uint64(1) << extra) - np.uint64(1))
        self.words = (codes[CATEGORY] << extra) | tail
        self.lengths = (lengths[CATEGORY] + extra.astype(int)).astype(np.uint64)

    def table(self) -> bytes:
        """The DHT segment."""
        body = bytes([0, *self.per_length, *self.symbols])
        return struct.pack(">HH", 0xFFC4, 2 + len(body)) + body


def scan(left_over: np.ndarray, code: Code) -> bytes:
    """Differences as entropy-coded bytes, stuffed and filled up with ones."""
    words, lengths = code.words[left_over.reshape(-1)], code.lengths[left_over.reshape(-1)]
    if len(words) % 2:
        words, lengths = np.append(words, np.uint64(0)), np.append(lengths, np.uint64(0))
    length = lengths[::2] + lengths[1::2]  # a pair has 62 bits at most
    pair = ((words[::2] << lengths[1::2]) | words[1::2]) << (np.uint64(64) - length)
    end = np.cumsum(length)
    start = end - length
    offset = start & np.uint64(63)
    first = np.flatnonzero(np.diff(start >> np.uint64(6), prepend=np.uint64(1 << 57)))  # the first pair that begins in each word of 64 bits
    made = np.append(np.bitwise_or.reduceat(pair >> offset, first), np.uint64(0))
    last = np.append(first[1:], len(pair)) - 1
    made[1:] |= (pair[last] << np.uint64(1)) << (np.uint64(63) - offset[last])  # what of the last pair runs over into the next
    total = int(end[-1])
    stream = made.astype(">u8").view(np.uint8)[: -(-total // 8)]
    stream[-1] |= (1 << (-total % 8)) - 1
    return np.insert(stream, np.flatnonzero(stream == 0xFF) + 1, 0).tobytes()


def encode(left_over: np.ndarray, bits: int, components: int, code: Code) -> bytes:
    """A whole JPEG of `differences` (rows, columns); columns a multiple of `components`."""
    rows, columns = left_over.shape
    each = b"".join(bytes([i + 1, 0x11, 0]) for i in range(components))
    frame = struct.pack(">HHBHHB", 0xFFC3, 8 + len(each), bits, rows, columns // components, components) + each
    each = b"".join(bytes([i + 1, 0]) for i in range(components))
    start = struct.pack(">HHB", 0xFFDA, 6 + len(each), components) + each + bytes([1, 0, 0])
    return b"".join([b"\xff\xd8", frame, code.table(), start, scan(left_over, code), b"\xff\xd9"])


def tiles(pixels: np.ndarray, size: tuple[int, int], bits: int, components: int) -> list[bytes]:
    """`pixels` (rows, columns), uint16 below 2^bits, as JPEGs of `size` (rows, columns) each, row by row; the edge repeats beyond it."""
    beyond = [(0, -n % s) for n, s in zip(pixels.shape, size, strict=True)]
    padded = np.pad(pixels, beyond, mode="edge")
    corners = [(y, x) for y in range(0, padded.shape[0], size[0]) for x in range(0, padded.shape[1], size[1])]
    parts = [differences(padded[y : y + size[0], x : x + size[1]], bits, components) for y, x in corners]
    counts = sum(np.bincount(CATEGORY[part].reshape(-1), minlength=17) for part in parts)
    code = Code(counts)
    return [encode(part, bits, components, code) for part in parts]
