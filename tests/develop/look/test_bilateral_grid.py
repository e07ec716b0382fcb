"""The learned grid: nothing at birth and at no strength, eight points of its grid elsewhere, chosen by what the picture shows."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Chain, Domain, Frame
from isp.core.run import run
from isp.core.weights import grown as sown
from isp.develop.look.bilateral_grid import CELLS, DEPTHS, BilateralGrid, grown, matrices
from isp.develop.measure.thumbnail import Thumbnail
from isp.execute import develop
from isp.ops.curve import rooted, squared
from isp.spec import load

RNG = np.random.default_rng(3)
PICTURE = RNG.uniform(0, 1.2, (40, 48, 3)).astype(np.float32)
WHOLE = np.array([0, 0, 40, 48], np.float32)


def born(seed=1, **changed):
    """Weights whose grid moves something, and whose guide bends."""
    random = np.random.default_rng(seed)
    fresh = sown(grown)
    moving = {
        "moves/kernel": 0.05 * random.standard_normal(fresh["moves/kernel"].shape),
        "guide/bends": random.uniform(-0.2, 0.2, fresh["guide/bends"].shape),
    }
    return {name: np.float32(w) for name, w in {**fresh, **moving, **changed}.items()}


quick = partial(jax.jit, compiler_options={"xla_backend_optimization_level": 0})


@quick
def looked(stage, pixels, window):
    return run((Thumbnail(), stage), Frame(pixels=pixels, domain=Domain.WORKING, white=jnp.ones(3), window=window))


def made(stage, pixels=PICTURE, window=WHOLE):
    return np.asarray(looked(stage, jnp.asarray(pixels), window).pixels)


def test_fresh_weights_and_no_strength_leave_every_bit():
    for stage in (BilateralGrid(weights=sown(grown)), BilateralGrid(weights=born(), strength=0.0)):
        for pixels in (PICTURE, 1e6 * PICTURE, -PICTURE):
            np.testing.assert_array_equal(made(stage, pixels), pixels)


def test_a_pixel_reads_eight_points_of_its_grid():
    """Written out pixel by pixel."""
    weights = born()
    thumbnail = looked(BilateralGrid(weights=weights), jnp.asarray(PICTURE), WHOLE).thumbnail
    grid = np.asarray(matrices({n: jnp.asarray(w) for n, w in weights.items()}, thumbnail), float)
    roots = np.asarray(rooted(PICTURE), float)
    mix = (roots / np.sqrt(1 + (roots / 2) ** 2)) @ weights["guide/kernel"].astype(float)
    guide = mix + sum(b * np.maximum(mix - i / 8, 0) for i, b in enumerate(weights["guide/bends"].astype(float)))
    moved = np.zeros_like(roots)
    for r, c in np.ndindex(40, 48):
        sums = np.zeros(12)
        for place, shares in eight((r + 0.5) / 40 * CELLS - 0.5, (c + 0.5) / 48 * CELLS - 0.5, guide[r, c] * (DEPTHS - 1)):
            i, j, k = place
            sums += shares * grid[k, :, i, j]
        matrix = sums.reshape(3, 4)
        moved[r, c] = roots[r, c] + matrix[:, :3] @ roots[r, c] + matrix[:, 3]
    wanted = np.asarray(squared(moved))
    found, inside = made(BilateralGrid(weights=weights)), moved > 0.01
    assert inside.mean() > 0.8 and np.abs(wanted - PICTURE).mean() > 0.01
    np.testing.assert_allclose(found[inside], wanted[inside], rtol=1e-3, atol=1e-4)


def eight(row, column, depth):
    """The corners around a place, each with its share; outside, the outermost."""
    ends = [(np.clip(p, 0, n - 1), n) for p, n in ((row, CELLS), (column, CELLS), (depth, DEPTHS))]
    low = [min(int(p), n - 2) for p, n in ends]
    for corner in np.ndindex(2, 2, 2):
        shares = [1 - abs(p - (at + step)) for (p, _), at, step in zip(ends, low, corner, strict=True)]
        yield tuple(at + step for at, step in zip(low, corner, strict=True)), np.prod(shares)


def test_the_grid_depends_on_the_picture_and_strength_is_linear_in_roots():
    weights = {n: jnp.asarray(w) for n, w in born().items()}
    one, other = (
        np.asarray(matrices(weights, jnp.asarray(t, jnp.float32))) for t in (np.full((32, 32, 3), 0.05), RNG.uniform(0, 1, (32, 32, 3)))
    )
    assert one.shape == (DEPTHS, 12, CELLS, CELLS) and np.abs(one - other).max() > 1e-3
    bright = 0.2 + 0.5 * PICTURE
    whole, half = (np.asarray(rooted(made(BilateralGrid(weights=born(), strength=s), bright))) for s in (1.0, 0.5))
    lit = whole > 0.01  # below black light follows a chord
    assert lit.mean() > 0.7
    np.testing.assert_allclose((half - rooted(bright))[lit], (whole - rooted(bright))[lit] / 2, atol=1e-5)


def test_a_crop_with_its_own_measure_has_its_own_places():
    part = made(BilateralGrid(weights=born()), window=np.array([120, 64, 400, 600], np.float32))
    np.testing.assert_allclose(part, made(BilateralGrid(weights=born())), rtol=1e-4, atol=1e-5)


def test_no_unit_of_a_fresh_network_is_dead():
    """Every array has a slope in every column of what it makes."""
    weights = {n: jnp.asarray(w) for n, w in born().items()}
    way = jnp.asarray(RNG.standard_normal((DEPTHS, 12, CELLS, CELLS)), jnp.float32)
    thumbnail = jnp.asarray(RNG.uniform(0, 1, (32, 32, 3)), jnp.float32)
    slopes = quick(jax.grad(lambda w: jnp.sum(way * matrices(w, thumbnail))))(weights)
    for name in ("first", "near", "half", "quarter", "far", "joined", "moves"):
        assert (np.abs(np.asarray(slopes[f"{name}/kernel"])).reshape(-1, slopes[f"{name}/kernel"].shape[-1]).max(0) > 0).all(), name


def test_strips_are_the_whole_picture():
    chain = load(
        "{isp: 1, input: camera, stages: [measure.thumbnail, colour.fixed_matrix, look.bilateral_grid, {encode.srgb: {bits: float}}]}"
    )
    stages = tuple(BilateralGrid(weights=born()) if s.name == "look.bilateral_grid" else s for s in chain)
    chain = Chain(stages, chain.names, chain.input)
    picture = Frame(pixels=RNG.uniform(0, 1, (64, 40, 3)).astype(np.float32), domain=Domain.CAMERA, white=np.ones(3, np.float32))
    parts = [np.asarray(develop(chain, picture, strip_pixels=pixels).pixels) for pixels in (40 * 24, 40 * 64)]
    np.testing.assert_array_equal(*parts)
