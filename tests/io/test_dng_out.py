"""A frame written as a DNG: the same integers in LibRaw, tifffile and our reader, and every fact read back."""

import os
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.core import Cfa, DataError, Domain, Frame, PlaceError, Shading
from isp.io import read, write_dng

MOSAICS = {
    "rggb": ("rg", "gb"), "grbg": ("gr", "bg"), "gbrg": ("gb", "rg"), "bggr": ("bg", "gr"), "quad": ("rrgg", "rrgg", "ggbb", "ggbb"),
    "nona": ("rrrggg",) * 3 + ("gggbbb",) * 3, "trans": ("ggrggb", "ggbggr", "brgrbg", "ggbggr", "ggrggb", "rbgbrg"),
    "rgbw": ("rwgw", "wrwg", "gwbw", "wgwb"), "rccb": ("rw", "wb"), "ryyb": ("ry", "yb"), "cmyg": ("cy", "gm"), "hexadeca": ("rrrrgggg",) * 4
    + ("ggggbbbb",) * 4, "wide": ("rgbg", "bgrg"), "mono": ("w",), "mono in tiles": ("ww", "ww"),
}  # fmt: skip
COLOUR = np.array([[0.9, -0.3, -0.1], [-0.4, 1.2, 0.2], [-0.1, 0.2, 0.6], [0.3, 0.9, 0.31]])


def captured(cfa=("rg", "gb"), shape=(46, 58), top=4095, pixels=None, **facts):
    """A capture of noise that knows what a DNG must say."""
    cfa = Cfa(tuple(cfa))
    pixels = np.random.default_rng(11).integers(0, top + 1, shape, dtype=np.uint16) if pixels is None else pixels
    matrix = COLOUR[None, : len(cfa.filters)]
    known = {"black": 64.0, "white": float(top), "camera_matrix": matrix, "illuminants": np.array([6504.0])} | facts
    return Frame(pixels=pixels, domain=Domain.MOSAIC_DN, cfa=cfa, **known)


def libraw(path):
    import rawpy

    with rawpy.imread(str(path)) as file:
        return np.array(file.raw_image)


def same_facts(read_back, frame, rtol=2e-7):
    for name, value in frame.known().items():
        got = getattr(read_back, name)
        if isinstance(value, (str, int, tuple, Cfa)):
            assert got == value, name
        elif name == "shading":
            for part in ("gains", "origin", "extent"):
                np.testing.assert_allclose(getattr(got, part), np.asarray(getattr(value, part), np.float32), rtol=rtol, err_msg=part)
        elif name in ("black", "white"):
            np.testing.assert_allclose(got, np.broadcast_to(np.asarray(value, np.float32), np.shape(got)), rtol=rtol, err_msg=name)
        else:
            np.testing.assert_allclose(got, np.asarray(value, np.float32), rtol=rtol, err_msg=name)


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("preview", [None, np.full((16, 24, 3), 90, np.uint8)], ids=["", "preview"])
@pytest.mark.parametrize("name", MOSAICS)
def test_every_mosaic(tmp_path, name, preview, compress):
    import tifffile

    frame = captured(MOSAICS[name], make="Maker", model="One", iso=200.0, noise=[[0.5, 3.0]] * len("".join(MOSAICS[name])))
    path = write_dng(frame, tmp_path / "a.dng", compress=compress, preview=preview)
    np.testing.assert_array_equal(libraw(path), frame.pixels)
    with tifffile.TiffFile(path) as file:
        page = file.pages[0] if preview is None else file.pages[0].pages[0]
        np.testing.assert_array_equal(page.asarray(), frame.pixels)
        if preview is not None:
            np.testing.assert_array_equal(file.pages[0].asarray(), preview)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        back = read(path, trusted=True)
    np.testing.assert_array_equal(back.pixels, frame.pixels)
    same_facts(back, frame.but(camera_matrix=None, illuminants=None) if set(frame.cfa.sites) == {"w"} else frame, rtol=1e-6)


@pytest.mark.parametrize("bits", [8, 9, 10, 12, 14, 16])
@pytest.mark.parametrize("compress", [True, False])
def test_every_depth(tmp_path, bits, compress):
    import tifffile

    frame = captured(top=2**bits - 1, black=3.0)
    path = write_dng(frame, tmp_path / "a.dng", compress=compress)
    np.testing.assert_array_equal(libraw(path), frame.pixels)
    assert read(path, trusted=True).white.tolist() == [2**bits - 1] * 4
    with tifffile.TiffFile(path) as file:
        assert file.pages[0].bitspersample == (bits if compress else 16)


