"""All seventeen raws at hand, read with their sidecars, against the index that was made when they were collected."""

import json
import warnings

import numpy as np
import pytest

from isp.io import RawWarning, embedded, read

SATURATES = {"halide": 959, "nikon": 15520, "rawpipe": 2047, "openisp": 1020, "flowers": 1020, "infiniteisp_colorchecker": 4092}
"""Where our sidecars state another white than the index, and why is said in them."""
NAMES = [
    "canon_eos30d_iso100_IMG_0848.CR2", "flowers_640x480_10bit_BGGR.raw", "gopro_hero6_iso100_GOPR0024.dng",
    "halide_dog_2592x1968_10bit_GRBG.png", "halide_small_256x344_10bit_GRBG.png", "infiniteisp_black_1920x1080_12bit_BGGR.raw",
    "infiniteisp_colorchecker_1920x1080_12bit_BGGR.raw", "infiniteisp_indoor1_2592x1536_8bit_GRBG.raw",
    "infiniteisp_outdoor1_2592x1536_8bit_GRBG.raw", "infiniteisp_outdoor3_2592x1536_8bit_GRBG.raw",
    "nikon_dsc1339_768x512_14bit_BGGR.raw", "nikon_dsc1339_768x512_14bit_GBRG.raw", "nikon_dsc1339_768x512_14bit_GRBG.raw",
    "nikon_dsc1339_768x512_14bit_RGGB.raw", "nikon_dsc1339_768x512_14bit_RGGB_badpixels.raw", "openisp_chart_1920x1080_10bit_RGGB.raw",
    "rawpipe_colorchecker_1424x968_RGGB.raw",
]  # fmt: skip


def test_none_is_forgotten(shared_data):
    there = {p.name for p in (shared_data / "raw").iterdir() if p.suffix != ".json"}
    assert there == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_reads_as_the_index_says(shared_data, sidecars, name):
    about = json.loads((shared_data / "raw" / "index.json").read_text())[name]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", RawWarning)
        frame = read(shared_data / "raw" / name, sidecar=sidecars)
    told = [str(w.message) for w in caught if w.category is RawWarning]
    assert len(told) == (1 if "black_1920" in name or "badpixels" in name else 0), told
    rows, columns = about.get("visible_shape") or (about["height"], about["width"])
    assert frame.pixels.shape == (rows, columns)
    assert frame.cfa.sites == about["cfa"].lower()
    white = next((w for start, w in SATURATES.items() if name.startswith(start)), about["white"])
    assert frame.white.tolist() == [white] * 4
    if "halide" in name:
        assert frame.black.tolist() == [23, 17, 17, 23]
    elif about["black"] is not None:
        np.testing.assert_allclose(frame.black, about["black"])
    if "container" in about and name.endswith(".raw"):
        kind = {"uint8": np.uint8, "uint16le": np.dtype("<u2")}[about["container"]]
        np.testing.assert_array_equal(frame.pixels.reshape(-1), np.fromfile(shared_data / "raw" / name, kind))
    if "author_tuning" in about:
        assert frame.as_shot.tolist() == pytest.approx([about["author_tuning"]["r_gain"], 1, about["author_tuning"]["b_gain"]])
    if "author_params" in about:
        np.testing.assert_allclose(frame.camera_matrix.reshape(-1), about["author_params"]["color_matrix_xyz_to_cam"], rtol=1e-6)
    if "camera_wb" in about:
        np.testing.assert_allclose(frame.as_shot, np.array(about["camera_wb"][:3]) / about["camera_wb"][1], rtol=1e-4)


def test_embedded(shared_data):
    """The embedded raw is a crop of the shared one, pixel by pixel, in the same phase, and knows what the pipeline needs."""
    from PIL import Image

    frame = read(embedded())
    assert frame.pixels.shape == (1024, 768)
    whole = np.asarray(Image.open(shared_data / "raw" / "halide_dog_2592x1968_10bit_GRBG.png"))
    np.testing.assert_array_equal(frame.pixels, whole[430:1454, 1460:2228])
    assert (embedded().parent / "ATTRIBUTION").is_file()


def test_matrices_of_the_embedded_raw_agree_with_each_other():
    """A grey seen under each of its two lights comes out grey through the DNG model of colour-hdri's formulae: XYZ of that light."""
    import colour

    frame = read(embedded())
    assert frame.illuminants.tolist() == [3200, 7000]
    for i, kelvin in enumerate((3200, 7000)):
        xy = colour.temperature.CCT_to_xy_CIE_D(kelvin) if kelvin > 4000 else colour.temperature.CCT_to_xy_Kang2002(kelvin)
        neutral = frame.camera_matrix[i] @ colour.xy_to_XYZ(xy)
        author = {3200: (1.1648, 1, 0.5165), 7000: (0.6388, 1, 0.8579)}[kelvin]  # what the authors' matrices turn into (1, 1, 1)
        np.testing.assert_allclose(neutral / neutral[1], author, rtol=0.02)
