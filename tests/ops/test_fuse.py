import jax
import jax.numpy as jnp
import numpy as np

from isp.ops.fuse import cut


def test_changes_nothing_and_lets_slopes_and_batches_through():
    x = jnp.arange(6.0).reshape(2, 3)

    def f(x):
        doubled, (squared,) = cut((2 * x, (x**2,)))
        return (doubled * squared).sum()

    np.testing.assert_allclose(f(x), (2 * x**3).sum())
    np.testing.assert_allclose(jax.grad(f)(x), 6 * x**2)
    np.testing.assert_allclose(jax.vmap(f)(x), (2 * x**3).sum(1))
    np.testing.assert_allclose(jax.jvp(jax.grad(f), (x,), (jnp.ones_like(x),))[1], 12 * x)


def test_is_there_for_the_compiler():
    assert "optimization_barrier" in jax.jit(lambda x: cut(x + 1) * 2).lower(1.0).as_text()
