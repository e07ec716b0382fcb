"""The look-up table of a picture: nothing at birth and at no strength, its table elsewhere, mixed by what the picture shows."""

import colour
import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Chain, Domain, Frame
from isp.core.weights import grown as sown
from isp.develop.look.adaptive_lut import TABLES, AdaptiveLut, grown
from isp.develop.measure.thumbnail import Thumbnail
from isp.execute import develop
from isp.exporting import export
from isp.ops.curve import rooted, squared
from isp.spec import load

RNG = np.random.default_rng(3)
PICTURE = RNG.uniform(-0.1, 1.4, (32, 48, 3)).astype(np.float32)
SMOOTH = sum(
    RNG.uniform(-0.04, 0.04, (3, 1, 1, 1, 3))
    * np.cos(k * np.linspace(0, np.pi, 17)).reshape([17 if a == axis else 1 for a in (1, 2, 3, 0)])[None]
    for axis in (1, 2, 3)
    for k in (0, 1, 2)
).astype(np.float32)
"""Moves that change slowly from colour to colour."""


def frame(pixels=PICTURE, **facts):
    seen = Thumbnail()(Frame(pixels=np.clip(pixels, 0, 1), domain=Domain.WORKING)).thumbnail
    return Frame(pixels=pixels, domain=Domain.WORKING, thumbnail=seen, **facts)


def born(**changed):
    return {**sown(grown), **changed}


def test_fresh_weights_and_no_strength_leave_every_bit():
    for stage in (AdaptiveLut(weights=born()), AdaptiveLut(strength=0.0), AdaptiveLut(weights=born(tables=SMOOTH), strength=0.0)):
        for pixels in (PICTURE, 1e6 * PICTURE, -PICTURE):
            np.testing.assert_array_equal(stage(frame(pixels)).pixels, pixels)


def test_what_ships_changes_a_picture():
    assert np.abs(np.asarray(AdaptiveLut()(frame()).pixels) - PICTURE).mean() > 0.003


def test_a_table_is_what_colour_science_makes_of_it():
    """With its shares held at one table each, on roots of light."""
    for k in range(TABLES):
        shares = {"shares/kernel": np.zeros((32, TABLES), np.float32), "shares/bias": np.eye(TABLES, dtype=np.float32)[k]}
        stage = AdaptiveLut(weights=born(tables=SMOOTH, **shares))
        light = RNG.uniform(0, 1, (16, 20, 3)).astype(np.float32)
        roots = np.asarray(rooted(light), float)
        identity = colour.LUT3D.linear_table(17)
        lut = colour.LUT3D(identity + SMOOTH[k])
        wanted = squared(lut.apply(roots, interpolator=colour.algebra.table_interpolation_tetrahedral))
        # Their tetrahedra are ours; below black the stage follows a chord of the curve's straight part.
        inside = (np.asarray(wanted) >= 0).all(-1)
        assert inside.mean() > 0.9
        np.testing.assert_allclose(np.asarray(stage(frame(light)).pixels)[inside], np.asarray(wanted)[inside], atol=2e-5)


def test_shares_depend_on_the_picture_and_strength_is_linear_in_roots():
    stage = AdaptiveLut(weights=born(tables=SMOOTH))
    one, other = (
        np.asarray(stage.table(jnp.asarray(t, jnp.float32))) for t in (np.full((32, 32, 3), 0.05), RNG.uniform(0, 1, (32, 32, 3)))
    )
    assert np.abs(one - other).max() > 1e-3
    light = RNG.uniform(0.2, 0.8, (8, 8, 3)).astype(np.float32)
    half, whole = (np.asarray(rooted(AdaptiveLut(weights=born(tables=SMOOTH), strength=s)(frame(light)).pixels)) for s in (0.5, 1.0))
    np.testing.assert_allclose(half - rooted(light), (whole - rooted(light)) / 2, atol=1e-5)


def test_every_array_learns():
    """With tables that move something, each array has a slope, and it is the one that small steps find."""
    with jax.enable_x64(True):
        weights = {n: jnp.asarray(w, jnp.float64) for n, w in born(tables=SMOOTH).items()}
        given = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), frame(RNG.uniform(0, 1, (8, 9, 3))))

        def score(w):
            return jnp.sum(AdaptiveLut().with_values(weights=w)(given).pixels ** 2)

        slope = jax.grad(score)(weights)
        for name, w in weights.items():
            way = np.random.default_rng(5).standard_normal(w.shape)
            h = 1e-6
            numeric = (score({**weights, name: w + h * way}) - score({**weights, name: w - h * way})) / (2 * h)
            assert abs(numeric) > 1e-9
            np.testing.assert_allclose(np.sum(np.asarray(slope[name]) * way), numeric, rtol=1e-4, err_msg=name)


CHAIN = """
isp: 1
input: camera
stages:
  - measure.thumbnail
  - colour.fixed_matrix: {matrix: [[1.3, -0.2, -0.1], [-0.1, 1.2, -0.1], [0.0, -0.3, 1.3]]}
  - look.adaptive_lut
  - encode.srgb: {bits: float}
"""


def with_weights(chain: Chain) -> Chain:
    return Chain(
        tuple(AdaptiveLut(weights=born(tables=SMOOTH)) if s.name == "look.adaptive_lut" else s for s in chain), chain.names, chain.input
    )


def test_the_cube_of_a_picture_applied_by_colour_science_is_the_picture(tmp_path):
    """Measured before the matrix or behind it; two pictures have two cubes."""
    early = load(CHAIN)
    late = load(CHAIN.replace("  - measure.thumbnail\n", "").replace("  - look", "  - measure.thumbnail\n  - look"))
    blocks = np.kron(RNG.uniform(0.03, 0.95, (12, 15, 3)), np.ones((3, 3, 1))).astype(np.float32)
    cubes = []
    for i, (chain, pixels) in enumerate(((early, blocks), (late, blocks), (late, 0.2 * blocks))):
        chain = with_weights(chain)
        picture = Frame(pixels=pixels, domain=Domain.CAMERA, white=np.ones(3, np.float32))
        left_out = export(chain, picture, tmp_path / f"{i}.cube", size=49)
        assert any("look.adaptive_lut depends on the picture" in one for one in left_out)
        lut = colour.io.read_LUT_ResolveCube(str(tmp_path / f"{i}.cube"))
        apart = np.abs(lut.apply(pixels) - np.clip(np.asarray(chain(picture).pixels), 0, None))
        assert apart.mean() < 0.002 and np.quantile(apart, 0.99) < 0.02
        cubes.append(lut[1].table)
    assert np.abs(cubes[1] - cubes[2]).max() > 1e-3


def test_without_a_picture_the_look_is_left_out(tmp_path):
    left_out = export(load(CHAIN), None, tmp_path / "a.cube", size=9)
    assert any("look.adaptive_lut" in one for one in left_out)


def test_strips_are_the_whole_picture():
    chain = with_weights(load(CHAIN))
    picture = Frame(pixels=RNG.uniform(0, 1, (64, 40, 3)).astype(np.float32), domain=Domain.CAMERA, white=np.ones(3, np.float32))
    parts = [np.asarray(develop(chain, picture, strip_pixels=pixels).pixels) for pixels in (40 * 8, 40 * 64)]
    np.testing.assert_array_equal(*parts)
