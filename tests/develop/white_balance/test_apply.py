"""White balance: gains reach their own colour in any phase, and white, noise and the tally move along."""

import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, Chain, ChainError, Domain, Frame
from isp.develop.measure.as_shot import AsShot
from isp.develop.white_balance.apply import Apply

GAINS = np.array([2.0, 1.0, 1.5])


def mosaic(pattern, **facts):
    cfa = Cfa.bayer(pattern)
    light = np.array([{"r": 0.25, "g": 0.5, "b": 1 / 3}[c] for c in cfa.sites]).reshape(2, 2)
    return Frame(pixels=jnp.asarray(np.tile(light, (4, 5)), jnp.float32), domain=Domain.MOSAIC, cfa=cfa, wb_gains=GAINS, **facts)


@pytest.mark.parametrize("pattern", ["rggb", "bggr", "grbg", "gbrg"])
def test_a_grey_card_becomes_grey_in_every_phase(pattern):
    out = Apply()(mosaic(pattern))
    np.testing.assert_allclose(out.pixels, 0.5, rtol=1e-6)
    np.testing.assert_array_equal(out.balanced, GAINS)
    assert out.wb_gains is None


def test_white_and_noise_move_with_their_colour():
    out = Apply()(mosaic("gbrg", white=np.ones(4), noise=np.tile([1e-3, 1e-5], (4, 1))))
    each = GAINS[[1, 2, 0, 1]]
    np.testing.assert_allclose(out.white, each)
    np.testing.assert_allclose(out.noise, np.stack([1e-3 * each, 1e-5 * each**2], -1), rtol=1e-6)


def test_correction_multiplies_and_is_counted():
    out = Apply.of(correction=(1.1, 1.0, 0.9))(mosaic("rggb"))
    np.testing.assert_allclose(out.pixels[:2, :2], [[0.55, 0.5], [0.5, 0.45]], rtol=1e-6)
    np.testing.assert_allclose(out.balanced, GAINS * [1.1, 1, 0.9])


def test_balancing_twice_by_what_the_camera_chose_changes_nothing_more():
    twice = Chain((AsShot(), Apply(), AsShot(), Apply()), ("a", "b", "c", "d"), Domain.MOSAIC)
    out = twice(mosaic("rggb", as_shot=GAINS).but(wb_gains=None))
    np.testing.assert_allclose(out.pixels, 0.5, rtol=1e-6)
    np.testing.assert_allclose(out.balanced, GAINS, rtol=1e-6)


def test_without_gains_it_refuses():
    with pytest.raises(ChainError, match="wb_gains"):
        Apply()(mosaic("rggb").but(wb_gains=None))
