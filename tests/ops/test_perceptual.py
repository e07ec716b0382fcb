"""PU21, PQ, OkLab, L*u*v* and contrast sensitivities against colour-science, published numbers and closed forms."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.ops.colour import rgb_to_xyz
from isp.ops.perceptual import luv, oklab, pq, pu21, seen_blue_yellow, seen_lightness, seen_red_green

CURVES = {"pu21": (pu21, 0.005, 1e4), "pq": (pq, 5e-7, 1.0), "oklab": (oklab, 1e-6, 1e3), "luv": (luv, 1e-6, 1e3)}


def test_pq_is_that_of_colour_science():
    light = np.geomspace(5e-7, 1, 300)
    with jax.enable_x64(True):
        np.testing.assert_allclose(pq(jnp.asarray(light)), colour.models.eotf_inverse_ST2084(1e4 * light), atol=1e-12)
    np.testing.assert_allclose(pq(jnp.asarray(light, jnp.float32)), colour.models.eotf_inverse_ST2084(1e4 * light), atol=2e-5)


def test_pu21_has_its_published_ends_and_256_at_100_nits():
    # The ends are those that the authors give for this set of coefficients: 5.4705e-10 and 595.3939; 256 is what it was designed for.
    with jax.enable_x64(True):
        assert float(pu21(jnp.asarray(0.005))) == pytest.approx(5.4705e-10, abs=1e-6)
        assert float(pu21(jnp.asarray(1e4))) == pytest.approx(595.3939, abs=1e-4)
    assert float(pu21(100.0)) == pytest.approx(256, abs=1)


def test_oklab_is_that_of_colour_science_down_to_faint_light():
    rgb = np.random.default_rng(0).uniform(0.002, 1.2, (500, 3))
    with jax.enable_x64(True):
        # Its matrices from XYZ are rounded to ten digits and meant for slightly different primaries.
        np.testing.assert_allclose(oklab(jnp.asarray(rgb)), colour.XYZ_to_Oklab(rgb @ rgb_to_xyz("srgb").T), atol=2e-3)
        np.testing.assert_allclose(oklab(jnp.ones(3)), [1, 0, 0], atol=1e-7)


def test_the_published_oklab_of_four_colours():
    # Ottosson's own table of XYZ and OkLab, three digits.
    xyz = np.array([[0.950, 1.0, 1.089], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    wanted = [[1.0, 0.0, 0.0], [0.450, 1.236, -0.019], [0.922, -0.671, 0.263], [0.153, -1.415, -0.449]]
    with jax.enable_x64(True):
        np.testing.assert_allclose(oklab(jnp.asarray(xyz @ np.linalg.inv(rgb_to_xyz("srgb")).T)), wanted, atol=2e-3)


def test_luv_is_that_of_colour_science():
    xyz = np.random.default_rng(1).uniform(0.01, 1.2, (500, 3))
    with jax.enable_x64(True):
        white = colour.xy_to_xyY([0.3127, 0.3290])[:2]
        np.testing.assert_allclose(luv(jnp.asarray(xyz)), colour.XYZ_to_Luv(xyz, white), atol=1e-9)


@pytest.mark.parametrize("name", CURVES)
def test_slopes_are_finite_true_and_do_not_jump(name):
    curve, low, high = CURVES[name]
    colours = name in ("oklab", "luv")
    direction = np.array([1.0, 0.7, 0.4])
    with jax.enable_x64(True):

        def along(x):
            return jnp.sum(curve(x * direction) if colours else curve(x))

        slope, value = jax.jit(jax.vmap(jax.grad(along))), jax.jit(jax.vmap(along))
        knees = (low, high, 1e-4) if name != "luv" else (1e-3 * 19.2 / 11.7,)
        x = jnp.asarray([*(-np.geomspace(1e-9, 10 * high, 40)), 0.0, *np.geomspace(1e-9, 10 * high, 80)])
        found, step = slope(x), 1e-6 * jnp.maximum(jnp.abs(x), low)
        assert np.isfinite(found).all()
        by_difference = (value(x + step) - value(x - step)) / (2 * step)
        np.testing.assert_allclose(found, by_difference, rtol=1e-4, atol=1e-5 * float(jnp.abs(found).max()))
        if name != "luv":
            for knee in knees:
                np.testing.assert_allclose(slope(jnp.asarray([knee * (1 - 1e-9)])), slope(jnp.asarray([knee * (1 + 1e-9)])), rtol=1e-5)
    kept = jnp.asarray([-1e6, -0.1, 0, 1e-30, 1e30], jnp.float32)
    made = jax.jit(jax.vmap(jax.grad(lambda x: jnp.sum(curve(x * jnp.ones(3, jnp.float32))))))(kept)
    assert np.isfinite(made).all() and made.dtype == jnp.float32


def test_sensitivities_start_where_they_are_said_to_and_colour_falls_sooner():
    f = np.linspace(0.01, 60, 6000)
    for seen in (seen_lightness, seen_red_green, seen_blue_yellow):
        assert float(seen(f).max()) == pytest.approx(1, abs=1e-3)
    assert f[np.argmax(seen_lightness(f))] == pytest.approx(4, abs=0.02)
    half = [f[np.flatnonzero(np.asarray(seen(f)) > 0.5).max()] for seen in (seen_lightness, seen_red_green, seen_blue_yellow)]
    assert half[0] > half[1] > half[2]
