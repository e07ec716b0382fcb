"""The temperature of light against colour-science, and tables that run over it."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Chain, ChainError, Domain, Frame, Table
from isp.develop.colour.fixed_matrix import FixedMatrix
from isp.develop.measure.colour_temperature import ColourTemperature
from isp.spec import load

MATRICES = np.array(
    [[[0.6, -0.1, -0.05], [-0.4, 1.2, 0.2], [-0.05, 0.15, 0.6]], [[0.7, -0.2, -0.03], [-0.45, 1.25, 0.22], [-0.1, 0.2, 0.5]]]
)
LIGHTS = np.array([2856.0, 6504.0])


def camera(kelvin, **facts):
    """A frame that was balanced for light of a temperature: daylight, or a black body where it is warmer."""
    xy = colour.temperature.CCT_to_xy_CIE_D(kelvin) if kelvin >= 4000 else colour.temperature.CCT_to_xy(kelvin, method="Kang 2002")
    share = np.clip((1e6 / kelvin - 1e6 / LIGHTS[1]) / (1e6 / LIGHTS[0] - 1e6 / LIGHTS[1]), 0, 1)
    neutral = (share * MATRICES[0] + (1 - share) * MATRICES[1]) @ colour.xy_to_XYZ(xy)
    known = {"camera_matrix": MATRICES, "illuminants": LIGHTS, "balanced": neutral[1] / neutral} | facts
    return Frame(pixels=np.full((2, 2, 3), 0.5), domain=Domain.CAMERA, **known)


def told(frame):
    return ColourTemperature()(frame).colour_temperature


@pytest.mark.parametrize("kelvin", [2400.0, 2856.0, 3500.0, 4500.0, 5500.0, 6504.0, 8000.0])
def test_it_is_the_temperature_for_which_the_frame_was_balanced(kelvin):
    with jax.enable_x64(True):
        assert float(told(camera(kelvin))) == pytest.approx(kelvin, rel=0.01)


def test_gains_to_come_count_like_gains_applied():
    frame = camera(4500.0)
    gains = np.asarray(frame.balanced)
    wanted = float(told(frame))
    assert float(told(frame.but(balanced=None, wb_gains=gains))) == pytest.approx(wanted, rel=1e-4)
    assert float(told(frame.but(balanced=gains / [1.3, 1, 0.8], wb_gains=np.array([1.3, 1, 0.8])))) == pytest.approx(wanted, rel=1e-4)


def test_what_the_file_said_stays_where_nothing_is_known():
    assert told(camera(4500.0, balanced=None)) is None
    assert float(told(camera(4500.0, camera_matrix=None, colour_temperature=np.array(3100.0)))) == 3100


@pytest.mark.parametrize("gains", [(16.0, 1.0, 1 / 16), (1 / 16, 1.0, 16.0), (1e-3, 1.0, 1e-3)])
def test_absurd_gains_have_a_finite_temperature_and_slope(gains):
    value, slope = jax.value_and_grad(lambda g: told(camera(4500.0, balanced=g)))(jnp.asarray(gains))
    assert 1600 < float(value) <= 25001 and np.isfinite(slope).all()


def test_a_table_of_matrices_is_linear_in_mired():
    warm, cool = np.eye(3), np.array([[2.0, -0.5, -0.5], [-0.5, 2.0, -0.5], [-0.5, -0.5, 2.0]])
    stage = FixedMatrix(matrix=Table(np.stack([warm, cool]), "colour_temperature", (2850.0, 6500.0)))
    pixels = np.random.default_rng(0).random((2, 2, 3)).astype(np.float32)
    for kelvin in (2000.0, 2850.0, 4000.0, 6500.0, 9000.0):
        share = np.interp(-1 / kelvin, [-1 / 2850, -1 / 6500], [0, 1])
        made = stage(Frame(pixels=pixels, domain=Domain.CAMERA, colour_temperature=np.float32(kelvin)))
        np.testing.assert_allclose(made.pixels, pixels @ ((1 - share) * warm + share * cool).T, rtol=1e-4, atol=1e-5)


def test_yaml_says_it_and_a_frame_without_the_fact_is_told_what_to_do():
    text = """
isp: 1
stages:
  - measure.colour_temperature
  - colour.fixed_matrix: {matrix: {over: colour_temperature, at: {2850: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], 6500: [[2, -1, 0], [0, 1, 0], [0, 0, 1]]}}}
input: camera
"""
    chain = load(text)
    made = np.asarray(chain(camera(6504.0)))
    np.testing.assert_allclose(made[0, 0], [0.5, 0.5, 0.5], atol=1e-3)
    bare = Chain(chain.stages[1:], chain.names[1:], Domain.CAMERA)
    with pytest.raises(ChainError, match=r"colour_temperature.*measure\.colour_temperature"):
        bare(camera(6504.0))


def test_a_gradient_reaches_every_knot_between_which_the_light_lies():
    table = Table(jnp.stack([jnp.eye(3)] * 3), "colour_temperature", (2850.0, 4500.0, 6500.0))
    frame = camera(5500.0, colour_temperature=np.array(5500.0))
    slope = jax.grad(lambda t: FixedMatrix(matrix=t)(frame).pixels.sum())(table).values
    sizes = np.abs(np.asarray(slope)).sum((1, 2))
    assert sizes[0] == 0 and (sizes[1:] > 0).all()
