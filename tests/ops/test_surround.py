"""Pullbacks over the eight neighbours, against those that JAX finds by itself; planes of few levels, so that neighbours tie."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.develop.defect import across_from, along_edges, estimates
from isp.ops.extreme import largest, smallest
from isp.ops.surround import around, ends


def plain_ends(wide, twins):
    values = around(wide, twins).values()
    return smallest(values), largest(values)


def plain_across(wide, twins, noise):
    return (along_edges([(value, apart) for value, apart, _ in estimates(around(wide, twins))], noise),)


def borders(rows, columns):
    """At each border the outer neighbour is the value itself, as where a frame is mirrored."""
    down, across = np.zeros((3, 2, rows, 1), bool), np.zeros((3, 2, 1, columns), bool)
    down[1], across[1] = True, True
    down[0, :, 0], down[2, 1, -1], across[0, :, :, 0], across[2, 0, :, -1] = True, True, True, True
    return jnp.array(down), jnp.array(across)


@pytest.mark.parametrize("levels", [4, 10**6])
def test_pullbacks_are_those_of_the_plain_forms(levels):
    with jax.enable_x64(True):
        rng = np.random.default_rng(levels)
        wide, noise = jnp.array(rng.integers(0, levels, (2, 9, 11)) / levels), jnp.array(rng.uniform(0.02, 0.1, (2, 7, 9)))
        twins = borders(7, 9)
        up = [jnp.array(rng.normal(size=(2, 7, 9))) for _ in range(2)]

        def both(ours, plain, *at):
            (one, pull_one), (other, pull_other) = jax.vjp(ours, *at), jax.vjp(plain, *at)
            jax.tree.map(np.testing.assert_array_equal, one, other)
            jax.tree.map(
                lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12),
                *(pull(tuple(up[: len(one)])) for pull in (pull_one, pull_other)),
            )

        both(lambda w: ends(w, twins), lambda w: plain_ends(w, twins), wide)
        both(lambda w, n: (across_from(w, n, twins),), lambda w, n: plain_across(w, twins, n), wide, noise)
