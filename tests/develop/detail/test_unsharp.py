"""Unsharp masking: against scipy's Gaussian, its limits, its gradients and its independence of the tile."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isp.core import Domain, Frame
from isp.core.planes import Planes
from isp.develop.detail.unsharp import DARK, REACH, Unsharp
from isp.tune.slopes import pushed

RNG = np.random.default_rng(0)
WEIGHTS = np.array([0.2126390059, 0.7151686788, 0.0721923154])
SMOOTH = gaussian_filter(RNG.uniform(0, 1, (40, 48, 3)), (1, 1, 0)) + 0.1


def frame(pixels, **facts):
    return Frame(pixels=jnp.asarray(pixels), domain=Domain.WORKING, primaries="srgb", **facts)


@jax.jit
def sharpened(stage, seen):
    return stage(seen).array


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.8])
def test_without_coring_and_limit_it_is_the_textbook_formula(radius):
    """Gaussian of scipy, cut at the same reach and mirrored about the border pixels."""
    with jax.enable_x64(True):
        made = sharpened(Unsharp(amount=0.8, radius=radius, threshold=1e-8, limit=1e8), frame(SMOOTH))
    root = np.sqrt(SMOOTH @ WEIGHTS + DARK)
    soft = gaussian_filter(root, radius, mode="mirror", radius=REACH)
    boost = 0.8 * (root - soft)
    boost = boost / (1 + 2 * np.abs(boost) / root)
    np.testing.assert_allclose(made, SMOOTH * (1 + boost / root)[..., None] ** 2, rtol=1e-6)


def test_flat_areas_stay_and_colours_keep_their_hue():
    np.testing.assert_allclose(sharpened(Unsharp(), frame(np.full((16, 16, 3), 0.4))), 0.4, rtol=1e-5)
    made = np.asarray(sharpened(Unsharp(amount=2.0), frame(SMOOTH)))
    np.testing.assert_allclose(made / made.sum(-1, keepdims=True), SMOOTH / SMOOTH.sum(-1, keepdims=True), atol=1e-5)


def test_edges_become_steeper_but_no_further_than_the_limit():
    edge = np.full((16, 32, 3), 0.2)
    edge[:, 16:] = 0.6
    for limit in (0.02, 0.1):
        made = np.asarray(sharpened(Unsharp(amount=8.0, limit=limit), frame(edge)))[8, :, 0]
        assert made[16] - made[15] > 0.4 + limit / 4
        assert np.max(np.abs(np.sqrt(made) - np.sqrt(edge[8, :, 0]))) < limit * 1.01


def test_faint_noise_is_not_sharpened_but_structure_is():
    noise = 0.4 + 0.001 * RNG.normal(size=(64, 64, 1)) * np.ones(3)
    held, free = (np.asarray(sharpened(Unsharp(amount=2.0, threshold=t), frame(noise))).std() for t in (0.02, 1e-4))
    assert held < 1.02 * noise.std() < 1.5 * noise.std() < free


def test_the_noise_model_raises_the_threshold():
    noise = 0.4 + 0.01 * RNG.normal(size=(64, 64, 3))
    known = np.tile([0.0, 1e-4], (3, 1))
    plain, cored = sharpened(Unsharp(amount=2.0), frame(noise)), sharpened(Unsharp(amount=2.0, noise=4.0), frame(noise, noise=known))
    assert np.std(cored) < 1.1 * noise.std() < np.std(plain)
    assert Unsharp()(frame(noise, noise=known)).noise is None


def test_it_is_the_same_on_the_planes_of_any_tile():
    stage, whole = Unsharp(), jnp.asarray(SMOOTH, jnp.float32)
    expected = stage(frame(whole)).array
    for tile in ((2, 2), (4, 4)):
        cells = Planes((), tile).cells(stage.reach)
        planes = Planes.split(jnp.pad(whole, [(cells[0] * tile[0],) * 2, (cells[1] * tile[1],) * 2, (0, 0)], mode="reflect"), tile, cells)
        made = stage(frame(whole).but(pixels=planes)).array
        np.testing.assert_allclose(made, expected, atol=1e-6)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 1e3, 1e30, 1e-30])
@pytest.mark.parametrize("end", [0.0, 0.002, 0.998])
def test_gradients_are_finite(level, end):
    start = Unsharp(
        **{n: jnp.float32(d.within.low + end * (d.within.high - d.within.low) if end else d.default) for n, d in Unsharp.declared().items()}
    )
    pixels = np.full((14, 15, 3), level, np.float32)
    pixels[7, 7] *= 0.5
    facts = {"noise": np.tile(np.float32([1e-3, 1e-5]), (3, 1))}
    slopes = jax.jit(jax.grad(lambda s, p: jnp.sum(s(frame(p, **facts)).array), (0, 1)))(start, jnp.asarray(pixels))
    assert all(np.isfinite(s).all() for s in jax.tree.leaves(slopes))


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_gradients_are_those_of_finite_differences(kind):
    with jax.enable_x64(True):
        facts = {"noise": jnp.tile(jnp.asarray([1e-3, 1e-5], kind), (3, 1))}

        @jax.jit
        def total(s, p):
            return jnp.mean(s(frame(p, **facts)).array ** 2) * 10

        exact = jax.tree.map(jnp.float64, Unsharp())
        rough = np.clip(SMOOTH + 0.2 * RNG.normal(size=SMOOTH.shape), 0.05, 2)
        ours = jax.jit(jax.grad(total))(jax.tree.map(lambda v: v.astype(kind), exact), jnp.asarray(rough, kind))
        for name in Unsharp.declared():
            value, step = getattr(exact, name), 1e-5
            up, down = (total(exact.with_values(**{name: value + sign * step}), jnp.asarray(rough)) for sign in (1, -1))
            close = {"rel": 1e-4, "abs": 1e-8} if kind == "float64" else {"rel": 2e-3, "abs": 2e-5}
            assert float(getattr(ours, name)) == pytest.approx(float((up - down) / (2 * step)), **close), name


@pytest.mark.parametrize(("name", "true", "wrong"), [("amount", 1.5, 0.4), ("radius", 1.4, 0.7)])
def test_a_parameter_is_recovered_by_descent(name, true, wrong):
    target = sharpened(Unsharp(**{name: true}), frame(SMOOTH))

    @jax.jit
    def newton(v):
        def error_at(v):
            return (Unsharp(**{name: v})(frame(SMOOTH)).array - target).ravel()

        error, push = error_at(v), pushed(error_at, v, jnp.ones(()))
        return v - 0.7 * jnp.dot(push, error) / jnp.dot(push, push)

    value = jnp.float32(wrong)
    for _ in range(40):
        value = newton(value)
    assert float(value) == pytest.approx(true, rel=0.01)
