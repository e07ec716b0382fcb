"""The bytes of a written DNG, judged by rules typed here from TIFF 6.0 and DNG 1.7.1: shares no code or table with the writer."""

import struct
from itertools import pairwise

import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame, Shading
from isp.io import write_dng

WIDTH = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
INTEGER = (3, 4)
RAW = {  # number: (types, count or None for any); what the directory of the mosaic must or may hold
    254: ((4,), 1), 256: (INTEGER, 1), 257: (INTEGER, 1), 258: ((3,), 1), 259: ((3,), 1), 262: ((3,), 1), 277: ((3,), 1), 284: ((3,), 1),
    50713: ((3,), 2), 50714: ((3, 4, 5), None), 50717: (INTEGER, 1), 50719: ((3, 4, 5), 2), 50720: ((3, 4, 5), 2), 50829: (INTEGER, 4),
}  # fmt: skip
MOSAIC = {33421: ((3,), 2), 33422: ((1,), None), 50710: ((1,), None), 50711: ((3,), 1)}
RAW_MAYBE = {
    273: (INTEGER, None), 279: (INTEGER, None), 278: (INTEGER, 1), 322: (INTEGER, 1), 323: (INTEGER, 1), 324: ((4,), None), 325: (INTEGER, None),
    50712: ((3,), None), 50716: ((10,), None), 51008: ((7,), None), 51009: ((7,), None), 51022: ((7,), None), 51041: ((12,), None),
}  # fmt: skip
FIRST = {274: ((3,), 1), 305: ((2,), None), 50706: ((1,), 4), 50707: ((1,), 4), 50708: ((2,), None)}
FIRST_MAYBE = {
    271: ((2,), None), 272: ((2,), None), 330: ((4, 13), 1), 34665: ((4, 13), 1), 50721: ((10,), None), 50722: ((10,), None),
    50728: ((3, 5), None), 50778: ((3,), 1), 50779: ((3,), 1), 50964: ((10,), None), 50965: ((10,), None),
}  # fmt: skip
PREVIEW = {
    254: ((4,), 1), 256: (INTEGER, 1), 257: (INTEGER, 1), 258: ((3,), 3), 259: ((3,), 1), 262: ((3,), 1), 273: (INTEGER, 1), 277: ((3,), 1),
    278: (INTEGER, 1), 279: (INTEGER, 1), 284: ((3,), 1), 50970: ((4,), 1),
}  # fmt: skip
EXIF = {36864: ((7,), 4)}
EXIF_MAYBE = {33434: ((5,), 1), 33437: ((5,), 1), 34855: ((3,), 1), 34864: ((3,), 1), 34866: ((4,), 1)}


def directory(data, at, taken):
    """{number: (type, count, values)} of the directory at `at`; everything it occupies goes to `taken`."""
    assert at % 2 == 0 and at >= 8
    count = struct.unpack_from("<H", data, at)[0]
    assert count
    taken.append((at, at + 6 + 12 * count))
    assert struct.unpack_from("<I", data, at + 2 + 12 * count)[0] == 0, "a chain of further pictures"
    found, before = {}, 0
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        number, kind, length = struct.unpack_from("<HHI", data, entry)
        assert number > before, f"tag {number} after {before}"
        assert kind in WIDTH and length, f"tag {number} is of type {kind} and count {length}"
        before, size, place = number, WIDTH[kind] * length, entry + 8
        if size > 4:
            place = struct.unpack_from("<I", data, place)[0]
            assert place % 2 == 0, f"the value of tag {number} is at {place}"
            taken.append((place, place + size))
        else:
            assert not any(data[place + size : entry + 12]), "rubbish behind a short value"
        letter = {1: "B", 2: "s", 3: "H", 4: "I", 5: "I", 7: "s", 10: "i", 12: "d"}[kind]
        values = struct.unpack_from(f"<{length * (2 if kind in (5, 10) else 1)}{letter}", data, place)
        if kind == 2:
            assert values[0].endswith(b"\0") and b"\0" not in values[0][:-1]
        if kind in (5, 10):
            assert all(d > 0 for d in values[1::2]), f"tag {number} is divided by nothing"
            values = tuple(a / b for a, b in zip(values[::2], values[1::2], strict=True))
        found[number] = (kind, length, values)
    return found


