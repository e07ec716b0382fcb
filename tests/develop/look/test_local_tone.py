"""Local tone mapping against its definition, written out pixel by pixel, and what is promised of it: no change at no strength, no halo at edges, the detail kept."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Domain, Frame
from isp.core.run import run
from isp.develop.look.local_tone import LocalTone
from isp.develop.measure.light_grid import LightGrid
from isp.execute import develop
from isp.exporting import export
from isp.spec import load

RNG = np.random.default_rng(8)
WEIGHTS = np.array([0.21263901, 0.71516868, 0.07219232])
SIDE, DEPTHS, LOW, HIGH = 24, 10, -10.0, 3.5


def scene(rows=48, columns=72, seed=8):
    """A dark half and a light half with texture, a slope, a lamp, a hole."""
    random, (y, x) = np.random.default_rng(seed), np.mgrid[:rows, :columns]
    light = np.where(x + 0.3 * y < columns / 2, 0.02, 0.6) * (1 + 0.5 * y / rows) * np.exp(0.2 * random.standard_normal((rows, columns)))
    light[5, 7], light[30, 20] = 3.0, 0.0
    return (light[..., None] * random.uniform(0.7, 1.3, (rows, columns, 3))).astype(np.float32)


def measured_and_toned(stage, pixels, white, window):
    """A picture through both."""
    return run((LightGrid(), stage), Frame(pixels=pixels, domain=Domain.WORKING, primaries="srgb", white=white, window=window))


quick = partial(jax.jit, compiler_options={"xla_backend_optimization_level": 0})
toned = quick(measured_and_toned)
WHOLE, WHITE = np.array([0, 0, 48, 72], np.float32), np.full(3, 0.9, np.float32)


def made(pixels, window=WHOLE, **values):
    """The pixels of that, by one program."""
    return np.asarray(toned(LocalTone(**values), jnp.asarray(pixels), WHITE, window).pixels)


def corners(place, count):
    """The two points around a place counted in points, each with its share."""
    place = min(max(place, 0.0), count - 1.0)
    low = min(int(place), count - 2)
    return (low, low + 1 - place), (low + 1, place - low)


def by_definition(pixels, strength, detail, pivot, most):
    """The same pixel by pixel: each is shared out among eight points, and reads eight."""
    rows, columns = pixels.shape[:2]
    stops = np.log2(np.maximum(pixels.astype(float) @ WEIGHTS, 0) + 2.0**LOW)

    def around(r, c):
        places = ((r + 0.5) / rows * SIDE - 0.5, SIDE), ((c + 0.5) / columns * SIDE - 0.5, SIDE)
        depth = (stops[r, c] - LOW) / (HIGH - LOW) * (DEPTHS - 1)
        for i, a in corners(*places[0]):
            for j, b in corners(*places[1]):
                for k, d in corners(depth, DEPTHS):
                    yield (i, j, k), a * b * d

    share, total, there = np.zeros((SIDE, SIDE, DEPTHS)), np.zeros((SIDE, SIDE, DEPTHS)), np.zeros((SIDE, SIDE))
    for r, c in np.ndindex(rows, columns):
        for at, weight in around(r, c):
            share[at] += weight
            total[at] += weight * stops[r, c]
            there[at[:2]] += weight
    mixed = 0.5 * np.eye(DEPTHS) + 0.25 * np.eye(DEPTHS, k=1) + 0.25 * np.eye(DEPTHS, k=-1)
    share, total = share @ mixed / there[..., None], total @ mixed / there[..., None]
    base = np.empty((rows, columns))
    for r, c in np.ndindex(rows, columns):
        found = list(around(r, c))
        seen, sum_ = (sum(weight * grid[at] for at, weight in found) for grid in (share, total))
        base[r, c] = (sum_ + 1e-3 * stops[r, c]) / (seen + 1e-3)
    lifted = most * np.tanh(strength * (np.log2(pivot + 2.0**LOW) - np.minimum(base, np.log2(WHITE.min() + 2.0**LOW))) / most)
    return pixels * 2.0 ** (lifted + (detail - 1) * (stops - base))[..., None]


@pytest.mark.parametrize("values", [(0.6, 1.0, 0.18, 2.0), (0.3, 1.7, 0.4, 0.5)])
def test_it_is_what_its_definition_says(values):
    pixels = scene()
    found = made(pixels, **dict(zip(("strength", "detail", "pivot", "most"), values, strict=True)))
    np.testing.assert_allclose(found, by_definition(pixels, *values), rtol=2e-4, atol=1e-6)


def test_no_strength_leaves_every_bit():
    for pixels in (scene(), -scene(), 1e6 * scene()):
        np.testing.assert_array_equal(made(pixels, strength=0.0), pixels)


def halves(dark=0.02, light=0.9):
    """Two even halves that meet at a sharp edge."""
    pixels = np.full((48, 72, 3), dark, np.float32)
    pixels[:, 36:] = light
    return pixels


def test_an_edge_has_no_halo():
    """Each half is moved as if it filled the frame, up to the edge."""
    found = made(halves(), strength=0.7)[..., 0]
    for side, value in ((slice(0, 36), 0.02), (slice(36, 72), 0.9)):
        np.testing.assert_allclose(found[:, side], made(np.full((48, 72, 3), value, np.float32), strength=0.7)[0, 0, 0], rtol=1e-3)


def test_the_detail_stays_while_the_range_shrinks():
    """Texture on two halves keeps its stops, the halves come nearer by `strength`."""
    texture = np.exp2(RNG.uniform(-0.2, 0.2, (48, 72, 1)))
    pixels = (halves(0.05, 0.6) * texture).astype(np.float32)
    was, is_ = (np.log2(p[..., 1]) for p in (pixels, made(pixels, strength=0.5, most=8.0)))
    ends = [np.s_[:, :30], np.s_[:, 42:]]
    apart = [levels[ends[1]].mean() - levels[ends[0]].mean() for levels in (was, is_)]
    assert apart[1] / apart[0] == pytest.approx(0.5, abs=0.03)
    for end in ends:
        assert is_[end].std() / was[end].std() > 0.9


def test_detail_scales_texture_alone():
    texture = np.exp2(RNG.uniform(-0.3, 0.3, (48, 72, 1))).astype(np.float32)
    pixels = 0.18 * texture * np.ones(3, np.float32)
    spread = [np.log2(made(pixels, strength=0.0, detail=d)[..., 0]).std() for d in (1.0, 2.0)]
    assert 1.7 < spread[1] / spread[0] <= 2.0


def test_hue_stays_and_black_stays():
    pixels = scene()
    found, lit = made(pixels, strength=0.8), pixels.min(-1) > 1e-3
    hue, was = (p[lit] / p[lit].sum(-1, keepdims=True) for p in (found, pixels))
    np.testing.assert_allclose(hue, was, rtol=1e-4)
    assert (found[pixels == 0] == 0).all()


def test_a_crop_with_its_own_measure_has_its_own_places():
    """A part that says where in a larger frame it lies is looked at, and changed, as a picture of its own."""
    part = made(scene(), window=np.array([120, 64, 400, 600], np.float32))
    np.testing.assert_allclose(part, made(scene()), rtol=1e-4)


def test_white_moves_as_a_white_area():
    after = toned(LocalTone(), jnp.full((48, 72, 3), 0.9, jnp.float32), WHITE, WHOLE)
    np.testing.assert_allclose(after.white, np.asarray(after.pixels)[10, 10], rtol=1e-4)


def test_slopes_reach_the_grid_and_the_pixels_it_was_measured_of():
    """Through measure and stage together, against small steps."""
    with jax.enable_x64(True):
        pixels, way = jnp.asarray(0.01 + scene(), float), RNG.standard_normal((48, 72, 3))
        stage = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), LocalTone())

        def total(p):
            return jnp.sum(jnp.sqrt(1e-3 + jnp.maximum(measured_and_toned(stage, p, WHITE, WHOLE).pixels, 0)))

        score, slope = quick(total), quick(jax.grad(total))(pixels)
        h = 1e-7
        numeric = (score(pixels + h * way) - score(pixels - h * way)) / (2 * h)
        np.testing.assert_allclose(jnp.sum(slope * way), numeric, rtol=1e-4)


CHAIN = "{isp: 1, input: camera, stages: [measure.light_grid, colour.fixed_matrix, look.local_tone, {encode.srgb: {bits: float}}]}"


def test_strips_are_the_whole_picture():
    chain = load(CHAIN)
    picture = Frame(pixels=scene(64, 40), domain=Domain.CAMERA, white=np.ones(3, np.float32))
    parts = [np.asarray(develop(chain, picture, strip_pixels=pixels).pixels) for pixels in (40 * 8, 40 * 24, 40 * 64)]
    for part in parts[1:]:
        np.testing.assert_array_equal(parts[0], part)


def test_no_table_of_colours_pretends_to_hold_it(tmp_path):
    """It depends on the place: an exported cube leaves it out, and says so."""
    picture = Frame(pixels=scene(64, 40), domain=Domain.CAMERA, white=np.ones(3, np.float32))
    assert any("look.local_tone" in one for one in export(load(CHAIN), picture, tmp_path / "a.cube", size=5))
    assert "look.local_tone" not in (tmp_path / "a.cube").read_text()
