import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from isp.ops.decide import TAME, share


def test_hard_outside_its_width_and_half_at_a_tie():
    assert share(1.0, 1.3, 0.1) == 1
    assert share(1.3, 1.0, 0.1) == 0
    assert share(1.0, 1.0, 0.1) == share(0.0, 0.0, 0.1) == 0.5


@pytest.mark.parametrize("softness", [TAME, 0.3, 1.0])
def test_slopes_are_those_of_differences(softness):
    with jax.enable_x64(True):
        at = (jnp.float64(1.0), jnp.float64(1.04), jnp.float64(softness))
        check_grads(share, at, order=1, modes=("fwd", "rev"))


def test_a_hard_choice_borrows_a_tame_slope():
    hard, tame = (jax.grad(share)(1.0, 1.01, s) for s in (1e-6, TAME))
    assert share(1.0, 1.01, 1e-6) == 1
    assert hard == tame != 0


@pytest.mark.parametrize("value", [0.0, 1e-30, 1e-8, 1e3, 1e30, 1e37])
def test_finite_everywhere(value):
    for softness in (1e-7, 1.0):
        for other in (value, 0.0, 2 * value):
            slopes = jax.grad(lambda *a: share(*a), argnums=(0, 1, 2))(jnp.float32(value), jnp.float32(other), jnp.float32(softness))
            assert np.all(np.isfinite(slopes))
