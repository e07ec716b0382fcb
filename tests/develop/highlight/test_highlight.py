"""Light of known colour, brightened until the sensor saturates: what comes out must not change its hue for a hue that light never had."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from isp.core import Domain, Frame
from isp.develop.highlight.clip import Clip
from isp.develop.highlight.recover import Recover, recovered

GAINS = np.array([1.9, 1.0, 1.6], np.float32)
STOPS = np.linspace(-3, 4, 71)


def ramp(colour) -> tuple[np.ndarray, Frame]:
    """True light of one colour over seven stops, and what a sensor that saturates at 1 before balance hands on."""
    light = (2.0**STOPS)[None, :, None] * np.asarray(colour)
    seen = np.minimum(light, GAINS).astype(np.float32)
    return light[0], Frame(pixels=np.repeat(seen, 4, 0), domain=Domain.CAMERA, white=GAINS, balanced=GAINS)


@pytest.mark.parametrize("stage", [Clip(), Recover()], ids=["clip", "recover"])
def test_white_stays_white_at_every_brightness(stage):
    _, frame = ramp((1, 1, 1))
    out = np.asarray(stage(frame).pixels)[0]
    assert (out.max(1) / out.min(1)).max() < 1.2
    assert np.allclose(out[-1], out[-1].mean(), rtol=0.02)


def test_unrecovered_white_is_pink():
    _, frame = ramp((1, 1, 1))
    last = np.asarray(frame.pixels)[0, -1]
    assert last[0] / last[1] > 1.5 and last[2] / last[1] > 1.5


@pytest.mark.parametrize("colour", [(1, 0.2, 0.1), (0.9, 0.5, 0.1), (0.1, 0.3, 1), (0.2, 1, 0.3)], ids=["red", "orange", "blue", "green"])
def test_recovery_gives_a_coloured_light_no_other_colour(colour):
    """The order of its channels stays, to within 20 % of the largest: what two limits no longer tell apart may become neutral, but the
    opposite colour never appears."""
    light, frame = ramp(colour)
    out = np.asarray(Recover()(frame).pixels)[0]
    order = np.argsort(colour)
    for row, true in zip(out, light, strict=True):
        if (true < GAINS).any():
            slack = 0.2 * row.max()
            assert row[order[2]] >= row[order[1]] - slack and row[order[1]] >= row[order[0]] - slack


def test_what_is_not_near_saturation_is_untouched():
    _, frame = ramp((0.5, 0.5, 0.5))
    below = np.asarray(frame.pixels).max(-1) < 0.85
    np.testing.assert_array_equal(np.asarray(Recover()(frame).pixels)[below], np.asarray(frame.pixels)[below])
    half = np.abs(np.asarray(frame.pixels) - 0.5) < 0.02
    np.testing.assert_allclose(np.asarray(Clip()(frame).pixels)[half], np.asarray(frame.pixels)[half], atol=2.5e-4)


def test_strength_nothing_is_the_input():
    _, frame = ramp((1, 1, 1))
    np.testing.assert_array_equal(Recover.of(strength=0.0)(frame).pixels, frame.pixels)


def test_brightness_never_falls_as_light_rises():
    for colour in [(1, 1, 1), (1, 0.8, 0.6), (0.6, 0.8, 1)]:
        _, frame = ramp(colour)
        out = np.asarray(Recover()(frame).pixels)[0]
        assert (np.diff(out, axis=0) >= -1e-3).all()


def test_slopes_of_recovery_are_those_of_differences():
    with jax.enable_x64(True):
        light = tuple(jnp.asarray(x) for x in np.random.default_rng(0).uniform(0.2, 1.3, (3, 9, 8)))
        check_grads(recovered, (light, jnp.asarray(0.9), jnp.asarray(2.5), jnp.array([0.9, 1.0, 1.1])), order=1, modes=("rev",), eps=1e-7)
