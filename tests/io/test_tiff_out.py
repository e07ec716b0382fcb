"""The directory writer: numbers as fractions, and files that tifffile takes apart."""

import io
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.io.tags import Kind, Tag
from isp.io.tiff_out import LARGEST, Page, assembled, fraction, packed


@pytest.mark.parametrize(
    "value, plain",
    [
        (0.004, (1, 250)),
        (1 / 3, (1, 3)),
        (64, (64, 1)),
        (64.3, (643, 10)),
        (2.8, (14, 5)),
        (1 / 8000, (1, 8000)),
        (0, (0, 1)),
        (30, (30, 1)),
    ],
)
def test_plain_fractions(value, plain):
    assert fraction(float(np.float32(value)), LARGEST) == plain


@given(st.floats(2.0**-6, 2.0**30, width=32), st.sampled_from([-1, 1]))
@settings(max_examples=300)
def test_fractions_have_the_same_float32(value, sign):
    """Wherever a value is above 1/64, 31 bits hold every float32 of up to 24 bits closely enough."""
    above, below = fraction(sign * value, 2**31 - 1)
    assert max(abs(above), below) <= 2**31 - 1
    assert np.float32(above / below) == np.float32(sign * value)


@given(st.floats(1e-12, 1e12))
def test_fractions_out_of_reach_are_near(value):
    above, below = fraction(value, LARGEST)
    assert 0 <= above <= LARGEST and 0 < below <= LARGEST
    if 1 / 1000 < value < LARGEST:
        assert abs(Fraction(above, below) - Fraction(value)) <= Fraction(value) / 2**23


def test_text_ends_with_a_nul():
    assert packed(Kind.ASCII, "isp\0hidden") == (4, b"isp\0")


def test_tifffile_reads_directories_below_directories():
    import tifffile

    picture = np.arange(24, dtype=np.uint16).reshape(4, 6)
    shape = {Tag.IMAGE_WIDTH: (Kind.LONG, 6), Tag.IMAGE_LENGTH: (Kind.LONG, 4), Tag.BITS_PER_SAMPLE: (Kind.SHORT, 16)}
    plain = {**shape, Tag.COMPRESSION: (Kind.SHORT, 1), Tag.PHOTOMETRIC_INTERPRETATION: (Kind.SHORT, 1), Tag.ROWS_PER_STRIP: (Kind.LONG, 2)}
    halves = [picture[:2].tobytes(), picture[2:].tobytes()]
    inner = Page(plain | {Tag.SOFTWARE: (Kind.ASCII, "a text of some length")}, halves)
    exif = Page({Tag.EXPOSURE_TIME: (Kind.RATIONAL, 0.004)})
    first = Page(plain | {Tag.MAKE: (Kind.ASCII, "me")}, [(picture + 1).tobytes()], below={Tag.SUB_IFDS: [inner], Tag.EXIF_IFD: [exif]})
    first.tags[Tag.ROWS_PER_STRIP] = (Kind.LONG, 4)
    with tifffile.TiffFile(io.BytesIO(b"".join(assembled(first)))) as file:
        page = file.pages[0]
        np.testing.assert_array_equal(page.asarray(), picture + 1)
        np.testing.assert_array_equal(page.pages[0].asarray(), picture)
        assert page.tags[271].value == "me"
        assert page.pages[0].tags[305].value == "a text of some length"
        assert page.tags[34665].value["ExposureTime"] == (1, 250)


def test_a_file_beyond_four_gigabytes_is_refused(monkeypatch):
    monkeypatch.setattr("isp.io.tiff_out.LARGEST", 1000)
    with pytest.raises(OverflowError):
        assembled(Page({Tag.IMAGE_WIDTH: (Kind.LONG, 1)}, [bytes(1000)]))
