"""Strips are how a frame is run, never what comes out."""

import numpy as np
import pytest

from isp.core import Cfa, Chain, Domain, Frame
from isp.develop.demosaic.malvar2004 import Malvar2004
from isp.develop.level.subtract_black import SubtractBlack
from isp.develop.measure.as_shot import AsShot
from isp.develop.white_balance.apply import Apply
from isp.execute import develop, explain
from isp.execute.strips import _haloed
from isp.io import embedded, read
from isp.spec import load

CHAIN = Chain.of(SubtractBlack(), AsShot(), Apply(), Malvar2004())


def mosaic(rows: int, columns: int, pattern: str = "grbg") -> Frame:
    pixels = np.random.default_rng(rows * columns).integers(60, 1023, (rows, columns)).astype(np.uint16)
    return Frame(
        pixels=pixels,
        domain=Domain.MOSAIC_DN,
        cfa=Cfa.bayer(pattern),
        black=np.array([60.0, 61, 62, 63], np.float32),
        white=np.full(4, 1023, np.float32),
        as_shot=np.array([2.0, 1, 1.5], np.float32),
    )


@pytest.mark.parametrize("shape", [(64, 48), (63, 47), (2, 2), (3, 5), (9, 200)])
@pytest.mark.parametrize("strip_pixels", [1, 500, 10**6])
def test_strips_are_bitwise_the_whole_frame(shape, strip_pixels):
    frame = mosaic(*shape)
    whole = develop(CHAIN, frame, strip_pixels=10**9)
    assert whole.pixels.shape == (*shape, 3)
    np.testing.assert_array_equal(develop(CHAIN, frame, strip_pixels=strip_pixels).pixels, whole.pixels)


def test_light_stays_light_where_the_depth_of_the_raw_file_is_known():
    frame = mosaic(9, 200)
    made = develop(CHAIN, frame.but(bits=10)).pixels
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, develop(CHAIN, frame).pixels)


def test_the_plain_call_agrees():
    frame = mosaic(63, 50)
    np.testing.assert_allclose(develop(CHAIN, frame).pixels, CHAIN(frame).pixels, atol=2e-6)


@pytest.mark.parametrize("tile", [(1, 1), (2, 2), (4, 4), (6, 6)])
def test_every_strip_with_halo_is_cut_from_the_continued_frame(tile):
    from isp.core.planes import reflected

    pixels = np.arange(37 * 23).reshape(37, 23)
    whole = reflected(pixels, tile, (2, 1))
    for start in range(0, 37, tile[0]):
        rows = 2 * tile[0]
        if start + rows <= 37 + -37 % tile[0]:
            np.testing.assert_array_equal(_haloed(pixels, start, rows, tile, (2, 1)), whole[start : start + rows + 4 * tile[0]])


def test_progress_counts_every_strip_and_the_plan_names_every_stage():
    seen = []
    develop(CHAIN, mosaic(64, 64), strip_pixels=640, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(i, len(seen)) for i in range(1, len(seen) + 1)]
    assert all(name in explain(CHAIN, mosaic(64, 64)) for name in CHAIN.names)


@pytest.mark.parametrize(
    ("name", "changes"), [("classic", ("encode.srgb.bits=float",)), ("minimal", ("encode.srgb.bits=float",)), ("linear", ())]
)
def test_shipped_pipelines_in_strips_are_bitwise_the_whole_frame(name, changes):
    """Measuring stages, demosaic, sharpening and all: unrounded values, so that not one bit can hide."""
    frame = read(embedded(), trusted=True)
    frame = frame.but(pixels=np.ascontiguousarray(frame.pixels[:140, :160]))
    chain = load(name, set=changes)
    whole = develop(chain, frame, strip_pixels=10**9, threads=1)
    strips = develop(chain, frame, strip_pixels=160 * 20, threads=2)
    np.testing.assert_array_equal(strips.pixels, whole.pixels)


def test_what_ends_in_light_is_no_whole_numbers_though_its_sensor_had_bits():
    dn = np.arange(64, 64 + 256, dtype=np.uint16).reshape(16, 16)
    raw = Frame(pixels=dn, domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), black=np.full(4, 64.0), white=1023.0, bits=10)
    made = develop(Chain.of(SubtractBlack()), raw).pixels
    np.testing.assert_allclose(made, (dn - 64.0) / (1023 - 64), rtol=1e-6)
