"""Electrons to numbers, and back by the straight line that the facts state."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.capture.adc.digital_gain import DigitalGain
from isp.capture.adc.linear import Linear
from isp.core import Cfa, Domain, Frame, Table
from isp.develop.level.subtract_black import SubtractBlack


def electrons(pixels, **facts):
    return Frame(pixels=np.asarray(pixels, np.float32), domain=Domain.ELECTRONS, cfa=Cfa.bayer("gbrg"), **facts)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16, 20])
def test_numbers_are_the_rounded_straight_line_at_every_depth(bits):
    top = 2**bits - 1
    x = np.rint(np.linspace(-500, 1.3 * top, 64 * 64)).reshape(64, 64)
    made = Linear(gain=0.75, pedestal=17.0, bits=bits)(electrons(x))
    exact = np.clip(np.rint(0.75 * x + 17), 0, top)
    np.testing.assert_array_equal(made.pixels, exact)
    assert made.bits == bits
    np.testing.assert_array_equal(made.white, top)
    np.testing.assert_array_equal(made.black, 17)


def test_the_gain_follows_iso_and_white_is_the_well_or_the_last_number():
    stage, x = Linear(gain=0.5, base_iso=50.0, pedestal=64.0, bits=12), np.full((4, 4), 1000.0)
    for iso, number in ((50, 564), (100, 1064), (200, 2064)):
        made = stage(electrons(x, iso=np.float32(iso), white=np.full(4, 3000, np.float32)))
        np.testing.assert_array_equal(made.pixels, number)
        np.testing.assert_array_equal(made.white, min(4095, 3000 * 0.5 * iso / 50 + 64))


def test_noise_scales_and_gains_the_rounding_error():
    noise = np.tile(np.float32([1.0, 4.0]), (4, 1))
    made = Linear(gain=0.5, pedestal=64.0, bits=12)(electrons(np.zeros((4, 4)), noise=noise))
    slope, floor = np.asarray(made.noise)[0]
    assert slope == pytest.approx(0.5) and slope * 64 + floor == pytest.approx(0.25 * 4 + 1 / 12)
    ramp = np.random.default_rng(0).uniform(100, 5000, (256, 256))
    numbers = np.asarray(Linear(gain=0.5, bits=12)(electrons(ramp)).pixels)
    assert (numbers - (np.float32(0.5) * np.float32(ramp) + 64)).var() == pytest.approx(1 / 12, rel=0.02)


def test_black_carries_the_electrons_of_no_light_and_develop_subtracts_them():
    frame = electrons(np.full((4, 4), 110.0), black=np.full(4, 10, np.float32), white=np.full(4, 2010, np.float32))
    made = Linear(gain=0.5, pedestal=64.0, bits=12)(frame)
    np.testing.assert_allclose(made.black, 69)
    np.testing.assert_allclose(SubtractBlack()(made).pixels, 100 / 2000, rtol=1e-6)


def test_gradients_pass_straight_through_rounding_and_beyond_the_end():
    slope = jax.grad(lambda x: jnp.sum(Linear(gain=0.5)(electrons(np.zeros((4, 4))).but(pixels=x)).pixels))
    np.testing.assert_allclose(slope(jnp.linspace(-1e3, 1e5, 16).reshape(4, 4)), 0.5)


def test_digital_gain_turns_about_black_and_ends_where_the_numbers_do():
    pixels = np.array([[60, 64, 65, 100], [500, 600, 1000, 1023]], np.float32)
    noise = np.tile(np.float32([2.0, -100.0]), (4, 1))
    frame = Frame(
        pixels=pixels, domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), bits=10, noise=noise, black=np.full(4, 64, np.float32),
        white=np.full(4, 1023, np.float32), iso=np.float32(400),
    )  # fmt: skip
    stage = DigitalGain(gain=Table(np.array([1.0, 1.0, 4.0]), "iso", (100.0, 200.0, 800.0)))
    made = stage(frame)  # at ISO 400, half way in its logarithm: 2.5
    np.testing.assert_array_equal(made.pixels, np.clip(np.rint(64 + 2.5 * (pixels - 64)), 0, 1023))
    np.testing.assert_array_equal(made.black, 64)
    np.testing.assert_array_equal(made.white, 1023)
    slope, floor = np.asarray(made.noise)[0]
    before, after = 2 * 264 - 100, slope * (64 + 2.5 * 200) + floor
    assert after == pytest.approx(2.5**2 * before + 1 / 12, rel=1e-5)
