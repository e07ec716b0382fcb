"""The meter in closed form: flat fields, exposure steps, highlights, and balance."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame
from isp.develop.measure.exposure import Exposure


def working(rgb):
    return Frame(pixels=jnp.asarray(rgb, jnp.float32), domain=Domain.WORKING, primaries="srgb")


def ev(frame, **values):
    return float(Exposure(**{"protect": 0.0, "most": 12.0, **values})(frame).exposure_gain)


def soft(x, most=12.0):
    return most * np.tanh(x / most)


@pytest.mark.parametrize("level", [0.01, 0.09, 0.18, 0.36])
def test_a_grey_card_is_brought_to_the_target(level):
    assert ev(working(np.full((8, 8, 3), level))) == pytest.approx(soft(np.log2(0.18 / level)), abs=1e-4)
    assert ev(working(np.full((8, 8, 3), level)), target=0.4) == pytest.approx(soft(np.log2(0.4 / level)), abs=1e-4)


def test_the_mean_is_geometric():
    scene = np.random.default_rng(0).uniform(0.02, 0.8, (40, 40, 1)) * np.ones(3)
    assert ev(working(scene)) == pytest.approx(soft(np.log2(0.18) - np.log2(scene).mean()), abs=1e-3)


def test_a_stop_more_light_asks_for_a_stop_less():
    scene = np.random.default_rng(1).uniform(0.05, 0.3, (32, 32, 3))
    assert ev(working(scene), most=12.0) - ev(working(scene * 2), most=12.0) == pytest.approx(1, abs=0.02)


def test_lamps_do_not_darken_a_picture_but_a_sky_does():
    room = np.full((64, 64, 3), 0.05)
    lamps, sky = room.copy(), room.copy()
    lamps[:4, :6] = 1.0
    sky[:24] = 1.0
    plain = ev(working(room), protect=0.5)
    assert ev(working(lamps), protect=0.5) == pytest.approx(plain, abs=0.06)
    assert ev(working(sky), protect=0.5) < plain - 1


def test_protect_holds_highlights_below_the_ceiling():
    scene = np.full((64, 64, 3), 0.02)
    scene[:8] = 0.6
    free, held = ev(working(scene)), ev(working(scene), protect=1.0, ceiling=1.0)
    assert 0.6 * 2**free > 1.5
    assert 0.6 * 2**held < 1.05


def test_known_balance_is_counted_on_a_mosaic():
    """A grey card seen by an unbalanced sensor is metered as the balanced one."""
    raw = np.tile(np.array([[0.1, 0.2], [0.2, 0.15]]), (16, 16))
    frame = Frame(pixels=jnp.asarray(raw, jnp.float32), domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"), wb_gains=np.array([2.0, 1.0, 4 / 3]))
    assert ev(frame) == pytest.approx(soft(np.log2(0.18 / 0.2)), abs=1e-3)


def test_a_black_frame_asks_for_nothing_and_no_gain_exceeds_the_most():
    assert ev(working(np.zeros((8, 8, 3)))) == 0
    assert abs(float(Exposure(most=2.0)(working(np.full((8, 8, 3), 1e-5))).exposure_gain)) <= 2


def test_slopes_are_true():
    scene = working(np.random.default_rng(2).uniform(0.02, 0.9, (24, 24, 3)))
    slope = jax.grad(lambda t: Exposure(protect=0.0, target=t, most=12.0)(scene).exposure_gain)(0.2)
    rise = 1 - (ev(scene, target=0.2) / 12) ** 2
    assert float(slope) == pytest.approx(rise / (0.2 * np.log(2)), rel=1e-4)