EVERYTHING = {
    "black": [64, 64.25, 63.9, 1000 / 3], "noise": None, "defects": [[3, 4], [5, 57], [45, 0]], "as_shot": [2.1, 1.0, 1.53],
    "camera_matrix": np.stack([COLOUR[:3], COLOUR[:3] + 0.05]), "forward_matrix": np.stack([COLOUR[:3].T, COLOUR[:3] * 0.9]),
    "illuminants": [2856.0, 6504.0], "black_rows": np.random.default_rng(2).normal(0, 3, 46), "iso": 640.0, "exposure_time": 1 / 30,
    "aperture": 1.8, "crop": (2, 4, 40, 50), "orientation": 8, "make": "Maker", "model": "Caméra 1",
    "warp": [[1.01, 0.02, -0.003, 1e-4, 2e-3, -1e-3, 0.5, 0.48]] * 3,
    "shading": Shading(np.random.default_rng(3).uniform(1, 3, (4, 5, 7)), np.array([0.01, 0.02]), np.array([0.98, 0.96])),
}  # fmt: skip


@pytest.mark.parametrize("name", ["rggb", "grbg", "gbrg", "bggr"])
@pytest.mark.parametrize("compress", [True, False])
def test_every_fact_comes_back(tmp_path, name, compress):
    """With one noise model for a colour; `test_noise_of_sites` says what becomes of others."""
    frame = captured(MOSAICS[name], **EVERYTHING)
    back = read(write_dng(frame, tmp_path / "a.dng", compress=compress), trusted=True, strict=True)
    np.testing.assert_array_equal(back.pixels, frame.pixels)
    same_facts(back, frame)


def test_phase_of_bad_pixels(tmp_path):
    """FixBadPixelsList begins with a number: 0 where the top left pixel is red, 1 green beside red, 2 green beside blue, 3 blue."""
    import tifffile

    for number, name in enumerate(("rggb", "grbg", "gbrg", "bggr")):
        path = write_dng(captured(MOSAICS[name], defects=[[3, 4]]), tmp_path / "a.dng")
        with tifffile.TiffFile(path) as file:
            block = bytes(file.pages[0].tags[51008].value)
        assert np.frombuffer(block, ">u4").tolist() == [1, 5, 0x01030000, 1, 20, number, 1, 0, 3, 4]


@pytest.mark.parametrize("name", ["rgbw", "trans", "ryyb", "wide"])
def test_facts_of_other_filters(tmp_path, name):
    cfa = Cfa(MOSAICS[name])
    n, sites = len(cfa.filters), len(cfa.sites)
    gains = (
        np.linspace(1, 2, n)[::-1]
        if "g" not in cfa.filters
        else np.where(np.array(list(cfa.filters)) == "g", 1.0, np.linspace(1.3, 0.7, n))
    )
    mesh = Shading(np.random.default_rng(3).uniform(1, 3, (sites, 3, 4)), np.zeros(2), np.ones(2))
    frame = captured(
        cfa.rows,
        as_shot=gains,
        forward_matrix=COLOUR[None, :n].transpose(0, 2, 1),
        shading=mesh,
        black=60 + np.arange(sites) / 8,
        defects=[[7, 9]],
    )
    same_facts(read(write_dng(frame, tmp_path / "a.dng"), trusted=True, strict=True), frame)


def test_noise_of_sites(tmp_path):
    """The variance that the file tells of a colour, by the formula of the specification, is the one of its sites."""
    import tifffile

    black, white = np.array([60.0, 64, 64, 70]), 1023.0
    slope, floor = np.array([0.4, 0.5, 0.5, 0.7]), np.array([3.0, 4.0, 4.0, 6.0])
    frame = captured(top=1023, black=black, noise=np.stack([slope, floor - slope * black], -1))
    path = write_dng(frame, tmp_path / "a.dng")
    with tifffile.TiffFile(path) as file:
        profile = np.array(file.pages[0].tags[51041].value).reshape(3, 2)
    for colour, site in ((0, 0), (1, 1), (2, 3)):
        for x in (0.0, 0.1, 0.9):
            number, span = black[site] + x * (white - black[site]), white - black[site]
            told = (profile[colour, 0] * x + profile[colour, 1]) * span**2
            assert told == pytest.approx(slope[site] * (number - black[site]) + floor[site], rel=1e-6)
    np.testing.assert_allclose(read(path, trusted=True).noise, frame.noise, rtol=1e-5)


