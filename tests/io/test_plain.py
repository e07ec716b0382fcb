"""Headerless files: bytes worked out by hand from the MIPI CSI-2 figures."""

import numpy as np
import pytest

from isp.core import DataError
from isp.io import read
from isp.io.plain import unpack

GEOMETRY = {"width": 4, "height": 2, "cfa": "rggb", "black": 0, "white": 1023}


def rows(*values):
    return np.array([values], np.uint8)


def test_mipi10_by_hand():
    # 0x3FF, 0x000, 0x155 = 0b01_0101_0101, 0x2AA = 0b10_1010_1010: high bytes FF 00 55 AA, low pairs 11 00 01 10 from bit 0 up
    assert unpack(rows(0xFF, 0x00, 0x55, 0xAA, 0b10_01_00_11), 4, "mipi10").tolist() == [[0x3FF, 0x000, 0x155, 0x2AA]]


def test_mipi12_by_hand():
    # 0xABC and 0x123: high bytes AB 12, then the low nibbles, first pixel lowest: 3C
    assert unpack(rows(0xAB, 0x12, 0x3C), 2, "mipi12").tolist() == [[0xABC, 0x123]]


@pytest.mark.parametrize(("packing", "bits"), [("mipi10", 10), ("mipi12", 12)])
@pytest.mark.parametrize("width", [8, 7, 5])
def test_mipi_of_a_bit_stream(packing, bits, width, tmp_path):
    """Packed with Python's whole numbers, a pixel at a time, and rows padded to 16 bytes."""
    pixels = np.random.default_rng(3).integers(0, 2**bits, (4, width))
    group, low = (4, 2) if bits == 10 else (2, 4)
    data = b""
    for line in pixels:
        line = [*line.tolist(), *[0] * (-width % group)]
        packed = b"".join(
            bytes([v >> low for v in line[i : i + group]])
            + bytes([sum((v & (2**low - 1)) << (low * k) for k, v in enumerate(line[i : i + group]))])
            for i in range(0, len(line), group)
        )
        data += packed.ljust(16, b"\xee")
    path = tmp_path / "a.raw"
    path.write_bytes(b"HEAD" + data)
    frame = read(
        path, sidecar={"width": width, "height": 4, "cfa": "bggr", "bits": bits, "packing": packing, "offset": 4, "row_stride": 16}
    )
    np.testing.assert_array_equal(frame.pixels, pixels)
    assert frame.white.tolist() == [2**bits - 1] * 4


@pytest.mark.parametrize(("packing", "kind"), [("uint16le", "<u2"), ("uint16be", ">u2"), ("uint8", "u1")])
def test_byte_orders(packing, kind, tmp_path):
    pixels = np.array([[1, 2, 3, 200], [5, 6, 7, 8]])
    path = tmp_path / "a.raw"
    path.write_bytes(pixels.astype(kind).tobytes())
    frame = read(path, sidecar=GEOMETRY | {"packing": packing})
    np.testing.assert_array_equal(frame.pixels, pixels)
    assert frame.pixels.dtype.byteorder in "=|"


def test_levels_keep_the_order_of_phases(tmp_path):
    path = tmp_path / "a.raw"
    path.write_bytes(bytes(16))
    with pytest.warns(UserWarning, match="dark frame"):
        frame = read(path, sidecar=GEOMETRY | {"cfa": "gbrg", "black": [1, 2, 3, 4], "white": [[101, 102], [103, 104]], "noise": [0.5, 2]})
    assert frame.cfa.sites == "gbrg"
    assert frame.black.tolist() == [1, 2, 3, 4]
    assert frame.white.tolist() == [101, 102, 103, 104]
    assert frame.noise.tolist() == [[0.5, 2]] * 4


def test_too_short_and_too_long(tmp_path):
    path = tmp_path / "a.raw"
    path.write_bytes(bytes(range(1, 16)))
    with pytest.raises(DataError, match="it has 15 bytes, but 4x2 pixels in uint16le need 16"):
        read(path, sidecar=GEOMETRY)
    path.write_bytes(bytes(range(64)))
    with pytest.warns(UserWarning, match="is the geometry right"):
        read(path, sidecar=GEOMETRY)
    with pytest.raises(DataError, match="is the geometry right"):
        read(path, sidecar=GEOMETRY, strict=True)


def test_never_guessed(tmp_path):
    """LibRaw opens a bare file of this size as some camera's; without a sidecar ours must not open it at all."""
    path = tmp_path / "a.raw"
    path.write_bytes(bytes(614400))
    with pytest.raises(DataError, match="no sidecar says its width and height"):
        read(path)
    with pytest.raises(DataError, match="no camera raw that is known"):
        path.rename(tmp_path / "a.xyz")
        read(tmp_path / "a.xyz")


def test_pixels_that_look_like_a_maker(tmp_path):
    """Flat 16-bit pixels of 0x4D4D begin as Phase One's files do; a sidecar with a width settles it."""
    path = tmp_path / "a.raw"
    path.write_bytes(b"MM" * 7 + b"\1\0")
    with pytest.warns(UserWarning, match="have the value 19789"):
        frame = read(path, sidecar={"width": 4, "height": 2, "cfa": "rggb"})
    assert frame.pixels.reshape(-1).tolist() == [0x4D4D] * 7 + [1]
