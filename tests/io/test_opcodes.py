"""DNG opcode lists: packed here number by number, and the GoPro's four maps taken apart by struct alone."""

import struct

import numpy as np
import pytest

from isp.io import opcodes, read
from isp.io.decoded import Refused


def opcode(number, payload):
    return struct.pack(">IIII", number, 0x01030000, 1, len(payload)) + payload


def listed(*entries):
    return struct.pack(">I", len(entries)) + b"".join(entries)


def gain_map(gains, top=0, left=0, pitch=2, plane=0, planes=1, area=(64, 96), origin=(0.0, 0.0), spacing=None):
    rows, columns = gains.shape[:2]
    spacing = spacing or (1 / (rows - 1), 1 / (columns - 1))
    head = struct.pack(">10I", top, left, *area, plane, planes, pitch, pitch, rows, columns)
    return opcode(9, head + struct.pack(">4dI", *spacing, *origin, gains.size // (rows * columns)) + gains.astype(">f4").tobytes())


def with_list(block, code=51009):
    return (code, "B", len(block), block)


def test_gopro_maps(shared_data):
    """Offsets from the DNG specification: 16 bytes of opcode head, ten whole numbers, four doubles, a count, then 23 x 23 floats."""
    import tifffile

    path = shared_data / "raw" / "gopro_hero6_iso100_GOPR0024.dng"
    with tifffile.TiffFile(path) as file:
        block = file.pages[0].tags[51009].value
    size = 16 + 76 + 4 * 23 * 23
    assert len(block) == 4 + 4 * size
    frame = read(path, trusted=True)
    for i in range(4):
        start = 4 + i * size
        top, left = struct.unpack_from(">2I", block, start + 16)
        gains = np.array(struct.unpack_from(">529f", block, start + 16 + 76)).reshape(23, 23)
        np.testing.assert_array_equal(frame.shading.gains[2 * top + left], gains.astype(np.float32))
        vertical, horizontal = struct.unpack_from(">2d", block, start + 16 + 40)
    np.testing.assert_allclose(frame.shading.extent, [22 * vertical, 22 * horizontal], rtol=1e-6)
    assert frame.shading.gains[:, 0, 0].min() > frame.shading.gains[:, 11, 11].max()  # corners are lifted more than the middle


def test_phases_of_maps(make_dng, mosaic):
    gains = [np.full((2, 3), 1.0 + i) for i in range(4)]
    block = listed(*(gain_map(g, top=i // 2, left=i % 2, origin=(0.125, 0.25), spacing=(0.5, 0.25)) for i, g in enumerate(gains)))
    frame = read(make_dng("a.dng", mosaic, tags=[with_list(block)]), trusted=True)
    assert frame.shading.gains[:, 0, 0].tolist() == [1, 2, 3, 4]
    assert frame.shading.origin.tolist() == [0.125, 0.25]
    assert frame.shading.extent.tolist() == [0.5, 0.5]


def test_one_map_for_all_and_maps_that_multiply(make_dng, mosaic):
    ramp = np.array([[1.0, 2.0], [3.0, 4.0]])
    block = listed(gain_map(ramp, pitch=1), gain_map(ramp, top=1, left=1))
    frame = read(make_dng("a.dng", mosaic, tags=[with_list(block)]), trusted=True)
    for phase, power in enumerate((1, 1, 1, 2)):
        np.testing.assert_array_equal(frame.shading.gains[phase], ramp**power)


def test_maps_by_colour(make_dng, mosaic):
    """Three planes after demosaicing (list 3): red, green and blue of a GRBG array."""
    gains = np.stack([np.full((2, 2), v) for v in (2.0, 3.0, 5.0)], -1)
    block = listed(gain_map(gains, pitch=1, planes=3))
    frame = read(make_dng("a.dng", mosaic, ((1, 0), (2, 1)), tags=[with_list(block, 51022)]), trusted=True)
    assert frame.shading.gains[:, 0, 0].tolist() == [3, 2, 5, 3]


def test_warp_and_bad_pixels(make_dng, mosaic):
    warp = struct.pack(">I", 3) + struct.pack(">18d", *range(18)) + struct.pack(">2d", 0.5, 0.25)
    bad = struct.pack(">III", 0, 2, 1) + struct.pack(">4I", 3, 4, 10, 11) + struct.pack(">4I", 20, 30, 22, 31)
    tags = [with_list(listed(opcode(1, warp)), 51022), with_list(listed(opcode(5, bad)), 51008)]
    frame = read(make_dng("a.dng", mosaic, tags=tags), trusted=True)
    assert frame.warp.shape == (3, 8)
    assert frame.warp[1].tolist() == [6, 7, 8, 9, 10, 11, 0.5, 0.25]
    assert frame.defects.tolist() == [[3, 4], [10, 11], [20, 30], [21, 30]]


def test_what_is_left_out_is_told(make_dng, mosaic):
    block = listed(opcode(7, b"1234"), gain_map(np.ones((2, 2)), area=(10, 10)))
    with pytest.warns(UserWarning) as caught:
        frame = read(make_dng("a.dng", mosaic, tags=[with_list(block)]), trusted=True)
    assert frame.shading is None
    assert any("opcode 7" in str(w.message) for w in caught)
    assert any("covers a part of the frame" in str(w.message) for w in caught)


def test_cut_lists_are_refused():
    block = listed(gain_map(np.ones((3, 3))))
    for cut in range(len(block)):
        with pytest.raises(Refused):
            [opcodes.gain_map(p) for _, p in opcodes.split(block[:cut])]
