"""Parts of photographs: from everywhere, in every turn, in every order of colours; and heaps that are drawn once."""

import numpy as np
import pytest

from isp.core import Domain, Frame, SpecError
from isp.core.run import run
from isp.execute.scenes import scene_of
from isp.spec import load
from isp.tune.cut import cut
from isp.tune.heap import heap
from isp.tune.order import Order
from isp.tune.recipe import recipe
from isp.tune.scenes import scenes_of
from isp.tune.settings import Settings

MARKED = np.stack([np.arange(12.0)[:, None] + np.zeros(16), np.zeros((12, 1)) + np.arange(16.0), np.full((12, 16), 100.0)], -1)


def parts(count=300, **said):
    settings = Settings(crop=4, **said)
    made = [cut((12, 16), (2, 2), settings, np.random.default_rng(i)) for i in range(count)]
    return made, [one(Frame(pixels=MARKED, domain=Domain.WORKING)).pixels for one in made]


@pytest.mark.parametrize("flips, ways", [("off", 1), ("on", 4), ("turned", 8)])
def test_every_turn_comes(flips, ways):
    """The way in which rows and columns count says how it was turned."""
    made, pixels = parts(flips=flips)
    seen = {(*(p[1, 0] - p[0, 0])[:2], *(p[0, 1] - p[0, 0])[:2]) for p in pixels}
    assert len(seen) == ways and all(p.shape == (4, 4, 3) for p in pixels)
    assert {one.size for one in made} == ({(12, 16), (16, 12)} if ways == 8 else {(12, 16)})
    assert {(one.down % 2, one.right % 2) for one in made} == {(0, 0)}


def test_the_window_says_where_it_lies():
    made, pixels = parts(flips="off", count=20)
    for one, p in zip(made, pixels, strict=True):
        np.testing.assert_array_equal(one.window, [p[0, 0, 0], p[0, 0, 1], 12, 16])


def test_colours_are_exchanged_and_weakened():
    _, plain = parts(flips="off", count=50)
    made, pixels = parts(flips="off", count=50, colours="exchanged", tints=0.3)
    assert {one.order for one in made} == {(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)}
    for one, p, q in zip(made, pixels, plain, strict=True):
        np.testing.assert_allclose(p, q[..., list(one.order)] * one.tint, rtol=1e-6)
        assert one.tint.max() == 1 and 0 < one.tint.min() <= 1


def test_a_crop_that_does_not_fit_is_refused():
    with pytest.raises(SpecError, match="13 pixels do not fit a scene of 12"):
        cut((12, 16), (1, 1), Settings(crop=13, flips="off"), np.random.default_rng(0))


def test_a_heap_is_what_the_chart_draws():
    text = "isp: 1\ninput: scene\nstages: [{scene.dead_leaves: {colour: rgb, leaves: 80, smallest: 40, seed: 7, dark: 0.1, light: 0.8}}]\n"
    chart, start = scene_of(text, load("imx219", kind="sensors"), None, None, (32, 32))
    drawn = run(chart.stages, start)
    light = np.asarray(drawn.array) / np.asarray(drawn.scene_white)
    np.testing.assert_allclose(heap(7, 32, leaves=80, smallest=40, dark=0.1, light=0.8), light, atol=2e-5)


CHAIN = "isp: 1\nstages: [level.subtract_black, demosaic.bilinear]\n"


def scenes(*said):
    made = recipe(CHAIN, scenes=list(said))
    return [scene for one in made.scenes for scene in scenes_of(one, made)]


def test_heaps_are_many_pictures_with_terms():
    some = scenes(
        {"scene.dead_leaves": {"pictures": 3, "side": 24, "seed": 5, "leaves": 30, "share": 0.5, "licence": "CC0"}}, "scene.colour_checker"
    )
    assert [s.what.pixels.shape for s in some[:3]] == [(24, 24, 3)] * 3 and len(some) == 4
    assert {(s.share, s.licence, s.is_chart) for s in some[:3]} == {(0.5, "CC0", False)} and some[3].share == 0
    assert not np.array_equal(some[0].what.pixels, some[1].what.pixels)
    with pytest.raises(SpecError, match="brightness: pictures of dead leaves have"):
        scenes({"scene.dead_leaves": {"pictures": 3, "brightness": 2}})


def test_a_chart_may_have_a_share():
    (one,) = scenes({"scene.dead_leaves": {"share": 0.25, "seed": 4}})
    assert one.is_chart and one.share == 0.25 and '"seed": 4' in one.what and "share" not in one.what


def test_what_a_chart_declares_is_the_charts():
    (one,) = scenes({"scene.flat": {"share": 0.25, "licence": "CC0"}})
    assert one.share == 0 and '"share": 0.25' in one.what and one.licence == "CC0"


def test_shares_are_kept_in_every_batch():
    kinds = ["a"] * 40 + ["b"] * 2 + ["c"] * 2
    order = Order(Settings(batch=16, validation=0.0), kinds, 1, [1.0], {"a": 0.25})
    for step in range(3):
        met = [kinds[view.scene] for view in order.views(step)]
        assert (met.count("a"), met.count("b"), met.count("c")) == (4, 6, 6)
