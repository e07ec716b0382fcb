"""Working colours in other primaries, against colour-science."""

import colour
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Domain, Frame
from isp.develop.working_space.convert import Convert

SPACES = {"srgb": "sRGB", "display_p3": "Display P3", "rec2020": "ITU-R BT.2020"}


@pytest.mark.parametrize("source", SPACES)
@pytest.mark.parametrize("target", SPACES)
def test_conversion_is_that_of_colour(source, target):
    pixels = np.random.default_rng(0).uniform(-0.1, 1, (3, 4, 3))
    made = Convert(primaries=target)(Frame(pixels=jnp.asarray(pixels), domain=Domain.WORKING, primaries=source))
    expected = colour.RGB_to_RGB(pixels, SPACES[source], SPACES[target], chromatic_adaptation_transform=None)
    np.testing.assert_allclose(made.array, expected, atol=1e-3)  # colour takes the rounded matrices of the standards
    assert made.primaries == target


def test_unnamed_primaries_are_left_alone():
    pixels = jnp.ones((2, 2, 3)) * 0.3
    made = Convert()(Frame(pixels=pixels, domain=Domain.WORKING))
    assert made.primaries is None
    np.testing.assert_array_equal(made.array, pixels)