def test_as_libraw_sees_it(tmp_path):
    """Levels, gains, geometry and exposure; LibRaw counts black by colour, the second green last. The preview is its thumbnail."""
    import rawpy

    frame = captured(MOSAICS["grbg"], **EVERYTHING | {"black": [60, 61, 62, 65], "black_rows": None})
    with rawpy.imread(str(write_dng(frame, tmp_path / "a.dng", preview=np.zeros((20, 30, 3), np.uint8)))) as file:
        assert np.array(list(file.color_desc.decode()))[file.raw_pattern].tolist() == [["G", "R"], ["B", "G"]]
        assert np.array(file.black_level_per_channel)[file.raw_pattern].tolist() == [[60, 61], [62, 65]]
        assert file.white_level == 4095
        assert file.camera_whitebalance[:3] == pytest.approx([2.1, 1, 1.53])
        assert (file.sizes.raw_height, file.sizes.raw_width, file.sizes.flip) == (46, 58, 5)
        sizes = file.sizes
        assert (sizes.crop_top_margin, sizes.crop_left_margin, sizes.crop_height, sizes.crop_width) == (2, 4, 40, 50)
        assert file.other.iso_speed == 640
        assert file.other.shutter_speed == pytest.approx(1 / 30)
        assert file.other.aperture == pytest.approx(1.8)
        assert file.extract_thumb().data.shape == (20, 30, 3)


def test_as_exif_readers_see_it(tmp_path):
    import exifread
    import tifffile

    path = write_dng(captured(iso=800.0, exposure_time=np.float32(0.004), aperture=np.float32(2.8), make="Maker"), tmp_path / "a.dng")
    with path.open("rb") as stream:
        tags = exifread.process_file(stream, details=False)
    said = {name: str(tags[name]) for name in ("EXIF ISOSpeedRatings", "EXIF ExposureTime", "EXIF FNumber", "Image Make")}
    assert list(said.values()) == ["800", "1/250", "14/5", "Maker"]
    with tifffile.TiffFile(path) as file:
        exif = file.pages[0].tags[34665].value
    assert (exif["ISOSpeedRatings"], exif["ExposureTime"], exif["FNumber"]) == (800, (1, 250), (14, 5))


@pytest.mark.parametrize("iso", [1.0, 65534.0, 65535.0, 65536.0, 409600.0])
def test_speeds_beyond_two_bytes(tmp_path, iso):
    assert read(write_dng(captured(iso=iso), tmp_path / "a.dng"), trusted=True).iso == iso


@pytest.mark.parametrize("compress", [True, False])
def test_linearisation(tmp_path, compress):
    """LibRaw hands out what the table makes of the stored numbers; tifffile those themselves."""
    import tifffile

    table = np.arange(3000) ** 2 // 200
    frame = captured(linearisation=table, black=2.0, white=40000.0)
    path = write_dng(frame, tmp_path / "a.dng", compress=compress)
    np.testing.assert_array_equal(read(path, trusted=True).pixels, table[np.minimum(frame.pixels, 2999)])
    np.testing.assert_array_equal(tifffile.imread(path), frame.pixels)
    tiny = frame.but(pixels=frame.pixels[:6, :8])
    tiny_back = read(write_dng(tiny, tmp_path / "b.dng", compress=compress), trusted=True)
    np.testing.assert_array_equal(tiny_back.pixels, table[np.minimum(tiny.pixels, 2999)])


