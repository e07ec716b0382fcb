"""Pictures written and read back by other libraries: values within a code, and the profile tells the colour that was meant."""

import io

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from isp.core import DataError, Domain, Frame
from isp.io import icc, write
from isp.io.picture import quantised

RAMP = np.linspace(0, 1, 64 * 96 * 3).reshape(64, 96, 3)
SHAPES = [(64, 96, 3), (64, 96), (1, 1, 3), (7, 1), (3, 5, 3)]


def decoded(path):
    """By imagecodecs or tifffile, which share no code with our writers."""
    import imagecodecs

    data = path.read_bytes()
    return imagecodecs.png_decode(data) if path.suffix == ".png" else tifffile.imread(path)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("bits", [8, 16])
def test_round_trips(shape, suffix, bits, tmp_path):
    values = np.random.default_rng(0).random(shape)
    write(values, tmp_path / f"a{suffix}", bits=bits)
    back = decoded(tmp_path / f"a{suffix}").reshape(shape)
    assert back.dtype == (np.uint8 if bits == 8 else np.uint16)
    assert np.abs(back.astype(float) - values * (2**bits - 1)).max() <= 0.5 + 1e-9


def test_clamped_rounded_then_cast():
    assert quantised(np.array([-5.0, 0.0, 0.0019, 0.00197, 1.0, 300.0]), 8).tolist() == [0, 0, 0, 1, 255, 255]
    assert quantised(np.array([0, 255, 65535], np.uint16), 8).tolist() == [0, 1, 255]
    assert quantised(np.array([0, 7, 255], np.uint8), 16).tolist() == [0, 7, 255]
    assert quantised(np.array([-3, 70000]), 16).tolist() == [0, 65535]


def test_whole_numbers_are_kept(tmp_path):
    values = np.random.default_rng(0).integers(0, 65536, (5, 7, 3), dtype=np.uint16)
    np.testing.assert_array_equal(decoded(write(values, tmp_path / "a.png")), values)
    np.testing.assert_array_equal(decoded(write(values.astype(np.uint8), tmp_path / "b.png")), values.astype(np.uint8))


def test_float_tiff_is_exact(tmp_path):
    values = np.random.default_rng(0).normal(size=(6, 8, 3)).astype(np.float32) * 10
    frame = Frame(pixels=values, domain=Domain.WORKING, primaries="rec2020")
    write(frame, tmp_path / "a.tif")
    np.testing.assert_array_equal(decoded(tmp_path / "a.tif"), values)
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert "linear" in description(file.pages[0].iccprofile)


def test_jpeg(tmp_path):
    values = np.full((32, 32, 3), (0.8, 0.4, 0.2))
    write(values, tmp_path / "a.jpg", quality=98)
    with Image.open(tmp_path / "a.jpg") as picture:
        assert np.abs(np.asarray(picture, float) / 255 - values).max() < 2.5 / 255
        assert description(picture.info["icc_profile"]) == "sRGB"
    write(values, tmp_path / "b.jpg", quality=30)
    write(RAMP, tmp_path / "c.jpg", quality=95)
    write(RAMP, tmp_path / "d.jpg", quality=20)
    assert (tmp_path / "d.jpg").stat().st_size < (tmp_path / "c.jpg").stat().st_size


def test_exr(tmp_path):
    import OpenEXR

    values = np.random.default_rng(0).normal(size=(6, 8, 3)).astype(np.float32)
    frame = Frame(pixels=values, domain=Domain.WORKING, primaries="rec2020")
    write(frame, tmp_path / "a.exr", bits=32)
    with OpenEXR.File(str(tmp_path / "a.exr")) as file:
        np.testing.assert_array_equal(file.channels()["RGB"].pixels, values)
        assert file.header()["chromaticities"] == pytest.approx((0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290))
    write(frame, tmp_path / "b.exr")
    with OpenEXR.File(str(tmp_path / "b.exr")) as file:
        np.testing.assert_array_equal(file.channels()["RGB"].pixels, values.astype(np.float16))
    with pytest.raises(DataError, match="encoded for a display"):
        write(Frame(pixels=values, domain=Domain.DISPLAY, primaries="srgb", transfer="srgb"), tmp_path / "c.exr")
    assert not (tmp_path / "c.exr").exists()


def test_depth_follows_the_frame(tmp_path):
    for bits, kind in ((8, np.uint8), (10, np.uint16), (16, np.uint16), (None, np.uint16)):
        frame = Frame(pixels=RAMP, domain=Domain.DISPLAY, primaries="srgb", transfer="srgb", bits=bits)
        assert decoded(write(frame, tmp_path / "a.png")).dtype == kind


def test_mosaics_are_written_as_they_are(tmp_path, mosaic):
    frame = Frame(pixels=mosaic, domain=Domain.MOSAIC_DN)
    np.testing.assert_array_equal(decoded(write(frame, tmp_path / "a.png")), mosaic)
    with Image.open(tmp_path / "a.png") as picture:
        assert "icc_profile" not in picture.info


