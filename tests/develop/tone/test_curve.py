"""A curve of knots against NumPy, other curves, and the knots of a hidden one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import ChainError, Domain, Frame
from isp.develop.tone.curve import Curve
from isp.develop.tone.filmic import Filmic
from isp.ops.curve import decode_srgb, encode_srgb, looked_up, rooted, squared

B = 0.04
C = np.sqrt(1 + B * B) - B


def frame(pixels, **facts):
    return Frame(pixels=jnp.asarray(pixels)[None], domain=Domain.WORKING, primaries="srgb", **facts)


def grey(stage, values, **facts):
    return np.asarray(stage(frame(np.repeat(np.asarray(values)[:, None], 3, 1), **facts)).array)[0, :, 0]


def test_a_straight_line_changes_nothing():
    x = np.concatenate([np.linspace(-0.5, 8, 60), [1e-30, 1e3, 1e30]])
    with jax.enable_x64(True):
        np.testing.assert_allclose(grey(Curve(knots=np.linspace(0, 1, 5)), x, white=np.full(3, 1.0)), x, rtol=1e-9)


def test_between_knots_it_is_what_numpy_interpolates():
    knots, x = np.random.default_rng(3).uniform(0, 1, 9), np.linspace(0, 1, 101)
    root = (np.sqrt(x + B * B) - B) / C
    with jax.enable_x64(True):
        np.testing.assert_allclose(
            looked_up(jnp.asarray(knots), jnp.asarray(root)), np.interp(root, np.linspace(0, 1, 9), knots), atol=1e-12
        )
        wanted = (C * np.interp(root, np.linspace(0, 1, 9), knots) + B) ** 2 - B * B
        np.testing.assert_allclose(grey(Curve(knots=knots), x), wanted, atol=1e-12)


def test_the_axis_is_a_root_and_back():
    x = np.linspace(-0.2, 30, 500)
    with jax.enable_x64(True):
        np.testing.assert_allclose(squared(rooted(x)), x, atol=1e-12)
        np.testing.assert_allclose(rooted(x[x >= 0]), (np.sqrt(x[x >= 0] + B * B) - B) / C, atol=1e-12)
        assert float(jax.grad(rooted)(0.0)) == pytest.approx(float(encode_srgb(1e-6) / 1e-6), rel=0.02), "as steep as sRGB at black"


@pytest.mark.parametrize("knots, largest", [(17, 1.5), (33, 0.4)])
def test_few_knots_express_a_filmic_curve(knots, largest):
    """To a fraction of an 8-bit code of sRGB."""
    x = np.linspace(0, 1, 2000)
    with jax.enable_x64(True):
        wanted = grey(Filmic(), x)
        at = np.asarray(squared(np.linspace(0, 1, knots)))
        made = grey(Curve(knots=np.asarray(rooted(grey(Filmic(), at)))), x)
        assert 255 * np.abs(encode_srgb(jnp.asarray(made)) - encode_srgb(jnp.asarray(wanted))).max() < largest


def test_the_last_knot_stands_at_white_whatever_the_sensor_saturates_at():
    knots = np.array([0.0, 0.6, 0.9])
    for known in (None, np.full(3, 4.0)):
        assert grey(Curve(knots=knots), [1.0], white=known)[0] == pytest.approx(float(squared(0.9)), rel=1e-5)
        assert grey(Curve(knots=knots, white=2.0), [2.0], white=known)[0] == pytest.approx(float(squared(0.9)), rel=1e-5)
    made = Curve(knots=knots, white=4.0)(frame(np.ones((2, 3)), white=np.full(3, 4.0)))
    np.testing.assert_allclose(made.white, float(squared(0.9)), rtol=1e-5)


def test_a_gradient_finds_the_knots_of_a_hidden_curve():
    """Least squares by plain gradient steps: the curve of decoded sRGB, whose knots are known, from grey values alone."""
    x = np.asarray(squared(np.linspace(0, 1, 400)))
    knots = np.asarray(rooted(decode_srgb(jnp.linspace(0, 1, 9))))
    target = grey(Curve(knots=knots), x)

    @jax.jit
    def step(at):
        def off(k):
            made = Curve(knots=k)(frame(jnp.repeat(jnp.asarray(x, at.dtype)[:, None], 3, 1))).array[0, :, 0]
            return jnp.sum((rooted(made) - rooted(target)) ** 2)

        return at - 0.01 * jax.grad(off)(at)

    at = jnp.linspace(0.0, 1.0, 9)
    for _ in range(400):
        at = step(at)
    np.testing.assert_allclose(at, knots, atol=5e-3)


def test_one_knot_is_no_curve():
    with pytest.raises(ChainError, match=r"tone\.curve\.knots"):
        Curve(knots=np.array([0.5]))(frame(np.ones((2, 3))))