@given(
    rows=st.integers(1, 40), columns=st.integers(1, 40), phase=st.sampled_from(["rggb", "grbg", "gbrg", "bggr"]), seed=st.integers(0, 2**32 - 1),
    bits=st.integers(8, 16), compress=st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_every_small_size(tmp_path_factory, rows, columns, phase, seed, bits, compress):
    """tifffile reads them all, LibRaw those whose sides have 22 pixels, our reader those with a whole tile."""
    import tifffile

    pixels = np.random.default_rng(seed).integers(0, 2**bits, (rows, columns), dtype=np.uint16)
    path = write_dng(captured(MOSAICS[phase], pixels=pixels, top=2**bits - 1), tmp_path_factory.mktemp("s") / "a.dng", compress=compress)
    np.testing.assert_array_equal(tifffile.imread(path).reshape(pixels.shape), pixels)
    if min(rows, columns) >= 2:
        np.testing.assert_array_equal(read(path, trusted=True).pixels, pixels)
    if min(rows, columns) >= 22:
        np.testing.assert_array_equal(libraw(path), pixels)


@pytest.mark.parametrize("shape", [(515, 530), (1030, 34), (22, 1041)])
def test_several_tiles(tmp_path, shape):
    frame = captured(shape=shape)
    np.testing.assert_array_equal(libraw(write_dng(frame, tmp_path / "a.dng")), frame.pixels)


def test_two_writings_are_one(tmp_path):
    frame = captured(**EVERYTHING)
    first, second = (write_dng(frame, tmp_path / name).read_bytes() for name in ("a.dng", "b.dng"))
    assert first == second


def test_floats_that_are_whole_numbers(tmp_path):
    frame = captured()
    one = write_dng(frame, tmp_path / "a.dng").read_bytes()
    assert write_dng(frame.but(pixels=frame.pixels.astype(np.float32)), tmp_path / "b.dng").read_bytes() == one


@pytest.mark.parametrize(
    "kelvin, code", [(2856, 17), (6504, 21), (5003, 23), (5100, 13), (4874, 18), (2000, 3), (20000, 22), (5500, 1), (2900, 16)]
)
def test_nearest_light(tmp_path, kelvin, code):
    import tifffile

    path = write_dng(captured(illuminants=[kelvin]), tmp_path / "a.dng")
    with tifffile.TiffFile(path) as file:
        assert file.pages[0].tags[50778].value == code


@pytest.mark.parametrize(
    "change, words",
    [
        ({"domain": Domain.MOSAIC}, "domain mosaic"),
        ({"cfa": None}, "no `cfa`"),
        ({"black": None}, "no `black`"),
        ({"white": None}, "no `white`"),
        ({"camera_matrix": None}, "no `camera_matrix`"),
        ({"pixels": np.full((30, 30), 0.5)}, "a fraction"),
        ({"pixels": np.full((30, 30), 70000.0)}, "16 bits.*70000"),
        ({"pixels": np.full((30, 30), -1.0)}, "16 bits.*-1"),
        ({"pixels": np.full((30, 30), np.nan)}, "not finite"),
        ({"pixels": np.zeros((30, 30, 3))}, "one number for each site"),
        ({"cfa": Cfa(("rg", "eb"))}, "no code for this filter.* e"),
        ({"cfa": Cfa(("r",))}, "monochrome"),
        ({"black": 4095.0}, "black < white"),
        ({"black": [1.0, 2.0]}, "`black` has 2 values"),
        ({"black_rows": np.zeros(3)}, "`black_rows` has 3 values"),
        ({"crop": (0, 0, 100, 10)}, "crop"),
        ({"defects": np.array([[100, 0]])}, "defects"),
        ({"iso": np.nan}, "`iso` is not finite"),
        ({"as_shot": np.array([1.0, 1.0])}, "one gain above 0 for each"),
        ({"camera_matrix": np.ones((1, 4, 3))}, "`camera_matrix` has the shape"),
        ({"linearisation": np.array([0.0, 70000.0])}, "linearisation.*70000"),
        ({"warp": np.array([[1.0, 0, 0, 0, 0, 0, 0.5, 0.5], [1.0, 0, 0, 0, 0, 0, 0.5, 0.6]])}, "one centre"),
        ({"shading": Shading(np.ones((2, 2, 2)), np.zeros(2), np.ones(2))}, "`shading` has 2 meshes"),
    ],
)
def test_what_a_dng_cannot_hold(tmp_path, change, words):
    """One line that names the file and says what to do; nothing is left behind."""
    with pytest.raises(DataError, match=words) as caught:
        write_dng(captured().but(**change), tmp_path / "a.dng")
    assert "a.dng" in str(caught.value) and "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("preview", [np.zeros((4, 4, 3)), np.zeros((4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8)])
def test_wrong_previews(tmp_path, preview):
    with pytest.raises(DataError, match="preview"):
        write_dng(captured(), tmp_path / "a.dng", preview=preview)


def test_what_is_kept_in_part_is_told(tmp_path):
    three = captured(camera_matrix=np.stack([COLOUR[:3]] * 3) + np.arange(3)[:, None, None] / 10, illuminants=[4150.0, 6504.0, 2856.0])
    with pytest.warns(UserWarning, match="2856 K, 6504 K"):
        back = read(write_dng(three, tmp_path / "a.dng"), trusted=True)
    assert back.illuminants.tolist() == [2856, 6504]
    np.testing.assert_allclose(back.camera_matrix, three.camera_matrix[[2, 1]], rtol=1e-6)
    with pytest.warns(UserWarning, match="one white level"):
        back = read(write_dng(captured(white=[4095, 4000, 4000, 4095]), tmp_path / "b.dng"), trusted=True)
    assert back.white.tolist() == [4000] * 4


def test_an_interrupted_writing_leaves_nothing(tmp_path, monkeypatch):
    old = write_dng(captured(iso=100.0), tmp_path / "a.dng").read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(PlaceError, match="No space left"):
        write_dng(captured(iso=200.0), tmp_path / "a.dng")
    assert [p.name for p in tmp_path.iterdir()] == ["a.dng"]
    assert (tmp_path / "a.dng").read_bytes() == old


def test_the_input_is_not_overwritten(tmp_path):
    path = write_dng(captured(), tmp_path / "a.dng")
    with pytest.raises(PlaceError, match="its own input"):
        write_dng(captured(), path, inputs=[path])


def test_real_files_survive(shared_data, tmp_path):
    """A camera's own DNG, with four gain maps, read, written and read again: every pixel and fact."""
    frame = read(shared_data / "raw" / "gopro_hero6_iso100_GOPR0024.dng", trusted=True)
    back = read(write_dng(frame, tmp_path / "a.dng"), trusted=True)
    np.testing.assert_array_equal(back.pixels, frame.pixels)
    same_facts(back, frame, rtol=2e-6)