# ---------------------------------------------------------------- profiles
def description(profile):
    return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip()


def lab_by_littlecms(values, profile):
    """Lab under D50 of 8-bit values, as LittleCMS reads them through a profile."""
    lab = ImageCms.createProfile("LAB", colorTemp=5003)
    transform = ImageCms.buildTransform(ImageCms.ImageCmsProfile(io.BytesIO(profile)), lab, "RGB", "LAB", renderingIntent=1)
    out = np.asarray(ImageCms.applyTransform(Image.fromarray(values), transform)).astype(float)
    signed = out[..., 1:].copy()
    signed[signed > 127] -= 256
    return np.concatenate([out[..., :1] * (100 / 255), signed], -1)


TRANSFERS = {
    "srgb": lambda v: np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4),
    "bt2020": None,
    "linear": lambda v: v,
}


@pytest.mark.parametrize(("primaries", "named"), [("srgb", "sRGB"), ("display_p3", "Display P3"), ("rec2020", "ITU-R BT.2020")])
@pytest.mark.parametrize("transfer", ["srgb", "bt2020", "linear"])
def test_chart_through_littlecms(primaries, named, transfer):
    """A colour chart read by LittleCMS through our profile is what colour-science says those values mean, within dE2000 0.5."""
    import colour

    levels = np.linspace(0, 255, 9).astype(np.uint8)
    chart = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), -1).reshape(27, 27, 3)
    encoded = chart / 255
    linear = colour.models.oetf_inverse_BT2020(encoded, is_12_bits_system=True) if transfer == "bt2020" else TRANSFERS[transfer](encoded)
    space = colour.RGB_COLOURSPACES[named]
    space = colour.RGB_Colourspace(named, space.primaries, space.whitepoint)
    d65, d50 = colour.xy_to_XYZ(space.whitepoint), np.array([0.9642, 1, 0.8249])
    adapt = colour.adaptation.matrix_chromatic_adaptation_VonKries(d65, d50, "Bradford")
    meant = colour.XYZ_to_Lab(linear @ (adapt @ space.matrix_RGB_to_XYZ).T, colour.XYZ_to_xy(d50))
    seen = lab_by_littlecms(chart, icc.profile(primaries, transfer))
    inside = np.abs(meant[..., 1:]).max(-1) < 127  # the Lab of 8 bits ends there
    assert inside.mean() > 0.5
    difference = colour.delta_E(
        np.round(meant[inside] * [2.55, 1, 1]) / [2.55, 1, 1], seen[inside]
    )  # in steps of 8-bit Lab, as LittleCMS answers
    unrounded = colour.delta_E(meant[inside], seen[inside])
    assert np.percentile(difference, 95) <= 0.5
    assert np.median(unrounded) <= 0.5


@pytest.mark.parametrize("primaries", ["srgb", "display_p3", "rec2020"])
def test_profile_against_an_independent_one(primaries):
    """From our profile to one made by LittleCMS itself for the same colour: an identity within one code of 8 bits."""
    import imagecodecs

    xy = {
        "srgb": (0.64, 0.33, 0.3, 0.6, 0.15, 0.06),
        "display_p3": (0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
        "rec2020": (0.708, 0.292, 0.17, 0.797, 0.131, 0.046),
    }[primaries]
    curve = TRANSFERS["srgb"](np.linspace(0, 1, 4096))
    other = imagecodecs.cms_profile("rgb", whitepoint=(0.3127, 0.329, 1.0), primaries=[v for i in range(3) for v in (*xy[2 * i : 2 * i + 2], 1.0)],
                                    transferfunction=(curve * 65535).round().astype(np.uint16))  # fmt: skip
    chart = np.random.default_rng(4).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    ours = ImageCms.ImageCmsProfile(io.BytesIO(icc.profile(primaries, "srgb")))
    transform = ImageCms.buildTransform(ours, ImageCms.ImageCmsProfile(io.BytesIO(other)), "RGB", "RGB", renderingIntent=1)
    back = np.asarray(ImageCms.applyTransform(Image.fromarray(chart), transform))
    assert np.abs(back.astype(int) - chart).max() <= 1


def test_unknown_colour_is_refused(tmp_path):
    with pytest.raises(DataError, match="no profile is known for 'prophoto'"):
        write(RAMP, tmp_path / "a.png", primaries="prophoto")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("suffix", "bits"), [(".png", 8), (".png", 16), (".tif", 8), (".tif", 16), (".jpg", 8)])
def test_each_format_carries_the_profile(suffix, bits, tmp_path):
    frame = Frame(pixels=RAMP, domain=Domain.DISPLAY, primaries="display_p3", transfer="srgb", bits=bits)
    path = write(frame, tmp_path / f"a{suffix}")
    if suffix == ".tif":
        with tifffile.TiffFile(path) as file:
            held = file.pages[0].iccprofile
    else:
        with Image.open(path) as picture:
            held = picture.info["icc_profile"]
    assert held == icc.profile("display_p3", "srgb")
    assert description(held) == "Display P3"
