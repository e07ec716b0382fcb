"""L*a*b* and CIEDE2000 against colour-science and the pairs of Sharma et al. (2005)."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.ops.lab import ciede2000, ciede2000_parts, ciede2000_squared, lab

SHARMA = np.array(
    [
        [50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425], [50, 3.1571, -77.2803, 50, 0, -82.7485, 2.8615],
        [50, 2.8361, -74.0200, 50, 0, -82.7485, 3.4412], [50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0],
        [50, -1.1848, -84.8006, 50, 0, -82.7485, 1.0], [50, -0.9009, -85.5211, 50, 0, -82.7485, 1.0],
        [50, 0, 0, 50, -1, 2, 2.3669], [50, -1, 2, 50, 0, 0, 2.3669],
        [50, 2.49, -0.001, 50, -2.49, 0.0009, 7.1792], [50, 2.49, -0.001, 50, -2.49, 0.0010, 7.1792],
        [50, 2.49, -0.001, 50, -2.49, 0.0011, 7.2195], [50, 2.49, -0.001, 50, -2.49, 0.0012, 7.2195],
        [50, -0.001, 2.49, 50, 0.0009, -2.49, 4.8045], [50, -0.001, 2.49, 50, 0.0010, -2.49, 4.8045],
        [50, -0.001, 2.49, 50, 0.0011, -2.49, 4.7461], [50, 2.5, 0, 50, 0, -2.5, 4.3065],
        [50, 2.5, 0, 73, 25, -18, 27.1492], [50, 2.5, 0, 61, -5, 29, 22.8977],
        [50, 2.5, 0, 56, -27, -3, 31.9030], [50, 2.5, 0, 58, 24, 15, 19.4535],
        [50, 2.5, 0, 50, 3.1736, 0.5854, 1.0], [50, 2.5, 0, 50, 3.2972, 0, 1.0],
        [50, 2.5, 0, 50, 1.8634, 0.5757, 1.0], [50, 2.5, 0, 50, 3.2592, 0.3350, 1.0],
        [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644], [63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630],
        [61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731], [35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645],
        [22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373], [36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146],
        [90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441], [90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381],
        [6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377], [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
    ]
)  # fmt: skip


def test_the_34_published_pairs():
    with jax.enable_x64(True):
        for one, other in ((SHARMA[:, :3], SHARMA[:, 3:6]), (SHARMA[:, 3:6], SHARMA[:, :3])):
            np.testing.assert_allclose(ciede2000(one, other), SHARMA[:, 6], atol=6e-5)


@pytest.mark.parametrize("x64, within", [(True, 1e-10), (False, 2e-4)])
def test_random_pairs_and_colours_agree_with_colour_science(x64, within):
    rng = np.random.default_rng(0)
    one = rng.uniform([0, -100, -100], 100, (5000, 3))
    other = np.where(np.arange(5000)[:, None] % 2, rng.uniform([0, -100, -100], 100, (5000, 3)), one + rng.normal(0, 1, one.shape))
    xyz = rng.uniform(0, 1.2, (1000, 3))
    with jax.enable_x64(x64):
        np.testing.assert_allclose(
            ciede2000(jnp.asarray(one), jnp.asarray(other)), colour.difference.delta_E_CIE2000(one, other), atol=within
        )
        np.testing.assert_allclose(lab(jnp.asarray(xyz)), colour.XYZ_to_Lab(xyz), atol=within)


def test_the_parts_add_up_and_a_negative_light_has_a_lab():
    one, other = jnp.asarray(SHARMA[:, :3], jnp.float32), jnp.asarray(SHARMA[:, 3:6], jnp.float32)
    np.testing.assert_allclose(jnp.linalg.norm(ciede2000_parts(one, other), axis=-1), ciede2000(one, other), rtol=1e-5)
    assert lab(jnp.array([-0.1, -0.1, -0.1]))[0] < 0 and ciede2000(one, other).dtype == jnp.float32


AWKWARD = [
    [50, 0, 0],
    [50, 1e-9, 0],
    [0, 0, 0],
    [50, -1e-3, 1e-3],
    [1e6, 1e6, -1e6],
    [1e30, 0, 0],
    [50, 20, -60],
    [-5, 3, 3],
    [100, -2.5, 0],
]


@pytest.mark.parametrize("x64", [False, True])
@pytest.mark.parametrize("of", [ciede2000, ciede2000_squared])
def test_slopes_are_finite_everywhere(of, x64):
    with jax.enable_x64(x64):
        for one in AWKWARD[:5] + AWKWARD[6:]:
            for other in ([50.0, 0.0, 0.0], [50.0, -2.5, 0.0], one):
                one_, other_ = jnp.asarray(one, float), jnp.asarray(other, float)
                assert np.isfinite(jax.grad(of)(one_, other_)).all() and np.isfinite(jax.grad(of, 1)(one_, other_)).all(), (one, other)
    for xyz in (0.0, 1e-30, -0.1, 1.0, 1e30):
        assert np.isfinite(jax.jacfwd(lab)(jnp.full(3, xyz))).all()


def test_slopes_are_those_of_differences():
    rng = np.random.default_rng(1)
    with jax.enable_x64(True):
        for row in SHARMA[[0, 16, 18, 24, 28]]:
            one, other, towards = jnp.asarray(row[:3]), jnp.asarray(row[3:6]), rng.normal(size=3)
            by_difference = (ciede2000(one + 1e-5 * towards, other) - ciede2000(one - 1e-5 * towards, other)) / 2e-5
            assert jnp.vdot(jax.grad(ciede2000)(one, other), towards) == pytest.approx(float(by_difference), rel=1e-5)
