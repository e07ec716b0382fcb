"""Black levels against the Nikon author's own picture, closed forms, and planted rows."""

import json

import jax
import numpy as np
import pytest
from PIL import Image

from isp.core import Cfa, Domain, Frame
from isp.core.planes import Planes
from isp.core.run import halo, padded, tile_of
from isp.develop.level.subtract_black import SubtractBlack


def frame(pixels, cfa="rggb", **facts):
    return Frame(pixels=np.asarray(pixels, np.float32), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer(cfa), **facts)


def test_nikon_rose_agrees_with_its_author(shared_data):
    """The author subtracts 600, divides by 15520 - 600 and clips; his picture holds 14 bits, so it is known to one step of 1/16383."""
    about = json.loads((shared_data / "raw" / "index.json").read_text())["nikon_dsc1339_768x512_14bit_RGGB.raw"]["author_params"]
    dn = np.fromfile(shared_data / "raw" / "nikon_dsc1339_768x512_14bit_RGGB.raw", "<u2").reshape(512, 768)
    theirs = np.asarray(Image.open(shared_data / "reference" / "nikon_dsc1339_black_level_correction.png"))
    theirs = theirs.astype(float) / 16383
    ours = SubtractBlack()(frame(dn, black=np.array(about["black"], float), white=np.array(about["white"], float)))
    assert np.abs(np.clip(ours.pixels, 0, 1) - theirs).max() < 1.01 / 16383


def test_levels_per_filter_move_white_and_noise():
    out = SubtractBlack()(
        frame(
            np.full((4, 4), 100.0),
            black=np.array([10.0, 20, 20, 30]),
            white=np.array([1010.0, 1020, 1020, 530]),
            noise=np.tile([2.0, 5.0], (4, 1)),
        )
    )
    assert np.allclose(out.pixels[:2, :2], np.array([[90, 80], [80, 70]]) / 500)
    assert np.allclose(out.white, [2, 2, 2, 1])
    # Variance of a pixel of 100 DN was 205 DN^2, whatever its pedestal.
    variance = np.asarray(out.noise)[:, 0] * np.array([90, 80, 80, 70]) / 500 + np.asarray(out.noise)[:, 1]
    assert np.allclose(variance, 205 / 500**2, rtol=1e-5)
    assert out.black is None


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_planted_row_offsets_go(share):
    rng = np.random.default_rng(3)
    clean, rows = rng.uniform(64, 1000, (31, 20)), rng.normal(0, 8, 31)
    planted = frame(clean + rows[:, None], black=np.array(64.0), white=np.array(1023.0), black_rows=rows)
    out = SubtractBlack(rows=share)(planted)
    expected = (clean + (1 - share) * rows[:, None] - 64) / 959
    np.testing.assert_allclose(out.pixels, expected, atol=2e-6)
    np.testing.assert_allclose(out.white, 1, rtol=1e-6)
    assert out.black_rows is None


@pytest.mark.parametrize("cfa", [Cfa.bayer("grbg"), Cfa(("rrgg", "rrgg", "ggbb", "ggbb"))])
def test_mirrored_rows_of_the_halo_lose_their_own_offset(cfa):
    """Without row noise left, a halo of planted rows equals the halo of the clean frame."""

    class Reaching:
        tile = None
        reach = 4

    rng = np.random.default_rng(4)
    clean, rows = rng.uniform(64, 1000, (19, 16)), rng.normal(0, 8, 19)
    facts = {"black": np.array(64.0), "white": np.array(1023.0)}

    def developed(pixels, **more):
        whole = padded([Reaching()], frame(pixels, **facts, **more).but(cfa=cfa))
        split = whole.but(pixels=Planes.split(whole.pixels, tile_of(whole), halo([Reaching()], tile_of(whole))))
        return np.asarray(SubtractBlack()(split).pixels.joined())

    np.testing.assert_allclose(developed(clean + rows[:, None], black_rows=rows), developed(clean), atol=2e-6)


def test_offset_is_found_by_descent():
    """A black level stated 20 DN too low is found again to 1 % from the wrong start, through the gradient alone."""
    rng = np.random.default_rng(5)
    dn = frame(rng.uniform(84, 1000, (16, 16)), black=np.array(64.0), white=np.array(1023.0))
    truth = (dn.pixels - 84) / (1023 - 84)
    loss = jax.jit(jax.value_and_grad(lambda o: ((SubtractBlack(offset=o)(dn).pixels - truth) ** 2).mean()))
    offset, before = 0.0, None
    for _ in range(20):  # secant steps on the slope
        _, slope = loss(offset)
        step = 1.0 if before is None else -slope * (offset - before[0]) / (slope - before[1] + 1e-30)
        before, offset = (offset, slope), offset + float(step)
        if abs(step) < 1e-4:
            break
    assert offset == pytest.approx(20, rel=0.01)


def test_offset_gradient_equals_differences():
    with jax.enable_x64(True):
        rng = np.random.default_rng(6)
        dn = frame(rng.uniform(0, 1000, (8, 8)), black=np.array([60.0, 64, 64, 70]), white=np.array([1023.0, 1000, 1010, 1023]))
        dn = dn.but(pixels=dn.pixels.astype(float), black_rows=rng.normal(0, 3, 8))

        def loss(offset, rows):
            return (SubtractBlack(offset=offset, rows=rows)(dn).pixels ** 2).sum()

        slopes = jax.grad(loss, (0, 1))(5.0, 0.8)
        differences = (loss(5.001, 0.8) - loss(4.999, 0.8)) / 0.002, (loss(5.0, 0.801) - loss(5.0, 0.799)) / 0.002
        np.testing.assert_allclose(slopes, differences, rtol=1e-6)
