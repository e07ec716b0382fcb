"""Tone curves: their anchors, closed forms, monotonicity, colours, gradients and tuning."""

import colorsys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from isp.core import Domain, Frame
from isp.develop.tone.filmic import Filmic
from isp.develop.tone.hable import Hable
from isp.develop.tone.linear import Linear
from isp.develop.tone.reinhard import Reinhard

CURVED = [Filmic, Reinhard, Hable]
EDGES = np.float32(
    [
        [0, 0, 0],
        [1, 1, 1],
        [1, 0, 0],
        [-0.1, -0.1, -0.1],
        [-0.1, 0.5, 3.0],
        [1e3, 1e3, 1e3],
        [1e30, 1e30, 0],
        [1e-30, 0, 0],
        [0.2, 0.2, 0.1],
    ]
)


def frame(pixels, **facts):
    return Frame(pixels=jnp.asarray(pixels)[None], domain=Domain.WORKING, primaries="srgb", **facts)


@jax.jit
def developed(stage, seen):
    return stage(seen)


def grey(stage, values, **facts):
    """What the stage makes of grey values."""
    return np.asarray(developed(stage, frame(np.repeat(np.asarray(values, float)[:, None], 3, 1), **facts)).array)[0, :, 0]


def insides(stage):
    """A strategy of the stage with any values inside its limits."""
    fields = {n: st.floats(d.within.low, d.within.high) for n, d in stage.declared().items()}
    return st.fixed_dictionaries(fields).map(lambda values: stage(**values))


@pytest.mark.parametrize("stage", CURVED)
def test_black_is_zero_and_the_white_point_is_one(stage):
    for white, known in ((1.0, 1.0), (4.0, 1.0), (1.5, 3.0)):
        made = grey(stage(white=white), [0.0, white * known], white=np.full(3, known))
        np.testing.assert_allclose(made, [0, 1], atol=1e-5)


@pytest.mark.parametrize("stage", CURVED)
@settings(max_examples=80, deadline=None)
@given(data=st.data(), low=st.floats(-0.5, 100), more=st.floats(1e-3, 100), known=st.floats(0.3, 16))
def test_no_curve_falls_inside_its_limits(stage, data, low, more, known):
    with jax.enable_x64(True):
        made = grey(data.draw(insides(stage)), [low, low + more], white=np.full(3, known))
    assert np.isfinite(made).all()
    assert made[1] >= made[0]


@settings(max_examples=80, deadline=None)
@given(st.floats(1, 4), st.floats(0.1, 0.3), st.floats(1, 64), st.floats(1e-3, 0.1))
def test_filmic_anchors_grey(contrast, target, white, toe):
    power = ((0.18 + toe) ** contrast - toe**contrast) / ((white + toe) ** contrast - toe**contrast)
    assume(power < 0.99 * target)  # a shoulder only ever lifts grey above the plain power
    with jax.enable_x64(True):
        assert grey(Filmic(contrast=contrast, grey=target, white=white, toe=toe), [0.18])[0] == pytest.approx(target, rel=2e-3)


def test_filmic_is_the_response_of_naka_and_rushton():
    """The same curve from its definition: scale and half-saturation found by solving the two anchors with numbers."""
    from scipy.optimize import brentq

    stage, x = Filmic(contrast=1.6, grey=0.2, white=3.0, toe=0.02), np.geomspace(1e-3, 10, 40)

    def response(v, k):
        power = (v + 0.02) ** 1.6
        return power / (power + k) - 0.02**1.6 / (0.02**1.6 + k)

    k = brentq(lambda k: response(0.18, k) / response(3.0, k) - 0.2, 1e-3, 1e3)
    with jax.enable_x64(True):
        np.testing.assert_allclose(grey(stage, x), response(x, k) / response(3.0, k), rtol=1e-6)


def test_reinhard_is_the_published_formula():
    x = np.geomspace(1e-3, 4, 40)
    np.testing.assert_allclose(grey(Reinhard(white=4.0, key=1.0), x), x * (1 + x / 16) / (1 + x), rtol=1e-5)
    np.testing.assert_allclose(grey(Reinhard(), x[x < 1]), x[x < 1], rtol=1e-5)


def test_hable_is_the_published_formula():
    def published(v):
        a, b, c, d, e, f = 0.15, 0.50, 0.10, 0.20, 0.02, 0.30
        return (v * (a * v + c * b) + d * e) / (v * (a * v + b) + d * f) - e / f

    x = np.geomspace(1e-3, 10, 40)
    np.testing.assert_allclose(grey(Hable(), x), published(2 * x) / published(11.2), rtol=1e-4, atol=1e-6)


def test_linear_divides_and_keeps_the_noise_model():
    made = Linear(white=2.0)(frame(EDGES[:5], noise=np.tile([0.1, 0.4], (3, 1))))
    np.testing.assert_allclose(made.array[0], EDGES[:5] / 2)
    np.testing.assert_allclose(made.noise, np.tile([0.05, 0.1], (3, 1)), rtol=1e-6)


@pytest.mark.parametrize("stage", CURVED)
def test_the_noise_model_ends_and_white_moves_along(stage):
    made = stage(white=1.0)(frame(EDGES, noise=np.ones((3, 2)), white=np.full(3, 2.0)))
    assert made.noise is None
    np.testing.assert_allclose(made.white, 1, atol=1e-5)


