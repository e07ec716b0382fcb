"""Camera raws: what rawpy and tifffile say of the same files, read independently here, and files that no decoder may be trusted with."""

import subprocess
import sys
import warnings

import numpy as np
import pytest

from isp.core import DataError, IspError
from isp.io import RawWarning, read

CR2 = "raw/canon_eos30d_iso100_IMG_0848.CR2"
DNG = "raw/gopro_hero6_iso100_GOPR0024.dng"


def test_canon(shared_data):
    import rawpy
    import tifffile

    frame = read(shared_data / CR2)
    with rawpy.imread(str(shared_data / CR2)) as raw:
        np.testing.assert_array_equal(frame.pixels, raw.raw_image_visible)
        masked = np.array(raw.raw_image[12:, 2:72]).mean(1)
        np.testing.assert_allclose(frame.camera_matrix[0], raw.rgb_xyz_matrix[:3])
        wb = np.array(raw.camera_whitebalance)
    with tifffile.TiffFile(shared_data / CR2) as file:
        exif = file.pages[0].tags[34665].value
    assert frame.cfa.sites == "rggb"
    assert frame.black.tolist() == [127, 128, 128, 128]
    assert frame.white.tolist() == [4095] * 4
    np.testing.assert_allclose(frame.as_shot, wb[:3] / wb[1], rtol=1e-6)
    assert float(frame.iso) == exif["ISOSpeedRatings"] == 100
    assert float(frame.exposure_time) == pytest.approx(1 / 500)
    assert float(frame.aperture) == pytest.approx(7.1)
    assert (frame.make, frame.model, frame.orientation) == ("Canon", "Canon EOS 30D", 1)
    assert frame.crop == (8, 10, 2335, 3504)
    np.testing.assert_allclose(frame.black_rows[0::2] + 127.5, masked[0::2], atol=1e-4)  # black 127, 128 in even rows
    np.testing.assert_allclose(frame.black_rows[1::2] + 128, masked[1::2], atol=1e-4)


def test_gopro(shared_data):
    import rawpy
    import tifffile

    frame = read(shared_data / DNG)
    with rawpy.imread(str(shared_data / DNG)) as raw:
        np.testing.assert_array_equal(frame.pixels, raw.raw_image_visible)
        np.testing.assert_allclose(frame.as_shot, raw.camera_whitebalance[:3], rtol=1e-5)
    with tifffile.TiffFile(shared_data / DNG) as file:
        tags = file.pages[0].tags
        matrices = [np.reshape(tags[c].value[::2], (3, 3)) / 10000 for c in (50721, 50722)]
        slope, floor = tags[51041].value
    np.testing.assert_allclose(frame.camera_matrix, matrices, rtol=1e-6)
    assert frame.illuminants.tolist() == [2850, 5003]  # Exif light sources 3 and 23
    np.testing.assert_allclose(frame.noise, [[slope * 16383, floor * 16383**2]] * 4, rtol=1e-5)
    assert (frame.make, frame.model) == ("GoPro", "HERO6 Black")
    assert frame.crop is None
    assert frame.shading.gains.shape == (4, 23, 23)
    assert frame.linearisation is None


@pytest.mark.parametrize("pattern", [((0, 1), (1, 2)), ((2, 1), (1, 0)), ((1, 0), (2, 1)), ((1, 2), (0, 1))])
def test_phases_of_a_dng(make_dng, mosaic, pattern):
    """Each phase has a black level of its own; LibRaw hands them over by colour, second green last."""
    path = make_dng("a.dng", mosaic, pattern, tags=[(50713, "H", 2, (2, 2)), (50714, "H", 4, (61, 62, 63, 64))])
    frame = read(path, trusted=True)
    np.testing.assert_array_equal(frame.pixels, mosaic)
    assert frame.cfa.sites == "".join("rgb"[i] for row in pattern for i in row)
    assert frame.black.tolist() == [61, 62, 63, 64]
    assert frame.as_shot.tolist() == pytest.approx([2, 1, 1.6])
    assert frame.camera_matrix.tolist() == [np.eye(3).tolist()]


@pytest.mark.parametrize("where", [(2, 2), (1, 1), (0, 3)])
def test_active_area_and_crop(make_dng, mosaic, where):
    """The filter array is told from the top left of the active area, wherever that lies."""
    top, left = where
    tags = [
        (50829, "I", 4, (top, left, 62, 90)),
        (50719, "I", 2, (4, 2)),
        (50720, "I", 2, (40, 30)),
        (50713, "H", 2, (2, 2)),
        (50714, "H", 4, (61, 62, 63, 64)),
    ]
    frame = read(make_dng("a.dng", mosaic, tags=tags), trusted=True)
    np.testing.assert_array_equal(frame.pixels, mosaic[top:62, left:90])
    assert frame.cfa.sites == "rggb"
    assert frame.crop == (2, 4, 30, 40)
    assert frame.black.tolist() == [61, 62, 63, 64]


