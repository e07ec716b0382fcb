"""Losses of charts, drawn by the scenes that they are for, against closed forms and colour-science."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.optimize import brentq

from isp.core import ChainError, Domain, Frame
from isp.core.errors import DataError
from isp.spec import stage_class
from isp.tune.item import About
from isp.tune.part import part

RNG = np.random.default_rng(0)
WHITE = [0.3127, 0.3290]
SIZE = {"scene.slanted_edge": (48, 64), "scene.dead_leaves": (64, 64), "scene.grey_steps": (32, 120), "scene.colour_checker": (48, 72)}


@pytest.fixture(scope="module")
def chart():
    """The light of a chart over its white, of the size at hand."""

    def drawn(name):
        rows, columns = SIZE[name]
        frame = Frame(pixels=np.ones((rows, columns, 3), np.float32), domain=Domain.SCENE)
        return np.asarray(stage_class(name)()(frame).pixels, np.float64)

    return {name: drawn(name) for name in SIZE}


def loss(name, made, wanted=None, size=None, **fields):
    judge = part("loss", name).of(**fields)
    frames = [
        None if p is None else Frame(pixels=jnp.asarray(p, jnp.float32), domain=Domain.WORKING, primaries="srgb") for p in (made, wanted)
    ]
    return float(jax.jit(lambda a, b: judge(a, b, About(chart=judge.chart, size=size or np.shape(made)[:2])))(*frames))


def noisy(picture, sigma):
    return picture + sigma * RNG.normal(size=picture.shape)


def blurred(picture, sigma):
    return gaussian_filter(picture, (sigma, sigma, 0), mode="nearest")


# ---------------------------------------------------------------------- ColorChecker
def test_the_checker_is_seen_where_the_scene_draws_it(chart):
    wanted = chart["scene.colour_checker"]
    turned = wanted * [1.1, 1.0, 0.85]
    boxes = [(slice(y, y + 1), slice(x, x + 1)) for y in np.rint(48 * (0.06 + 0.22 * (np.arange(4) + 0.5)) - 0.5).astype(int)
             for x in np.rint(72 * (0.06 + 0.88 / 6 * (np.arange(6) + 0.5)) - 0.5).astype(int)]  # fmt: skip
    labs = [colour.XYZ_to_Lab(colour.RGB_to_XYZ(np.array([p[b].mean((0, 1)) for b in boxes]), "sRGB"), WHITE) for p in (turned, wanted)]
    apart = colour.delta_E(*labs, method="CIE 2000")
    assert len({tuple(np.round(x, 3)) for x in labs[1]}) == 24
    assert loss("colour_checker", turned, wanted, rounding=1e-3) == pytest.approx(apart.mean(), abs=0.02)
    assert loss("colour_checker", turned, wanted) == pytest.approx(np.mean(np.sqrt(apart**2 + 0.25) - 0.5), abs=0.02)


def test_the_checker_does_not_see_texture(chart):
    wanted = chart["scene.colour_checker"]
    checks = 0.02 * (-1.0) ** (np.arange(48)[:, None, None] + np.arange(72)[None, :, None])
    assert loss("colour_checker", wanted + checks, wanted) < 0.01 * loss("delta_e2000", wanted + checks, wanted)


def test_a_picture_of_another_size_than_the_frame_is_refused(chart):
    with pytest.raises(ChainError, match="keeps the size"):
        loss("colour_checker", chart["scene.colour_checker"], chart["scene.colour_checker"], size=(96, 144))
    with pytest.raises(DataError, match="larger frame"):
        loss("colour_checker", np.ones((12, 12, 3)), np.ones((12, 12, 3)))


# ---------------------------------------------------------------------- slanted edge
def test_the_wish_is_met_by_the_edge_that_has_that_response(chart):
    edge = chart["scene.slanted_edge"]
    turn, sigma = np.radians(5), 0.7

    def response(f):
        return np.exp(-2 * (np.pi * sigma * f) ** 2) * np.sinc(f * np.cos(turn)) * np.sinc(f * np.sin(turn))

    seen = blurred(edge, sigma)
    mtf50 = brentq(lambda f: response(f) - 0.5, 0.01, 0.99)
    assert loss("slanted_edge", seen, mtf50=mtf50) < 1e-4
    assert loss("slanted_edge", seen, mtf50=mtf50 / 2) == pytest.approx(1, abs=0.04)
    f = [0.05, 0.15, 0.25]
    assert loss("slanted_edge", seen, measure="response", frequency=f, response=[response(x) for x in f]) < 1e-4
    assert loss("slanted_edge", seen, measure="response", frequency=f, response=[response(x) + 0.2 for x in f]) == pytest.approx(
        0.04, abs=0.003
    )


def test_overshoot_costs_beyond_what_is_allowed(chart):
    edge = blurred(chart["scene.slanted_edge"], 0.7)
    sharp = edge + 1.5 * (edge - blurred(edge, 1.5))
    free, strict = (loss("slanted_edge", sharp, overshoot=allowed) for allowed in (0.9, 1e-6))
    assert strict > free + 0.01
    assert loss("slanted_edge", sharp, overshoot=1e-6, overshoot_weight=2.0) == pytest.approx(2 * strict - free, rel=1e-4)


def test_a_wish_of_unequal_length_is_refused(chart):
    with pytest.raises(ChainError, match="2 frequencies and 3 responses"):
        loss("slanted_edge", chart["scene.slanted_edge"], measure="response", frequency=[0.1, 0.2])


# ---------------------------------------------------------------------- texture, noise
def test_blur_costs_texture_and_noise_and_exposure_hardly_any(chart):
    leaves = chart["scene.dead_leaves"]
    some, more = (loss("dead_leaves", blurred(leaves, s), leaves) for s in (0.5, 1.0))
    assert 0.02 < some < more
    assert loss("dead_leaves", noisy(leaves, 0.02), leaves) < 0.1 * some
    assert loss("dead_leaves", 0.5 * leaves, leaves) < 1e-6
    assert loss("dead_leaves", leaves + 1.0 * (leaves - blurred(leaves, 1.0)), leaves) > some


@pytest.mark.parametrize("name", ["scene.grey_steps", "scene.colour_checker", "scene.flat"])
def test_the_ratio_of_signal_to_noise_on_each_chart(chart, name):
    levels = chart.get(name, np.full((40, 40, 3), 0.5))
    made = levels * (1 + 0.02 * RNG.normal(size=(*levels.shape[:2], 1)))
    assert loss("grey_noise", made, chart=name, measure="snr") == pytest.approx(20 * np.log10(0.02), abs=1.0)


def test_visual_noise_grows_with_noise_and_falls_where_it_is_fine(chart):
    steps = chart["scene.grey_steps"]
    one, two = (loss("grey_noise", noisy(steps, s)) for s in (0.005, 0.01))
    assert 1.5 * one < two < 2.5 * one
    far, near = (loss("grey_noise", noisy(steps, 0.01), pixels_per_degree=p) for p in (120.0, 20.0))
    assert far < 0.7 * near


# ---------------------------------------------------------------------- star, evenness, false colour
def test_a_star_costs_by_what_blur_takes_from_it_and_by_nothing_else():
    frame = Frame(pixels=np.ones((96, 96, 3), np.float32), domain=Domain.SCENE)
    star = np.asarray(stage_class("scene.siemens_star")(cycles=12)(frame).pixels, np.float64)
    f, sigma = np.array([0.1, 0.2, 0.3]), 0.7
    kept = np.exp(-2 * (np.pi * sigma * f) ** 2)
    asked = {"cycles": 12, "frequency": f}
    assert loss("siemens_star", blurred(star, sigma), star, response=kept, **asked) < 2e-4
    assert loss("siemens_star", blurred(star, sigma), star, response=np.ones(3), **asked) == pytest.approx(
        np.mean((kept - 1) ** 2), abs=0.01
    )
    assert loss("siemens_star", 0.5 * star, star, response=np.ones(3), **asked) < 1e-6
    assert loss("siemens_star", noisy(star, 0.02), star, response=np.ones(3), **asked) < 1e-3
    assert loss("siemens_star", star[:, ::-1], star, response=np.ones(3), **asked) < 1e-3, "a star of even cosines is its own mirror"
    with pytest.raises(ChainError, match="2 frequencies and 4 responses"):
        loss("siemens_star", star, star, frequency=[0.1, 0.2])


def test_evenness_costs_by_falloff_and_not_by_exposure_or_cast():
    flat = np.full((64, 64, 3), 0.4)
    fall = 1 + 0.2 * np.linspace(-1, 1, 64)[None, :, None]
    blocks = 0.2 * np.linspace(-1, 1, 64).reshape(8, 8).mean(1)
    assert loss("uniformity", flat * [1.2, 1.0, 0.7]) < 1e-9
    assert (
        loss("uniformity", flat * fall)
        == pytest.approx(np.mean(blocks**2), rel=1e-3)
        == pytest.approx(loss("uniformity", 0.5 * flat * fall), rel=1e-3)
    )
    tinted = flat * np.concatenate([fall, np.ones_like(fall), np.ones_like(fall)], -1)
    assert loss("uniformity", tinted, colour=1.0) > 5 * loss("uniformity", tinted, colour=1e-6) > 0


def test_false_colour_is_what_few_pixels_have():
    grey = np.full((40, 40, 3), 0.4)
    cast = grey * [1.1, 1.0, 0.9]
    checks = grey * (1 + 0.1 * (-1.0) ** np.add.outer(np.arange(40), np.arange(40))[..., None] * [1, 0, -1])
    assert loss("false_colour", cast, grey) < 1e-4
    assert loss("false_colour", checks, grey) > 1


# ---------------------------------------------------------------------- halo, flicker
def test_sharpening_has_halos_and_blur_none(chart):
    edge = chart["scene.slanted_edge"]
    sharp = edge + 1.0 * (edge - blurred(edge, 1.0))
    assert loss("halo", blurred(edge, 1.0), edge, domain="linear") == 0 < 1e-4 < loss("halo", sharp, edge, domain="linear")
    over = np.full((32, 32, 3), 0.6)
    assert loss("halo", over, over - 0.11, domain="linear") == pytest.approx(0.01, rel=1e-3)
    assert loss("halo", over - 0.11, over, domain="linear") == pytest.approx(0.01, rel=1e-3)


def test_flicker_is_the_square_of_the_change_of_means():
    still = RNG.uniform(0.2, 0.8, (20, 19, 3))
    clip = np.stack([still, still + np.array([0.03, 0.0, -0.06])])
    assert loss("flicker", clip, domain="linear") == pytest.approx(2 * (0.03**2 + 0.06**2) / 3, rel=1e-4)
    part_of = np.stack([still, still])
    part_of[1, :8, :8] += 0.1
    assert loss("flicker", part_of, domain="linear", whole=0.0) == pytest.approx(0.01 / 4, rel=1e-4)
    grain = loss("flicker", np.stack([still, noisy(still, 0.1)]), domain="linear")
    assert grain < 0.05 * 0.01, "noise evens out in means"
