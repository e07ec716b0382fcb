import jax
import jax.numpy as jnp
import numpy as np

from isp.core.compile import options
from isp.ops.fuse import afresh, cut


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


def test_what_is_found_afresh_is_the_same_and_is_found_twice():
    def twice(x):
        return [1 / x + i for i, x in zip(range(2), afresh(x), strict=False)]

    x = jnp.linspace(1, 2, 64)
    np.testing.assert_array_equal(twice(x), [1 / x, 1 / x + 1])
    np.testing.assert_allclose(jax.grad(lambda x: sum(twice(x)).sum())(x), -2 / x**2, rtol=1e-6)
    assert jax.jit(twice, compiler_options=options()).lower(x).compile().as_text().count("divide(") == 2
