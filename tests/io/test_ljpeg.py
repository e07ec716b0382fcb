"""The lossless JPEG encoder, decoded by imagecodecs (liblj92), and its Huffman codes against what T.81 and arithmetic say of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from isp.io import ljpeg


def decoded(data, shape):
    import imagecodecs

    return np.asarray(imagecodecs.ljpeg_decode(data)).reshape(shape)


@given(
    data=st.data(),
    bits=st.integers(8, 16),
    components=st.sampled_from([1, 2]),
    rows=st.integers(1, 9),
    pairs=st.integers(1, 9),
)
@settings(max_examples=200, deadline=None)
def test_any_small_picture(data, bits, components, rows, pairs):
    columns = pairs * components
    pixels = data.draw(hnp.arrays(np.uint16, (rows, columns), elements=st.integers(0, 2**bits - 1)))
    (made,) = ljpeg.tiles(pixels, (rows, columns), bits, components)
    np.testing.assert_array_equal(decoded(made, pixels.shape), pixels)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("kind", ["noise", "flat", "extremes", "ramp", "steps of 32768"])
def test_pictures_that_are_hard(bits, kind):
    """Extremes make 16-bit differences and, at 16 bits, the one of 32768, which has no bits of its own."""
    rng, top = np.random.default_rng(3), 2**bits - 1
    pixels = {
        "noise": rng.integers(0, top + 1, (48, 64)),
        "flat": np.full((48, 64), top),
        "extremes": rng.integers(0, 2, (48, 64)) * top,
        "ramp": np.linspace(0, top, 48 * 64).reshape(48, 64),
        "steps of 32768": rng.integers(0, 2, (48, 64)) * (top // 2 + 1),
    }[kind].astype(np.uint16)
    (made,) = ljpeg.tiles(pixels, (48, 64), bits, 2)
    np.testing.assert_array_equal(decoded(made, pixels.shape), pixels)


def test_tiles_go_row_by_row_and_repeat_the_edge(mosaic):
    made = ljpeg.tiles(mosaic[:50, :70], (32, 48), 10, 2)
    assert len(made) == 4
    np.testing.assert_array_equal(decoded(made[1], (32, 48))[:, :22], mosaic[:32, 48:70])
    np.testing.assert_array_equal(decoded(made[2], (32, 48))[:18], mosaic[32:50, :48])


def test_no_marker_inside_of_the_scan(mosaic):
    """Every 0xFF of the scan is followed by 0x00: else a decoder sees a marker."""
    pixels = np.random.default_rng(5).integers(0, 65536, (64, 64)).astype(np.uint16)
    (made,) = ljpeg.tiles(pixels, (64, 64), 16, 2)
    start = made.index(b"\xff\xda")
    scan = made[start + 2 + int.from_bytes(made[start + 2 : start + 4], "big") : -2]
    assert scan.count(b"\xff") == scan.count(b"\xff\x00") > 0
    assert made[-2:] == b"\xff\xd9"


@given(st.lists(st.integers(0, 10**6), min_size=17, max_size=17).filter(any))
@settings(max_examples=200, deadline=None)
def test_code_lengths(counts):
    """Kraft's sum leaves room for the all-ones code, no code exceeds 16 bits, and the mean length lies within entropy and entropy + 1.

    Reserving a code costs a symbol of weight 0, which lengthens one path by 1 bit at most.
    """
    counts = np.array(counts)
    lengths = ljpeg.code_lengths(counts)
    used = counts > 0
    assert ((lengths > 0) == used).all()
    assert lengths.max() <= 16
    assert sum(2.0**-n for n in lengths[used]) < 1
    share = counts[used] / counts.sum()
    entropy = -(share * np.log2(share)).sum()
    assert entropy <= (share * lengths[used]).sum() + 1e-9
    assert (share * lengths[used]).sum() <= entropy + 2


def test_counts_that_grow_like_fibonacci_numbers_still_fit():
    """The worst case of Huffman's method: each count the sum of the two before needs 17 bits, one more than JPEG has."""
    counts = [1, 1]
    while len(counts) < 17:
        counts.append(counts[-1] + counts[-2])
    assert ljpeg.code_lengths(counts).max() <= 16


def test_size_of_a_noisy_picture():
    """Gaussian noise of deviation s: neighbours differ with s sqrt 2, whose entropy is log2(s sqrt 2 sqrt(2 pi e)); the code, which knows
    only bit lengths, is within 5 % of that."""
    pixels = np.random.default_rng(0).normal(2000, 40, (512, 512)).round().astype(np.uint16)
    (made,) = ljpeg.tiles(pixels, (512, 512), 12, 2)
    entropy = np.log2(40 * np.sqrt(2) * np.sqrt(2 * np.pi * np.e))
    assert entropy < 8 * len(made) / pixels.size < 1.05 * entropy
