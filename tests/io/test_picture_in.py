"""A picture is read for what it says: its depth, its colours, its place on the way to a display."""

import io

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from isp.core import DataError, Domain, Frame
from isp.io import read_picture, write

RANDOM = np.random.default_rng(2)


@pytest.fixture
def colours():
    return RANDOM.integers(0, 256, (5, 7, 3), np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_eight_bits_come_back(tmp_path, colours, suffix):
    Image.fromarray(colours).save(tmp_path / f"a{suffix}", **({"lossless": True} if suffix == ".webp" else {}))
    frame = read_picture(tmp_path / f"a{suffix}")
    assert frame.domain is Domain.DISPLAY and frame.primaries == "srgb"
    np.testing.assert_allclose(frame.pixels, colours / 255, rtol=1e-6)


def test_sixteen_bits_of_tiff_come_back(tmp_path):
    pixels = RANDOM.integers(0, 65536, (5, 7, 3), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", pixels)
    np.testing.assert_allclose(read_picture(tmp_path / "a.tif").pixels, pixels / 65535, rtol=1e-6)


@pytest.mark.parametrize("name", ["a.exr", "a.tif"])
def test_floating_point_is_linear_light(tmp_path, name):
    pixels = RANDOM.uniform(0, 8, (5, 7, 3)).astype(np.float32)
    if name.endswith("exr"):
        write(Frame(pixels=pixels, domain=Domain.WORKING, primaries="srgb"), tmp_path / name, bits=32)
    else:
        tifffile.imwrite(tmp_path / name, pixels)
    frame = read_picture(tmp_path / name)
    assert frame.domain is Domain.WORKING
    np.testing.assert_allclose(frame.pixels, pixels, rtol=1e-6)


def test_grey_becomes_three_channels_and_transparency_goes(tmp_path, colours):
    Image.fromarray(colours[..., 0]).save(tmp_path / "grey.png")
    Image.fromarray(np.dstack([colours, colours[..., :1]])).save(tmp_path / "clear.png")
    grey = read_picture(tmp_path / "grey.png").pixels
    assert grey.shape == (5, 7, 3) and (grey[..., 0] == grey[..., 2]).all()
    np.testing.assert_allclose(read_picture(tmp_path / "clear.png").pixels, colours / 255, rtol=1e-6)


def test_a_colour_profile_is_honoured(tmp_path):
    """Lab white and a Lab red, as littleCMS itself turns them into sRGB."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    picture = Image.new("RGB", (4, 4), (200, 30, 30))
    picture.save(tmp_path / "same.png", icc_profile=profile.tobytes())
    np.testing.assert_allclose(read_picture(tmp_path / "same.png").pixels[0, 0] * 255, (200, 30, 30), atol=1.01)
    wide = write(np.full((4, 4, 3), (0.5, 0.5, 0.5)), tmp_path / "p3.png", primaries="display_p3", transfer="srgb")
    np.testing.assert_allclose(read_picture(wide).pixels[0, 0], 0.5, atol=0.01)
    vivid = write(np.full((4, 4, 3), (0.8, 0.2, 0.2)), tmp_path / "red.png", primaries="display_p3", transfer="srgb")
    source = ImageCms.ImageCmsProfile(io.BytesIO(Image.open(vivid).info["icc_profile"]))
    expected = np.asarray(ImageCms.profileToProfile(Image.open(vivid), source, ImageCms.createProfile("sRGB")))[0, 0] / 255
    found = read_picture(vivid).pixels[0, 0]
    np.testing.assert_allclose(found, expected, atol=0.01)
    assert found[0] > 0.82, "a P3 red is a stronger sRGB red"


def test_a_turned_photograph_stands_upright(tmp_path, colours):
    picture = Image.fromarray(colours)
    exif = picture.getexif()
    exif[274] = 6
    picture.save(tmp_path / "turned.png", exif=exif)
    np.testing.assert_allclose(read_picture(tmp_path / "turned.png").pixels, np.rot90(colours, -1) / 255, rtol=1e-6)


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.touch(), lambda p: p.write_bytes(b"no picture"), lambda p: p.mkdir()])
@pytest.mark.parametrize("suffix", [".png", ".tif", ".exr"])
def test_what_is_no_picture_is_refused(tmp_path, suffix, make):
    path = tmp_path / f"a{suffix}"
    make(path)
    with pytest.raises(DataError, match=f"a{suffix}"):
        read_picture(path)


def test_what_is_not_finite_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.full((4, 4, 3), np.nan, np.float32))
    with pytest.raises(DataError, match="not finite"):
        read_picture(tmp_path / "a.tif")