def test_filters_that_libraw_mistakes(make_dng, mosaic):
    """A quad array is reported by LibRaw as red and green only; the tags tell it. Mono and linear files are refused."""
    quad = ((0, 0, 1, 1), (0, 0, 1, 1), (1, 1, 2, 2), (1, 1, 2, 2))
    frame = read(make_dng("quad.dng", mosaic, quad), trusted=True)
    assert frame.cfa.rows == ("rrgg", "rrgg", "ggbb", "ggbb")
    np.testing.assert_array_equal(frame.pixels, mosaic)
    trans = ((1, 1, 0, 1, 1, 2), (1, 1, 2, 1, 1, 0), (2, 0, 1, 0, 2, 1), (1, 1, 2, 1, 1, 0), (1, 1, 0, 1, 1, 2), (0, 2, 1, 2, 0, 1))
    frame = read(make_dng("trans.dng", mosaic, trans), trusted=True)
    assert frame.cfa.rows == ("ggrggb", "ggbggr", "brgrbg", "ggbggr", "ggrggb", "rbgbrg")
    for name, cfa, why in (("mono.dng", ((0,),), "its filters are red;"), ("cyan.dng", ((3, 5), (1, 4)), "cyan, magenta, yellow")):
        with pytest.raises(DataError, match=f"{name}.*{why}"):
            read(make_dng(name, mosaic, cfa), trusted=True)
    with pytest.raises(DataError, match="already demosaiced"):
        read(make_dng("linear.dng", np.stack([mosaic] * 3, -1), photometric=34892), trusted=True)
    with pytest.raises(DataError, match="it holds no mosaic"):
        read(make_dng("grey.dng", mosaic, photometric=1), trusted=True)


def test_floating_point_dng(make_dng):
    values = np.random.default_rng(1).random((64, 96), np.float32)
    path = make_dng("float.dng", values, tags=[(50714, "H", 1, 0), (50717, "H", 1, 1)])
    frame = read(path)
    np.testing.assert_array_equal(frame.pixels, values)
    assert frame.white.tolist() == [1] * 4
    values[3, 4] = np.nan
    with pytest.raises(DataError, match="1 of its pixels are not finite"):
        read(make_dng("nan.dng", values, tags=[(50714, "H", 1, 0), (50717, "H", 1, 1)]), trusted=True)


