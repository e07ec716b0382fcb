"""What stages cost, counted by hand and held against the count."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Domain, Frame, Stage, Weights, between, param, weights
from isp.ops import net
from isp.spec import all_names, cost, stage_class, write_costs
from isp.spec.cost import KEPT, Cost, counted, specimen, words, work


def ops(function, *shapes):
    """(products, others) of a function of arrays of these shapes."""
    return work(jax.make_jaxpr(function)(*(jax.ShapeDtypeStruct(s, jnp.float32) for s in shapes)).jaxpr)


def test_convolutions_and_products_are_counted_exactly():
    def conv(x, k, **more):
        return jax.lax.conv_general_dilated(x, k, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"), **more)

    assert ops(conv, (1, 10, 12, 5), (3, 3, 5, 7)) == (8 * 10 * 7 * 9 * 5, 0)
    assert ops(lambda x, k: conv(x, k, rhs_dilation=(2, 2)), (1, 10, 12, 5), (3, 3, 5, 7)) == (6 * 8 * 7 * 9 * 5, 0)
    assert ops(lambda x, k: conv(x, k, feature_group_count=5), (1, 10, 12, 5), (3, 3, 1, 5)) == (8 * 10 * 5 * 9, 0)
    assert ops(lambda a, b: a @ b, (6, 4), (4, 3)) == (6 * 4 * 3, 0)
    assert ops(lambda a, b: jnp.einsum("bij,bjk->bik", a, b), (2, 6, 4), (2, 4, 3)) == (2 * 6 * 4 * 3, 0)


@pytest.mark.parametrize(
    "function, wanted",
    {
        lambda x: 2 * x + 1: 200,
        lambda x: jnp.maximum(x, 0): 100,
        lambda x: x[2:].T.reshape(-1): 0,
        lambda x: jnp.where(x > 0, x, -x): 300,
        lambda x: jnp.sum(x): 100,
        lambda x: jax.jit(lambda y: y * y)(x): 100,
        lambda x: jax.lax.scan(lambda c, _: (c * 2, None), x, None, length=7)[0]: 700,
        lambda x: jax.lax.cond(x[0, 0] > 0, lambda y: y + 1, lambda y: y, x): 51,
        lambda x: (x * 3, x + 1)[0]: 100,
    }.items(),
)
def test_every_other_operation_counts_once_and_moving_nothing(function, wanted):
    assert ops(function, (10, 10)) == (0, wanted)


def test_what_no_result_needs_is_not_counted():
    def wasteful(x):
        x * 5
        return x + 1

    assert ops(wasteful, (10, 10)) == (0, 100)


class Net(Stage, accepts=(Domain.WORKING,), reach=(1, 2)):
    """Three channels to eight and back, under 3x3 and 5x5 kernels."""

    strength: float = param(default=1.0, unit="1", within=between(0, 2), doc="how much")
    learned: Weights = weights(
        grow=lambda random: {**net.convolution(random, "a", 3, 3, 8), **net.convolution(random, "b", 5, 8, 3)}, doc="kernels"
    )

    def __call__(self, frame: Frame) -> Frame:
        import dataclasses

        x = jnp.stack(frame.pixels.planes[0], -1)
        y = net.convolved(self.learned, "b", net.rectified(net.convolved(self.learned, "a", x)))
        planes = tuple(self.strength * y[..., c] for c in range(3))
        return frame.but(pixels=dataclasses.replace(frame.pixels, planes=(planes,), margin=tuple(m - 3 for m in frame.pixels.margin)))


def test_a_network_by_hand():
    found = counted(Net())
    assert found.numbers == 1 + (27 * 8 + 8) + (25 * 8 * 3 + 3) and found.reach == 3
    assert found.multiply_adds == pytest.approx(27 * 8 + 200 * 3, rel=3e-3)
    assert found.operations == pytest.approx(8 + 8 + 3 + 3, rel=3e-3)  # biases, the rectifier, the strength
    assert cost(Net) == found and words(found) == ("828", "838", "3")


def test_classical_stages_by_hand():
    # Bilinear: 4 operations at a green site (two means of two), 10 at a red or blue one (those, their mean, the mean of four).
    assert counted(stage_class("demosaic.bilinear")()) == Cost(0, 0.0, (4 + 4 + 10 + 10) / 4, 1)
    assert counted(stage_class("white_balance.apply")()).operations == 2  # a gain and an offset


def test_the_border_is_nothing():
    small, large = counted(stage_class("denoise.guided")(), 1152), counted(stage_class("denoise.guided")())
    assert large.work <= small.work < 1.05 * large.work


def test_what_is_kept_is_fresh():
    """Exact for this JAX, near for others, which may write a program in another way."""
    kept = json.loads(KEPT.read_text())
    assert sorted(kept) == sorted(all_names()), "run `make docs`"
    for name in all_names():
        found, told = counted(stage_class(name)()), Cost(**kept[name])
        assert (found.numbers, found.reach) == (told.numbers, told.reach), f"{name}: run `make docs`"
        assert found.work == pytest.approx(told.work, rel=0.2, abs=3), f"{name}: run `make docs`"


def test_costs_are_written_where_they_have_changed(tmp_path):
    path = tmp_path / "costs.json"
    assert write_costs([Net], path) and not write_costs([Net], path)
    assert Cost(**json.loads(path.read_text())[Net.name]) == counted(Net())


def test_a_specimen_suits_every_stage():
    for name in all_names():
        frame = specimen(stage_class(name)(), 12, 12)
        assert np.shape(frame.pixels)[:2] == (12, 12)
        stage_class(name)().refuse(frame)
