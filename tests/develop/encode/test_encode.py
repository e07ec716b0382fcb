"""Encoding for displays, against colour-science; clipping, rounding and their gradients."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import ChainError, Domain, Frame
from isp.develop.encode.display_p3 import DisplayP3
from isp.develop.encode.rec2020 import Rec2020
from isp.develop.encode.srgb import Srgb

DISPLAYS = {"srgb": (Srgb, "sRGB"), "display_p3": (DisplayP3, "Display P3"), "rec2020": (Rec2020, "ITU-R BT.2020")}
PIXELS = np.random.default_rng(0).uniform(0, 1, (16, 16, 3)).astype(np.float32)


def frame(pixels=PIXELS, primaries="srgb", **facts):
    return Frame(pixels=jnp.asarray(pixels), domain=Domain.WORKING, primaries=primaries, **facts)


@pytest.mark.parametrize("working", DISPLAYS)
@pytest.mark.parametrize("display", DISPLAYS)
def test_values_are_those_of_colour(display, working):
    stage, name = DISPLAYS[display]
    made = stage(bits="float")(frame(primaries=working))
    spaces = [colour.RGB_COLOURSPACES[n].copy() for n in (DISPLAYS[working][1], name)]
    for space in spaces:
        space.use_derived_transformation_matrices(True)
    linear = np.clip(colour.RGB_to_RGB(PIXELS, *spaces, chromatic_adaptation_transform=None), 0, 1)
    expected = (
        colour.models.oetf_BT2020(linear, is_12_bits_system=True) if display == "rec2020" else colour.models.eotf_inverse_sRGB(linear)
    )
    np.testing.assert_allclose(made.array, expected, atol=2e-5)
    assert (made.domain, made.primaries, made.bits) == (Domain.DISPLAY, display, None)
    assert made.transfer == ("bt2020" if display == "rec2020" else "srgb")


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("display", DISPLAYS)
def test_rounding_is_to_codes_of_the_stated_depth(display, bits):
    stage, _ = DISPLAYS[display]
    with jax.enable_x64(True):
        exact = np.asarray(stage(bits="float")(frame(PIXELS.astype(np.float64))).array)
        made = stage(bits=bits)(frame(PIXELS.astype(np.float64)))
    codes = np.asarray(made.array) * (2**bits - 1)
    np.testing.assert_allclose(codes, np.round(codes), atol=1e-6)
    assert np.max(np.abs(codes - exact * (2**bits - 1))) <= 0.5 + (0.05 if bits == 8 else 1e-6)
    assert made.bits == bits


def test_default_is_eight_bits_and_a_depth_nobody_has_is_refused():
    assert Srgb().bits == 8
    with pytest.raises(ChainError, match=r"encode\.srgb\.bits"):
        Srgb.of(bits=9)


def test_values_beyond_the_range_are_held_and_the_sensor_s_facts_end():
    made = Srgb()(frame(np.float32([[[-0.5, 0, 1], [1e30, 1e3, -1e30]]]), white=np.ones(3), noise=np.ones((3, 2))))
    np.testing.assert_array_equal(made.array, [[[0, 0, 1], [1, 1, 0]]])
    assert made.white is None and made.noise is None


def test_unnamed_primaries_are_taken_as_the_display_s():
    made = DisplayP3(bits="float")(frame(primaries=None))
    np.testing.assert_allclose(made.array, colour.models.eotf_inverse_sRGB(PIXELS), atol=3e-6)


@pytest.mark.parametrize("display", DISPLAYS)
def test_gradients_live_everywhere(display):
    edges = jnp.asarray(np.float32([[[-0.1, 0.0, 1e-30], [1.0, 2.0, 1e30]]]))
    slope = jax.grad(lambda p: jnp.sum(DISPLAYS[display][0]()(frame(p, primaries=display)).array))(edges)
    assert np.isfinite(slope).all() and (np.asarray(slope) > 0).all()
