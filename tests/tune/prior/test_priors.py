"""Every prior, found by walking the folder, and each against its closed form."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import ChainError
from isp.tune.part import known, part
from isp.tune.prior import Prior

VALUES = {
    "tone.curve.values": np.array([0.0, 0.3, 0.2, 0.7, 1.0]),
    "denoise.x.strength": np.array([1.0, 1.5, 1.25]),
    "shading.gains": np.ones((4, 3, 3)),
}
START = {path: value * 0.9 + 0.05 for path, value in VALUES.items()}


def asked(name, values, start=None, **fields):
    return float(part("prior", name).of(**fields)(values, start or values))


@pytest.mark.parametrize("name", known("prior"))
def test_it_is_finite_with_the_slope_of_differences_and_says_what_it_is(name):
    cls = part("prior", name)
    assert issubclass(cls, Prior) and cls.name == name and len(cls.__doc__.split()) >= 4
    prior, rng = cls(), np.random.default_rng(0)
    for x64 in (True, False):
        with jax.enable_x64(x64):
            kind = jnp.float64 if x64 else jnp.float32
            at = {path: jnp.asarray(v + 0.05 * rng.normal(size=v.shape), kind) for path, v in VALUES.items()}
            start = {path: jnp.asarray(v, kind) for path, v in START.items()}
            judge = jax.jit(jax.value_and_grad(prior))
            value, slope = judge(at, start)
            assert value.shape == () and value.dtype == kind and float(value) > 0
            if x64:
                towards = {path: rng.normal(size=v.shape) for path, v in VALUES.items()}
                ends = [judge({p: at[p] + s * towards[p] for p in at}, start)[0] for s in (1e-6, -1e-6)]
                found = sum(float(np.vdot(slope[p], towards[p])) for p in at)
                assert found == pytest.approx(float(ends[0] - ends[1]) / 2e-6, rel=1e-5)
            for awkward in (0.0, 1.0, -1e3, 1e6, 1e-30):
                value, slope = judge({p: jnp.full_like(v, awkward) for p, v in at.items()}, {p: 0 * v for p, v in at.items()})
                assert np.isfinite(value) and all(np.isfinite(s).all() for s in slope.values())


def test_a_straight_line_is_smooth_and_a_bend_costs_its_second_difference():
    line = {"a": np.linspace(3, -2, 7)}
    assert asked("smooth", line) == pytest.approx(0, abs=1e-10)
    assert asked("smooth", {"a": np.array([0.0, 1.0, 0.0]), "one": np.float64(3.0), "two": np.zeros(2)}) == pytest.approx(4)
    assert asked("smooth", {"a": np.array([0.0, 1.0, 0.0]), "b": np.zeros(4)}) == pytest.approx(2), "the mean over curves"


def test_a_fall_costs_and_a_rise_does_not():
    rising = {"a": np.array([0.0, 0.0, 0.1, 0.5])}
    assert asked("monotone", rising) == 0
    assert asked("monotone", {"a": np.array([0.0, 0.5, 0.2])}) == pytest.approx(0.3**2 / 2)
    assert asked("monotone", {"a": -rising["a"]}, direction="falling") == 0 < asked("monotone", rising, direction="falling")


def test_total_variation_is_that_of_every_axis():
    mesh = np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    assert asked("total_variation", {"a": mesh}, epsilon=1e-6) == pytest.approx(0.5, abs=1e-4), "none down, 1 across, their mean"
    assert asked("total_variation", {"a": np.array([0.0, 2.0, 0.0])}, epsilon=1e-6) == pytest.approx(2, abs=1e-4)


def test_close_counts_in_the_size_of_the_start():
    start = {"a": np.array([10.0, 10.0]), "b": np.float64(0.0)}
    assert asked("close", start, start) == 0
    assert asked("close", {"a": np.array([11.0, 9.0]), "b": np.float64(0.0)}, start) == pytest.approx(0.01 / 2)
    assert asked("close", {"a": start["a"], "b": np.float64(0.2)}, start) == pytest.approx(0.04 / 2)


@pytest.mark.parametrize("name", ["smooth", "monotone", "total_variation"])
def test_a_prior_of_curves_refuses_what_has_no_knots(name):
    with pytest.raises(ChainError, match=r"has [23] knots"):
        part("prior", name)()({"exposure.gain": np.float64(1.0)}, {})
