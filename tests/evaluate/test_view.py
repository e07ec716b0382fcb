"""Frames as losses see them, against colour-science."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Domain, Frame
from isp.evaluate import view as module
from isp.evaluate.view import DOMAINS

view = jax.jit(module.view, static_argnums=1)
RNG = np.random.default_rng(0)
LIGHT = RNG.uniform(0, 1.5, (6, 7, 3))


def frame(light, domain=Domain.WORKING, primaries="srgb"):
    return Frame(pixels=jnp.asarray(light), domain=domain, primaries=primaries)


def wanted(light, domain):
    """The same by colour-science."""
    if domain == "display":
        return colour.models.eotf_inverse_sRGB(light)
    if domain == "pq":
        return colour.models.eotf_inverse_ST2084(100 * light) / colour.models.eotf_inverse_ST2084(100.0)
    xyz = colour.RGB_to_XYZ(light, "sRGB")
    if domain == "lab":
        return colour.XYZ_to_Lab(xyz, [0.3127, 0.3290])
    return 100 * colour.XYZ_to_Oklab(xyz) if domain == "oklab" else light


@pytest.mark.parametrize("domain, within", [("display", 3e-6), ("linear", 0), ("pq", 1e-9), ("lab", 0.02), ("oklab", 0.3)])
def test_a_working_frame_in_each_domain(domain, within):
    with jax.enable_x64(True):
        np.testing.assert_allclose(view(frame(LIGHT), domain), wanted(LIGHT, domain), atol=within)


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_the_pipeline_ends_in_does_not_matter(domain):
    with jax.enable_x64(True):
        seen = view(frame(LIGHT), domain)
        to_p3 = (
            np.linalg.inv(colour.models.RGB_COLOURSPACE_DISPLAY_P3.matrix_RGB_to_XYZ) @ colour.models.RGB_COLOURSPACE_sRGB.matrix_RGB_to_XYZ
        )
        in_p3 = LIGHT @ to_p3.T
        scale = float(jnp.abs(seen).max())
        for other in (
            frame(wanted(LIGHT, "display"), Domain.DISPLAY),
            frame(wanted(LIGHT, "display"), Domain.DISPLAY, None),
            frame(in_p3, Domain.WORKING, "display_p3"),
            frame(wanted(in_p3, "display"), Domain.DISPLAY, "display_p3"),
        ):
            np.testing.assert_allclose(view(other, domain), seen, atol=1e-3 * scale)


@pytest.mark.parametrize("domain", ["pu", "pq", "display", "linear"])
def test_white_is_one(domain):
    np.testing.assert_allclose(view(frame(np.ones((1, 1, 3), np.float32)), domain), 1, atol=1e-5)


@pytest.mark.parametrize("domain", ["lab", "oklab"])
def test_white_has_lightness_100_and_no_colour(domain):
    np.testing.assert_allclose(view(frame(np.ones((1, 1, 3), np.float32)), domain)[0, 0], [100, 0, 0], atol=1e-3)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("kind", [Domain.WORKING, Domain.DISPLAY])
def test_slopes_are_finite_for_any_light_and_of_the_pixels_type(domain, kind):
    light = jnp.asarray([-1e3, -0.1, -1e-30, 0.0, 1e-30, 1e-6, 0.0031308, 0.04045, 0.5, 1.0, 1.5, 1e4], jnp.float32)[
        :, None, None
    ] * jnp.ones((1, 1, 3), jnp.float32)
    made, slope = jax.jit(jax.value_and_grad(lambda x: jnp.sum(view(frame(x, kind), domain) ** 2)))(light)
    assert np.isfinite(made) and np.isfinite(slope).all() and slope.dtype == jnp.float32
    shade = jax.grad(lambda g: view(frame(g * jnp.ones((1, 1, 3), jnp.float32), kind), domain)[0, 0, 0])
    rising = jax.jit(jax.vmap(shade))
    assert (rising(light[:, 0, 0]) > 0).all(), "darker than black and lighter than white still have a slope"


def test_a_clip_is_seen_frame_by_frame():
    clip = jnp.asarray(RNG.uniform(0, 1, (2, 4, 5, 3)), jnp.float32)
    seen = jax.jit(lambda f: [module.view(f, domain) for domain in DOMAINS])
    for whole, second in zip(seen(frame(clip)), seen(frame(clip[1]))):
        np.testing.assert_allclose(whole[1], second, atol=1e-4)
