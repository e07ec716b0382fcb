import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from isp.ops.slopes import apart

SITES = np.random.default_rng(0).random((3, 2, 4, 5))


def bent(x, y, p, q):
    return jnp.sin(p * x) * y + q, jnp.exp(-q * y)


def total(p, q, sites):
    return sum((a * b + a).sum() for a, b in apart(bent, (p, q), sites))


def plain(p, q, sites):
    return sum((a * b + a).sum() for a, b in (bent(*site, p, q) for site in sites))


def sites():
    return [tuple(map(jnp.asarray, site)) for site in SITES]


def test_values_and_slopes_are_those_of_the_function_itself():
    with jax.enable_x64(True):
        np.testing.assert_allclose(total(0.7, 0.3, sites()), plain(0.7, 0.3, sites()))
        ours, theirs = (jax.grad(f, argnums=(0, 1, 2))(0.7, 0.3, sites()) for f in (total, plain))
        jax.tree.map(np.testing.assert_allclose, ours, theirs)
        check_grads(total, (0.7, 0.3, sites()), order=2, modes=("fwd", "rev"))


@pytest.mark.parametrize("rows", [5, 6, 8])
def test_slopes_of_numbers_are_added_up_over_parts_of_the_rows(rows):
    def single(x, y, p, q):
        return jnp.sin(p * x) * y + q * x

    with jax.enable_x64(True):
        planes = tuple(jnp.asarray(np.random.default_rng(rows).random((2, rows, 3))))

        def ours(p, q):
            return (apart(single, (p, q), [planes])[0][0] ** 3).sum()

        np.testing.assert_allclose(
            jax.grad(ours, (0, 1))(0.7, 0.3), jax.grad(lambda p, q: (single(*planes, p, q) ** 3).sum(), (0, 1))(0.7, 0.3)
        )
        check_grads(ours, (0.7, 0.3), order=1, modes=("fwd", "rev"))


def test_it_maps_and_compiles():
    many = jnp.array([0.2, 0.5, 0.9])
    mapped = jax.jit(jax.vmap(jax.grad(total), (0, None, None)))(many, 0.3, sites())
    np.testing.assert_allclose(mapped, [jax.grad(plain)(p, 0.3, sites()) for p in many], rtol=1e-5)


def test_what_stands_still_costs_nothing():
    """Planes of which no slope is asked leave none in the program."""
    jaxpr = str(jax.make_jaxpr(jax.grad(lambda p: apart(lambda x, p: p * jnp.tanh(x), (p,), [(jnp.ones(3),)])[0][0].sum()))(2.0))
    assert jaxpr.count("tanh") <= 3
