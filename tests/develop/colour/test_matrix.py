"""Camera colour to working colour: closed forms, gradients, and what happens to the facts."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Domain, Frame
from isp.develop.colour.fixed_matrix import FixedMatrix
from isp.develop.colour.matrix import Matrix

CAMERA = np.array([[[0.9, -0.2, -0.1], [-0.4, 1.2, 0.2], [-0.1, 0.3, 0.6]], [[0.7, -0.1, -0.05], [-0.5, 1.3, 0.2], [-0.1, 0.2, 0.7]]])
FORWARD = np.array([[[0.6, 0.2, 0.16], [0.25, 0.7, 0.05], [0.05, 0.05, 0.72]]])
LIGHTS = np.array([2856.0, 6504.0])
PIXELS = np.float32(np.random.default_rng(0).uniform(-0.1, 1.2, (4, 6, 3)))
GAINS = np.float32([2.0, 1.0, 1.5])


def frame(**facts):
    return Frame(pixels=jnp.asarray(PIXELS), domain=Domain.CAMERA, **facts)


CALIBRATIONS = {
    "one": {"camera_matrix": CAMERA[:1], "illuminants": LIGHTS[:1]},
    "two": {"camera_matrix": CAMERA, "illuminants": LIGHTS},
    "two without illuminants": {"camera_matrix": CAMERA},
    "forward": {"camera_matrix": CAMERA, "illuminants": LIGHTS, "forward_matrix": np.repeat(FORWARD, 2, 0)},
    "forward alone": {"forward_matrix": FORWARD},
}


@pytest.mark.parametrize("primaries", ["srgb", "display_p3", "rec2020"])
@pytest.mark.parametrize("facts", CALIBRATIONS.values(), ids=CALIBRATIONS)
def test_grey_stays_grey_exactly(facts, primaries):
    grey = Frame(pixels=jnp.full((2, 2, 3), 0.37), domain=Domain.CAMERA, balanced=GAINS, **facts)
    made = Matrix(primaries=primaries)(grey)
    np.testing.assert_allclose(made.array, 0.37, atol=1e-6)
    assert (made.domain, made.primaries) == (Domain.WORKING, primaries)


def test_single_matrix_is_the_closed_form():
    made = Matrix()(frame(balanced=GAINS, **CALIBRATIONS["one"]))
    xyz = PIXELS / GAINS @ np.linalg.inv(CAMERA[0]).T
    white = np.linalg.inv(CAMERA[0]) @ (1 / GAINS)
    adapt = colour.adaptation.matrix_chromatic_adaptation_VonKries(white, colour.xy_to_XYZ((0.3127, 0.3290)), transform="Bradford")
    space = colour.RGB_COLOURSPACES["sRGB"].copy()
    space.use_derived_transformation_matrices(True)
    np.testing.assert_allclose(made.array, xyz @ adapt.T @ space.matrix_XYZ_to_RGB.T, atol=1e-5)


def test_a_true_camera_returns_true_colours():
    """A camera whose matrix is known exactly, in the light it was made for, gives back the linear sRGB it was shown."""
    space = colour.RGB_COLOURSPACES["sRGB"].copy()
    space.use_derived_transformation_matrices(True)
    unbalanced = np.abs(PIXELS) @ (CAMERA[1] @ space.matrix_RGB_to_XYZ).T
    neutral = CAMERA[1] @ space.matrix_RGB_to_XYZ @ np.ones(3)
    seen = Frame(pixels=jnp.asarray(unbalanced / neutral), domain=Domain.CAMERA, balanced=1 / neutral, camera_matrix=CAMERA[1:])
    np.testing.assert_allclose(Matrix()(seen).array, np.abs(PIXELS), atol=1e-5)


def test_a_frame_without_a_matrix_keeps_its_camera_colours_and_names_no_primaries():
    made = Matrix()(frame(balanced=GAINS))
    np.testing.assert_array_equal(made.array, PIXELS)
    assert made.primaries is None


def test_white_is_where_a_neutral_colour_begins_to_saturate():
    made = Matrix()(frame(balanced=GAINS, white=np.array([1.9, 1.0, 1.4]), **CALIBRATIONS["two"]))
    np.testing.assert_allclose(made.white, 1.0, atol=1e-6)


def test_single_precision_stays_and_double_agrees():
    facts = {"balanced": GAINS, **CALIBRATIONS["two"]}
    single = Matrix()(frame(**facts))
    assert single.array.dtype == jnp.float32
    with jax.enable_x64(True):
        assert Matrix()(frame(**facts)).array.dtype == jnp.float32
        double = Matrix()(Frame(pixels=jnp.asarray(PIXELS, jnp.float64), domain=Domain.CAMERA, **facts))
        np.testing.assert_allclose(single.array, double.array, atol=5e-6)


def test_fixed_matrix_multiplies_and_moves_the_facts():
    m = np.array([[1.5, -0.4, -0.1], [-0.2, 1.4, -0.2], [0.0, -0.6, 1.6]])
    made = FixedMatrix(matrix=m)(frame(white=np.ones(3), noise=np.tile([0.01, 1e-4], (3, 1))))
    np.testing.assert_allclose(made.array, PIXELS @ m.T, atol=1e-6)
    np.testing.assert_allclose(made.white, m.sum(1), atol=1e-6)
    np.testing.assert_allclose(made.noise, (m**2).sum(1)[:, None] * [0.01, 1e-4], rtol=1e-5)


def test_a_matrix_is_recovered_by_descent():
    true = np.array([[1.5, -0.4, -0.1], [-0.2, 1.4, -0.2], [0.0, -0.6, 1.6]])
    target = FixedMatrix(matrix=true)(frame()).array
    slope = jax.jit(jax.grad(lambda m: jnp.mean((FixedMatrix(matrix=m)(frame()).array - target) ** 2)))
    m = jnp.eye(3)
    for _ in range(1500):
        m = m - 1.5 * slope(m)
    np.testing.assert_allclose(m, true, atol=0.01)