def test_linearisation_is_done_by_libraw(make_dng, mosaic):
    table = (np.arange(1024) // 2).astype(np.uint16)
    path = make_dng("a.dng", mosaic, tags=[(50712, "H", 1024, tuple(table.tolist())), (50714, "H", 1, 32), (50717, "H", 1, 511)])
    frame = read(path, trusted=True)
    np.testing.assert_array_equal(frame.pixels, table[mosaic])
    assert frame.linearisation is None


@pytest.mark.parametrize(
    ("tag", "message"),
    [((50717, "H", 1, 10), "white level 10 is not above its black level 64"), ((50829, "I", 4, (0, 0, 900, 90)), "active area")],
)
def test_impossible_levels_and_areas(make_dng, mosaic, tag, message):
    with pytest.raises(DataError, match=message):
        read(make_dng("a.dng", mosaic, tags=[tag]), trusted=True)


def test_fallbacks_are_named(make_dng, mosaic):
    path = make_dng("a.dng", mosaic, tags=[(50721, 10, 9, (0, 1) * 9), (50728, 5, 3, (0, 1, 1, 1, 1, 1))])
    with pytest.warns(RawWarning) as caught:
        frame = read(path, trusted=True)
    assert frame.camera_matrix is None and frame.as_shot is None
    assert any("50721 is singular" in str(w.message) for w in caught)
    assert any("makes no white balance" in str(w.message) for w in caught)


# ---------------------------------------------------------------- files that are not what they should be
def refused(path, **options):
    with pytest.raises(IspError) as caught:
        read(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_wrong_places(tmp_path):
    assert refused(tmp_path / "none.dng").endswith("none.dng: no such file")
    assert "folder" in refused(tmp_path)
    (tmp_path / "empty.dng").touch()
    assert "it is empty" in refused(tmp_path / "empty.dng")
    assert "NUL" in refused(str(tmp_path / "a.dng\0b"))
    assert "not an ordinary file" in refused("/dev/null")
    (tmp_path / "text.dng").write_text("hello, this is not a photograph")
    assert "no camera raw that is known" in refused(tmp_path / "text.dng")


def test_cuts(make_dng, mosaic, tmp_path):
    """Cut anywhere, a DNG is refused (or, if only its last byte of padding is gone, right): 40 cuts of each of two."""
    for jpeg in (False, True):
        path = make_dng(f"{jpeg}.dng", mosaic, jpeg=jpeg)
        np.testing.assert_array_equal(read(path, trusted=True).pixels, mosaic)
        data = path.read_bytes()
        for cut in sorted({int(len(data) * share) for share in np.linspace(0, 0.999, 38)} | {len(data) - 1, 327}):
            part = tmp_path / "cut.dng"
            part.write_bytes(data[:cut])
            assert "cut.dng" in refused(part, trusted=True), cut


def test_cuts_of_camera_files(shared_data, tmp_path):
    for name in (CR2, DNG):
        data = (shared_data / name).read_bytes()
        part = tmp_path / f"cut{name[-4:]}"
        for cut in (100, 327, 12_000, 13_662, len(data) // 4, len(data) // 2, len(data) - 40_000, len(data) - 1):
            part.write_bytes(data[:cut])
            assert part.name in refused(part, trusted=True), cut


def test_absurd_size(make_dng, mosaic, tmp_path):
    data = bytearray(make_dng("a.dng", mosaic).read_bytes())
    import struct

    for i in range(struct.unpack_from("<H", data, 8)[0]):
        tag, kind = struct.unpack_from("<HH", data, 10 + 12 * i)
        if tag in (256, 257):
            struct.pack_into("<I" if kind == 4 else "<H", data, 18 + 12 * i, 65535)
    (tmp_path / "big.dng").write_bytes(data)
    assert "the limit is 400 million" in refused(tmp_path / "big.dng", trusted=True)


def test_lost_pixels_are_told(make_dng):
    flat = np.full((64, 96), 700, np.uint16)
    flat[:20] = np.random.default_rng(0).integers(64, 1024, (20, 96))
    path = make_dng("flat.dng", flat)
    with pytest.warns(RawWarning, match="69% of its pixels have the value 700"):
        read(path, trusted=True)
    assert "69%" in refused(path, trusted=True, strict=True)


def test_previous_photograph_never_shows(make_dng, mosaic, tmp_path):
    """A good file, then a header that claims its size: in one process LibRaw was measured to show the good one's pixels again."""
    good = make_dng("good.dng", mosaic)
    bad = tmp_path / "bad.dng"
    bad.write_bytes(good.read_bytes()[:327])
    for _ in range(3):
        np.testing.assert_array_equal(read(good).pixels, mosaic)
        refused(bad)


def test_the_shared_mutator(shared_data, tmp_path):
    """Sixty damaged files: each is read, warned of or refused in one line, never a traceback of ours or LibRaw's."""
    tool = shared_data / ".." / "bench" / "mutate_raw.py"
    if not tool.exists():
        pytest.skip("no ../shared/bench beside this checkout")
    seed = tmp_path / "s.dng"
    subprocess.run([sys.executable, str(tool), "make-dng", str(seed), "--width", "96", "--height", "64"], check=True, capture_output=True)
    subprocess.run(
        [sys.executable, str(tool), "make", str(seed), str(tmp_path / "m"), "--seed", "5", "--count", "60"], check=True, capture_output=True
    )
    files = sorted((tmp_path / "m").glob("*.dng"))
    assert len(files) == 60
    read_well = 0
    for path in files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                read(path, trusted=True)
            read_well += 1
        except IspError as error:
            assert "\n" not in str(error)
    assert 0 < read_well < 60


@pytest.mark.parametrize("orientation", range(1, 9))
def test_flips_of_libraw_mean_exif_orientations(make_dng, mosaic, orientation):
    """What LibRaw makes of each Exif orientation is turned back into it by our table."""
    import rawpy

    from isp.io.camera import FLIPS

    path = make_dng("a.dng", mosaic, tags=[(274, "H", 1, orientation)])
    with rawpy.imread(str(path)) as raw:
        assert FLIPS[raw.sizes.flip] == orientation
    assert read(path, trusted=True).orientation == orientation


def test_patterns_that_libraw_does_not_tell_truly():
    from isp.io.camera import _filters
    from isp.io.decoded import Refused

    assert _filters("RGBG", np.array([[1, 2], [0, 3]])) == ("gb", "rg")
    for colours, index in (
        ("RGBG", np.array([[0, 0], [1, 1]])),
        ("GMCY", np.array([[6]])),
        ("GMCY", np.array([[0, 1], [2, 3]])),
        ("RGBG", None),
        ("RGB", np.array([[0, 1], [3, 2]])),
    ):
        with pytest.raises(Refused, match="not understood"):
            _filters(colours, index)


def test_eight_threads(make_dng, mosaic):
    """An object a file: threads do not mix their pixels."""
    from concurrent.futures import ThreadPoolExecutor

    others = [mosaic + np.uint16(i) for i in range(8)]
    paths = [make_dng(f"{i}.dng", pixels) for i, pixels in enumerate(others)]
    with ThreadPoolExecutor(8) as pool:
        for i, frame in enumerate(pool.map(lambda k: read(paths[k % 8], trusted=True), range(64))):
            np.testing.assert_array_equal(frame.pixels, others[i % 8])


def test_offsets_that_another_tag_replaces():
    """Panasonic writes 0xFFFFFFFF as the offset of its strips; that is no cut."""
    from isp.io import tiff
    from isp.io.decoded import Refused

    tiff.complete([{273: (0xFFFFFFFF,), 279: (100,)}], 50)
    with pytest.raises(Refused, match="runs to 60"):
        tiff.complete([{273: (10, 20), 279: (10, 40)}], 50)


def test_inputs_are_never_changed(make_dng, mosaic):
    path = make_dng("a.dng", mosaic)
    before = path.read_bytes(), path.stat().st_mtime_ns
    path.chmod(0o444)
    read(path)
    read(path, trusted=True)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