@pytest.mark.parametrize("stage", [Filmic(keep_hue=1.0), Reinhard(), Hable(keep_hue=1.0)])
@pytest.mark.parametrize("colour", [(0.9, 0.5, 0.1), (0.1, 0.4, 0.9), (0.3, 0.1, 0.6)])
@pytest.mark.parametrize("light", [0.1, 1.0, 4.0])
def test_hue_is_kept(stage, colour, light):
    made = np.asarray(stage(frame(light * np.asarray(colour)[None], white=np.ones(3))).array)[0, 0]
    assert colorsys.rgb_to_hsv(*made)[0] == pytest.approx(colorsys.rgb_to_hsv(*colour)[0], abs=1e-4)


@pytest.mark.parametrize("stage", [Filmic(white=8.0), Hable(white=8.0)])
def test_bright_colours_go_to_white_without_a_detour(stage):
    """Along a growing exposure the saturation of a colour falls steadily, and the order of its channels never changes."""
    light = np.geomspace(0.5, 8, 30)[:, None]
    made = np.asarray(stage(frame(light * [[1.0, 0.5, 0.25]], white=np.ones(3))).array)[0]
    saturation = 1 - made.min(1) / made.max(1)
    assert np.all(np.diff(saturation) < 1e-6)
    assert np.all(np.diff(made, axis=1) < 0)


def test_reinhard_keeps_bright_colours_in_range():
    light = np.geomspace(0.01, 1, 30)[:, None]
    made = np.asarray(Reinhard()(frame(light * [[1.0, 0.3, 0.1]], white=np.ones(3))).array)[0]
    assert made.max() <= 1.0 + 1e-5


@pytest.mark.parametrize("stage", [*CURVED, Linear])
@pytest.mark.parametrize("end", [0.0, 0.002, 0.5, 0.998])
@pytest.mark.parametrize("pixel", EDGES)
def test_gradients_are_finite_for_every_value_everywhere(stage, end, pixel):
    declared = stage.declared()
    start = stage(
        **{n: jnp.float32(d.within.low + end * (d.within.high - d.within.low) if end else d.default) for n, d in declared.items()}
    )

    def total(s, p):
        return jnp.sum(s(frame(p[None], white=np.ones(3, np.float32))).array)

    value, slopes = jax.jit(jax.value_and_grad(total, (0, 1)))(start, jnp.asarray(pixel))
    assert np.isfinite(value)
    assert all(np.isfinite(s).all() for s in jax.tree.leaves(slopes))


@pytest.mark.parametrize("stage", [*CURVED, Linear])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_gradients_are_those_of_finite_differences(stage, kind):
    pixels = np.random.default_rng(0).uniform(-0.05, 1.5, (64, 3))
    with jax.enable_x64(True):

        @jax.jit
        def total(s, p):
            return jnp.mean(s(frame(p)).array ** 2)

        exact = jax.tree.map(jnp.float64, stage())
        ours = jax.jit(jax.grad(total))(jax.tree.map(lambda v: v.astype(kind), exact), jnp.asarray(pixels, kind))
        for name in stage.declared():
            value, step = getattr(exact, name), 1e-5
            up, down = (total(exact.with_values(**{name: value + sign * step}), jnp.asarray(pixels)) for sign in (1, -1))
            close = {"rel": 1e-5, "abs": 1e-8} if kind == "float64" else {"rel": 2e-3, "abs": 2e-5}
            assert float(getattr(ours, name)) == pytest.approx(float((up - down) / (2 * step)), **close), name


@pytest.mark.parametrize(
    ("name", "true", "wrong"), [("contrast", 1.7, 1.1), ("white", 3.0, 1.2), ("grey", 0.25, 0.15), ("toe", 0.03, 0.006)]
)
def test_a_tone_parameter_is_recovered_by_descent(name, true, wrong):
    pixels = np.random.default_rng(0).uniform(0, 2, (64, 3)).astype(np.float32)
    limits = Filmic.declared()[name].within
    target = Filmic(**{name: true})(frame(pixels)).array

    def off(free):
        return (Filmic(**{name: limits.bind(free)})(frame(pixels)).array - target).ravel()

    @jax.jit
    def newton(free):
        error, push = off(free), jax.jacrev(off)(free)
        return free - 0.5 * jnp.dot(push, error) / (jnp.dot(push, push) + 1e-9)

    free = limits.free(wrong)
    for _ in range(60):
        free = newton(free)
    assert float(limits.bind(free)) == pytest.approx(true, rel=0.01)


@pytest.mark.parametrize("keep", [0.0, 0.5, 1.0])
def test_grey_has_the_slope_of_its_curve(keep):
    """The correction of hue must not flatten the gradient of grey pixels, where the order of the channels is undecided."""
    jacobian = jax.jit(jax.jacobian(lambda p: Filmic(keep_hue=keep)(frame(p[None])).array[0, 0]))(jnp.full(3, 0.3))
    slope = (grey(Filmic(), [0.301])[0] - grey(Filmic(), [0.299])[0]) / 0.002
    np.testing.assert_allclose(jacobian, slope * np.eye(3), atol=2e-3)
