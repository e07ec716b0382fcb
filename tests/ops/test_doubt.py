import jax
import jax.numpy as jnp
import numpy as np
from jax.test_util import check_grads

from isp.ops.doubt import doubt


def places():
    """Own values from far below to far above what two planes of neighbours allow, lit and dark; every case of the definition is among them."""
    rng = np.random.default_rng(0)
    low, spread, rise = rng.uniform(0.05, 0.5, (2, 6, 9)), rng.uniform(0, 0.1, (2, 6, 9)), rng.normal(0, 0.02, (2, 6, 9))
    own = low + rng.uniform(-0.5, 0.5, (2, 6, 9))
    return tuple(
        map(jnp.asarray, (own, low, low + spread, rng.uniform(0.01, 0.03, (2, 6, 9)), rise, np.array([0.02, 0.04])[:, None, None]))
    )


def test_what_is_allowed_is_not_doubted_and_what_is_far_beyond_is():
    with jax.enable_x64(True):
        _, low, high, deviation, rise, black = places()
        numbers = 6.0, 1.0, 5.0
        allowed = 6 * deviation + high - low
        assert doubt(high, low, high, deviation, 0 * rise, black, *numbers).max() < 1e-3
        np.testing.assert_allclose(doubt(high + allowed, low, high, deviation, 0 * rise, black, *numbers), 0.5, atol=1e-3)
        assert doubt(high + 3 * allowed, low, high, deviation, 0 * rise, black, *numbers).min() > 0.999
        assert doubt(low - 3 * allowed, low, high, deviation, 0 * rise, black, *numbers).min() > 0.999


def test_slopes_are_those_of_differences():
    with jax.enable_x64(True):
        given = *places(), jnp.asarray(4.0), jnp.asarray(0.8), jnp.asarray(2.0)
        check_grads(doubt, given, order=1, modes=("rev",), eps=1e-7)
        slopes = jax.grad(lambda *g: doubt(*g).sum(), tuple(range(9)))(*given)
        assert all(np.abs(s).max() > 1e-3 for s in slopes)