def judged(found, must, may):
    assert not set(must) - set(found), f"missing: {set(must) - set(found)}"
    assert not set(found) - set(must) - set(may), f"out of place: {set(found) - set(must) - set(may)}"
    for number, (kind, count, _) in found.items():
        kinds, counts = (must | may)[number]
        assert kind in kinds and counts in (None, count), f"tag {number} is of type {kind} and count {count}"


def image_data(found, taken):
    offsets, lengths = (324, 325) if 324 in found else (273, 279)
    (width, height) = (found[n][2][0] for n in (256, 257))
    if 324 in found:
        assert not set(found) & {273, 278, 279}
        across, down = found[322][2][0], found[323][2][0]
        assert across % 16 == 0 and down % 16 == 0
        blocks = -(-width // across) * -(-height // down)
    else:
        blocks = -(-height // found[278][2][0])
    assert found[offsets][1] == found[lengths][1] == blocks
    for place, length in zip(found[offsets][2], found[lengths][2], strict=True):
        assert place % 2 == 0 and length
        taken.append((place, place + length))


def validate(data):
    """Everything there is to say about the structure of a DNG made here. Returns the first directory, that of the raw, and Exif."""
    assert data[:4] == b"II*\0"
    taken = [(0, 8)]
    first = directory(data, struct.unpack_from("<I", data, 4)[0], taken)
    raw = first
    if 330 in first:
        raw = directory(data, first[330][2][0], taken)
        judged(first, FIRST | PREVIEW, FIRST_MAYBE)
        assert first[254][2] == (1,) and first[258][2] == (8, 8, 8) and first[262][2] == (2,)
        assert first[279][2][0] == 3 * first[256][2][0] * first[257][2][0]
        image_data(first, taken)
    mosaic = raw[262][2] == (32803,)
    assert mosaic or raw[262][2] == (34892,)
    must, may = RAW | (MOSAIC if mosaic else {}), RAW_MAYBE
    judged(raw, must | (FIRST if raw is first else {}), may | (FIRST_MAYBE if raw is first else {}))
    image_data(raw, taken)
    exif = {}
    if 34665 in first:
        exif = directory(data, first[34665][2][0], taken)
        judged(exif, EXIF, EXIF_MAYBE)
    taken.sort()
    for (_, end), (start, _) in pairwise(taken):
        assert start - end in (0, 1), f"between {end} and {start}"
        assert not any(data[end:start])
    assert len(data) - taken[-1][1] in (0, 1)
    meaning(first, raw, mosaic)
    return first, raw, exif


def meaning(first, raw, mosaic):
    """What DNG says of values and of counts that depend on each other."""
    width, height = raw[256][2][0], raw[257][2][0]
    planes = 1
    assert raw[254][2] == (0,) and raw[277][2] == (1,) and raw[284][2] == (1,)
    assert raw[259][2][0] in (1, 7) and 8 <= raw[258][2][0] <= 16
    if mosaic:
        planes = raw[50710][1]
        assert raw[33422][1] == raw[33421][2][0] * raw[33421][2][1]
        assert {*raw[33422][2]} == {*raw[50710][2]} <= set(range(7)) and raw[50711][2] == (1,)
        assert first[50721][1] == 3 * planes and 50778 in first, "ColorMatrix1 and its illuminant are required"
    for number in (50721, 50722, 50964, 50965):
        assert number not in first or first[number][1] == 3 * planes
    assert (50722 in first) == (50779 in first)
    assert 50728 not in first or (first[50728][1] == planes and all(v > 0 for v in first[50728][2]))
    assert raw[50714][1] == raw[50713][2][0] * raw[50713][2][1]
    assert 0 <= max(raw[50714][2]) < raw[50717][2][0] < 2**32
    (left, top), (across, down) = raw[50719][2], raw[50720][2]
    assert left >= 0 and top >= 0 and 0 < across <= width - left and 0 < down <= height - top
    assert raw[50829][2] == (0, 0, height, width)
    assert 50716 not in raw or raw[50716][1] == height
    assert 51041 not in raw or raw[51041][1] in (2, 2 * planes)
    version, backward = first[50706][2], first[50707][2]
    assert (1, 1, 0, 0) <= backward <= version <= (1, 7, 1, 0)
    if set(raw) & {51008, 51009, 51022, 51041}:
        assert version >= (1, 3, 0, 0)
    for number in (51008, 51009, 51022):
        if number in raw:
            block, at = raw[number][2][0], 4
            for _ in range(struct.unpack_from(">I", block)[0]):
                _, since, flags, length = struct.unpack_from(">4I", block, at)
                assert since == 0x01030000 and (flags & 1 or backward >= (1, 3, 0, 0))
                at += 16 + length
            assert at == len(block)


def captured(cfa=("rg", "gb"), shape=(33, 47), top=4095, **facts):
    cfa = Cfa(tuple(cfa))
    pixels = np.random.default_rng(11).integers(0, top + 1, shape, dtype=np.uint16)
    matrix = np.random.default_rng(12).normal(size=(1, len(cfa.filters), 3))
    known = {"black": 64.0, "white": float(top), "camera_matrix": matrix, "illuminants": [6504.0]} | facts
    return Frame(pixels=pixels, domain=Domain.MOSAIC_DN, cfa=cfa, **known)


EVERYTHING = {
    "black_rows": np.linspace(-1, 1, 33), "linearisation": np.arange(4096) * 16, "noise": [[0.5, 3.0]], "defects": [[3, 4], [5, 7]],
    "shading": Shading(np.ones((4, 3, 5)), np.zeros(2), np.ones(2)), "as_shot": [2.0, 1.0, 1.5], "forward_matrix": np.eye(3)[None],
    "warp": np.arange(24.0).reshape(3, 8) * 0 + [1, 0, 0, 0, 0, 0, 0.5, 0.5], "crop": (2, 4, 20, 30), "iso": 100000.0, "exposure_time": 0.01,
    "aperture": 2.8, "make": "Maker", "model": "Ünique1", "orientation": 3, "white": 65520.0,
}  # fmt: skip
TILES = {
    "bayer": ("gr", "bg"), "quad": ("rrgg", "rrgg", "ggbb", "ggbb"), "mono": ("w",), "ryyb": ("ry", "yb"),
    "trans": ("ggrggb", "ggbggr", "brgrbg", "ggbggr", "ggrggb", "rbgbrg"), "rgbw": ("rwgw", "wrwg", "gwbw", "wgwb"), "cmyg": ("cy", "gm"),
}  # fmt: skip


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("preview", [None, np.full((5, 7, 3), 200, np.uint8)], ids=["", "preview"])
@pytest.mark.parametrize("name", TILES)
def test_plain_frames(tmp_path, name, preview, compress):
    validate(write_dng(captured(TILES[name]), tmp_path / "a.dng", compress=compress, preview=preview).read_bytes())


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("preview", [None, np.full((5, 7, 3), 200, np.uint8)], ids=["", "preview"])
def test_a_frame_that_knows_everything(tmp_path, preview, compress):
    first, raw, exif = validate(write_dng(captured(**EVERYTHING), tmp_path / "a.dng", compress=compress, preview=preview).read_bytes())
    assert {50712, 50716, 51008, 51009, 51022, 51041} <= set(raw)
    assert {271, 272, 50721, 50728, 50778, 50964} <= set(first)
    assert set(exif) == {33434, 33437, 34855, 34864, 34866, 36864}


@pytest.mark.parametrize("shape", [(1, 2), (2, 1), (1, 1), (3, 15), (15, 16), (16, 17), (22, 530), (530, 22)])
@pytest.mark.parametrize("compress", [True, False])
def test_sizes(tmp_path, shape, compress):
    validate(write_dng(captured(shape=shape), tmp_path / "a.dng", compress=compress).read_bytes())


def test_the_validator_sees_faults(tmp_path):
    """Tags out of order, a value block on an odd offset, one that overlaps, a type that is none, and a cut file are all found."""
    good = write_dng(captured(), tmp_path / "a.dng").read_bytes()
    start = struct.unpack_from("<I", good, 4)[0]
    entries = {struct.unpack_from("<H", good, at)[0]: at for at in range(start + 2, start + 2 + 12 * good[start], 12)}
    for at, layout, value in (
        (entries[257], "<H", 255), (entries[50721] + 8, "<I", struct.unpack_from("<I", good, entries[50721] + 8)[0] + 1),
        (entries[50721] + 8, "<I", struct.unpack_from("<I", good, entries[50714] + 8)[0]), (entries[256] + 2, "<H", 99),
        (entries[50717] + 8, "<I", 0), (entries[324], "<H", 300), (start + 2 + 12 * good[start], "<I", 8),
    ):  # fmt: skip
        bad = bytearray(good)
        struct.pack_into(layout, bad, at, value)
        with pytest.raises((AssertionError, KeyError, struct.error)):
            validate(bytes(bad))
    with pytest.raises((AssertionError, struct.error)):
        validate(good[:-20])
