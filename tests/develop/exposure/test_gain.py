"""Exposure in stops, with the facts moved along."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame
from isp.develop.exposure.gain import Gain

PIXELS = np.float32([[-0.1, 0.0], [0.5, 1.0]])


def frame(**facts):
    return Frame(pixels=jnp.asarray(PIXELS), domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"), **facts)


def test_a_stop_doubles_light_white_and_noise_alike():
    made = Gain(ev=1.0)(frame(white=np.ones(4), noise=np.tile([0.01, 1e-4], (4, 1))))
    np.testing.assert_allclose(made.array, 2 * PIXELS, rtol=1e-6)
    np.testing.assert_allclose(made.white, 2.0, rtol=1e-6)
    np.testing.assert_allclose(made.noise, np.tile([0.02, 4e-4], (4, 1)), rtol=1e-5)


@pytest.mark.parametrize(("share", "stops", "left"), [(0.0, 0.5, 1.5), (1.0, 2.5, -0.5), (0.25, 1.0, 1.0)])
def test_the_measured_gain_is_applied_in_part_and_the_rest_remembered(share, stops, left):
    made = Gain(ev=0.5, measured=share)(frame(exposure_gain=np.float32(2.0)))
    np.testing.assert_allclose(made.array, PIXELS * 2**stops, rtol=1e-5)
    assert float(made.exposure_gain) == pytest.approx(left)


def test_an_exposure_is_recovered_by_descent():
    target = Gain(ev=1.3)(frame()).array
    slope = jax.jit(jax.grad(lambda ev: jnp.mean((Gain(ev=ev)(frame()).array - target) ** 2)))
    ev = jnp.float32(-1.0)
    for _ in range(400):
        ev = ev - 0.3 * slope(ev)
    assert float(ev) == pytest.approx(1.3, rel=0.01)
