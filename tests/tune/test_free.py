"""Freed parameters: to numbers without bounds and back, by pattern, as tables, within limits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import ChainError, Table
from isp.spec import load
from isp.tune.folder import rounded
from isp.tune.free import flat, freed, matches, shaped

CHAIN = load(
    "isp: 1\nstages: [level.subtract_black, white_balance.apply, denoise.bilateral, demosaic.malvar2004, colour.fixed_matrix, exposure.gain, "
    "detail.unsharp, encode.srgb]\n".replace("white_balance.apply", "measure.as_shot, white_balance.apply")
)


def test_patterns_free_what_they_name():
    free = freed(CHAIN, ["denoise.*", "*.alpha", "detail.unsharp"])
    assert {f.path for f in free.freed} == {
        "denoise.bilateral.strength", "denoise.bilateral.spread", "demosaic.malvar2004.alpha", "detail.unsharp.amount", "detail.unsharp.radius",
        "detail.unsharp.threshold", "detail.unsharp.noise", "detail.unsharp.limit",
    }  # fmt: skip
    assert free.count == 8
    assert matches("denoise.bilateral.strength", "denoise.bilateral") and not matches("denoise.bilateral.strength", "denoise")


def test_values_come_back():
    free = freed(CHAIN, ["*"])
    for path, value in free.values(free.start()).items():
        i, field = CHAIN.find(path)
        assert np.allclose(value, getattr(CHAIN.stages[i], field), rtol=1e-5, atol=2e-3), path


def test_any_numbers_are_inside_the_limits():
    free = freed(CHAIN, ["*", {"denoise.bilateral.strength": {"within": [1, 2]}}])
    for far in (-30.0, 30.0):
        values = free.values({path: jnp.full_like(v, far) for path, v in free.start().items()})
        for f in free.freed:
            assert np.all(np.asarray(values[f.path]) >= f.within.low - 1e-5) and np.all(np.asarray(values[f.path]) <= f.within.high + 1e-5)
        made = rounded(free.bind({path: jnp.full_like(v, far) for path, v in free.start().items()}))
        CHAIN.replace({f.path: getattr(made[f.path.rpartition(".")[0]], f.path.rpartition(".")[2]) for f in free.freed})
    assert 1 <= free.values(free.start())["denoise.bilateral.strength"] <= 2


def test_a_table_has_a_number_for_each_knot():
    free = freed(CHAIN, [{"denoise.bilateral.strength": {"over": "iso", "at": [100, 800, 6400]}}])
    theta = free.start()
    assert theta["denoise.bilateral.strength"].shape == (3,)
    bound = free.bind(theta)["denoise.bilateral"].strength
    assert isinstance(bound, Table) and bound.over == "iso" and bound.at_ == (100.0, 800.0, 6400.0)
    assert np.allclose(bound.values, CHAIN["denoise.bilateral"].strength, rtol=1e-5)


def test_binding_has_a_slope():
    free = freed(CHAIN, ["detail.unsharp.amount"])
    slope = jax.grad(lambda t: free.bind(t)["detail.unsharp"].amount)(free.start())
    value = float(CHAIN["detail.unsharp"].amount)
    # the logistic curve from 0 to 8 is steeper there than a quarter of the usual range, 0 to 2
    assert np.isclose(slope["detail.unsharp.amount"], min(value * (8 - value) / 8, 0.5), rtol=1e-4)


def test_one_unit_is_about_a_quarter_of_what_is_usual():
    free = freed(CHAIN, ["level.subtract_black.offset"])
    assert np.isclose(free.values({"level.subtract_black.offset": jnp.float32(1)})["level.subtract_black.offset"], 32, rtol=1e-3)


def test_random_starts_lie_in_the_usual_range():
    free = freed(CHAIN, ["*"])
    for seed in range(5):
        values = free.values(free.sampled(np.random.default_rng(seed)))
        for f in free.freed:
            assert np.all(np.asarray(values[f.path]) >= f.usual.low - 1e-3 * (f.usual.high - f.usual.low)), f.path
            assert np.all(np.asarray(values[f.path]) <= f.usual.high + 1e-3 * (f.usual.high - f.usual.low)), f.path


def test_rates_rest_and_wake():
    free = freed(CHAIN, ["denoise.*", {"denoise.bilateral.spread": {"rate": 0.5, "first": 10, "last": 20}}])
    assert [float(free.rates(step)["denoise.bilateral.spread"]) for step in (0, 10, 19, 20)] == [0, 0.5, 0.5, 0]
    assert float(free.rates(0)["denoise.bilateral.strength"]) == 1


def test_flat_and_shaped_are_inverse():
    free = freed(CHAIN, ["colour.*", "denoise.*"])
    theta = free.start()
    back = shaped(flat(theta), theta)
    assert all(np.array_equal(theta[path], back[path]) for path in theta)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("denoise.bilatral.strength", "did you mean denoise.bilateral.strength?"),
        ("denoise.bilateral.radius", "is a choice"),
        ({"denoise.bilateral.strength": {"within": [2, 1]}}, "the lower first"),
        ({"denoise.bilateral.strength": {"within": [-1, 1]}}, "in [0, 20]"),
        ({"denoise.bilateral.strength": {"over": "iso"}}, "two or more positions"),
        ({"denoise.bilateral.strength": {"wihtin": [0, 1]}}, "did you mean within?"),
    ],
)
def test_what_cannot_be_freed_is_refused(pattern, said):
    with pytest.raises(ChainError) as caught:
        freed(CHAIN, [pattern])
    assert said in str(caught.value)


def test_values_keep_their_digits_whatever_the_print_options():
    """Other libraries set NumPy's legacy options on import."""
    free = freed(CHAIN, ["colour.*"])
    theta = {path: v + jnp.float32(0.1234567) for path, v in free.start().items()}
    with np.printoptions(legacy="1.13"):
        made = rounded(free.bind(theta))["colour.fixed_matrix"].matrix
    assert np.array_equal(np.float32(made), np.asarray(free.values(theta)["colour.fixed_matrix.matrix"]))


def test_a_random_start_of_weights_is_as_wide_as_they_are():
    chain = load("isp: 1\nstages: [{demosaic.residual_cnn: {weights: {grown: {wide: 6}}}}]\n")
    free = freed(chain, ["*.weights"])
    sizes = {path: np.shape(v) for path, v in free.start().items()}
    assert {path: np.shape(v) for path, v in free.sampled(np.random.default_rng(1)).items()} == sizes
    assert sizes["demosaic.residual_cnn.weights/body3/kernel"] == (3, 3, 6, 6)
