"""What every loss obeys, found by walking its folder."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Domain, Frame
from isp.tune.item import About
from isp.tune.loss import Loss
from isp.tune.loss.task import task
from isp.tune.part import known, part

SIDE = 32
OPTIONS = {"ms_ssim": {"scales": 2}, "grey_noise": {"chart": "scene.flat"}, "siemens_star": {"cycles": 8}}
"""What a small picture needs."""


def brightness(picture, label):
    return jnp.mean((picture - label) ** 2)


def made_of(name):
    return task(brightness) if name == "task" else part("loss", name).of(**OPTIONS.get(name, {}))


LOSSES = {name: made_of(name) for name in known("loss")}
BLIND = [name for name, loss in LOSSES.items() if loss.blind]
SEEING = [name for name in LOSSES if name not in BLIND]
ABOUT = {name: About(chart=loss.chart, size=(SIDE, SIDE), label=jnp.float32(0.4)) for name, loss in LOSSES.items()}


@functools.cache
def programs(name, x64):
    """(values and slopes of stacks of pictures, the value of one), compiled once."""
    loss = LOSSES[name]

    def frame(pixels):
        domain = Domain.DISPLAY if loss.domain == "display" else Domain.WORKING
        return Frame(pixels=pixels, domain=domain, primaries="srgb")

    def value(made, wanted):
        return loss(frame(made), frame(wanted), ABOUT[name])

    with jax.enable_x64(x64):
        return jax.jit(jax.vmap(jax.value_and_grad(value))), jax.jit(value)


def picture(name, seed=0):
    """A picture with an edge, blocks and texture; a clip of it where the loss asks for clips."""
    rng = np.random.default_rng(seed)
    made = 0.2 + 0.5 * (np.arange(SIDE)[None, :, None] + 0.09 * np.arange(SIDE)[:, None, None] > SIDE / 2 + 1)
    made = made + 0.1 * np.kron(rng.uniform(0, 1, (8, 8, 3)), np.ones((4, 4, 1))) + 0.05 * rng.uniform(0, 1, (SIDE, SIDE, 3))
    clip = LOSSES[name].clip
    return np.stack([made + 0.01 * i for i in range(clip)]) if clip > 1 else made


def noise(name, seed=1):
    return np.random.default_rng(seed).normal(size=picture(name).shape)


def asked(name, made, wanted, x64=False):
    """Values (n,) and slopes of stacks."""
    kind = np.float64 if x64 else np.float32
    with jax.enable_x64(x64):
        found = programs(name, x64)[0](jnp.asarray(np.stack(made), kind), jnp.asarray(np.stack(wanted), kind))
        return jax.tree.map(np.asarray, found)


@pytest.mark.parametrize("name", LOSSES)
def test_it_says_what_it_does_and_what_its_fields_are(name):
    cls = type(LOSSES[name])
    assert issubclass(cls, Loss) and cls.name == name
    assert cls.__doc__ and len(cls.__doc__.split()) >= 4 and cls.__doc__ != Loss.__doc__
    for d in cls.declared().values():
        assert len(d.doc.split()) >= 2 and not d.fault(d.default)
        if d.kind == "param":
            assert d.unit
            for end in (d.within.low, d.within.high):
                assert not math.isfinite(end) or np.all(np.asarray(d.default) != end)
        else:
            assert d.unit or len(d.choices) >= 2


@pytest.mark.parametrize("name", LOSSES)
def test_values_and_slopes_are_finite_on_awkward_pictures(name):
    p, n = picture(name), noise(name)
    one = np.ones_like(p)
    made = [
        p,
        0 * p,
        0 * p,
        one,
        0.4 * one,
        0.4 * one,
        -0.1 * one,
        -0.1 + 0.01 * n,
        1e4 * one,
        1e4 * p,
        0.5 + n,
        1e-30 * one,
        p,
        p,
        1e4 * n,
    ]
    want = [p, 0 * p, p, one, 0.4 * one, p, p, p, p, 1e4 * p, p, p, 0 * p, 1e4 * one, 1e4 * p]
    value, slope = asked(name, made, want)
    assert value.shape == (len(made),) and value.dtype == slope.dtype == jnp.float32
    assert np.isfinite(value).all(), np.flatnonzero(~np.isfinite(value))
    bad = ~np.isfinite(np.asarray(slope)).reshape(len(made), -1).all(1)
    assert not bad.any(), np.flatnonzero(bad)
    alone = programs(name, False)[1](jnp.asarray(made[10], jnp.float32), jnp.asarray(want[10], jnp.float32))
    np.testing.assert_allclose(alone, value[10], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_the_slope_is_that_of_differences(name):
    p = picture(name)
    at, towards, step = p + 0.05 * noise(name, 2), noise(name, 3), 1e-6
    value, slope = asked(name, [at, at + step * towards, at - step * towards], [p, p, p], x64=True)
    by_difference = (value[1] - value[2]) / (2 * step)
    assert float(np.abs(slope[0]).max()) > 0, "dead"
    assert float(np.vdot(slope[0], towards)) == pytest.approx(float(by_difference), rel=2e-4, abs=1e-9)


@pytest.mark.parametrize("name", SEEING)
def test_the_wanted_picture_is_best_and_a_nearer_one_is_better(name):
    p, n = picture(name), noise(name)
    shares = (0, 0.1, 0.3, 1.0)
    value, slope = asked(name, [p + 0.1 * s * n for s in shares] + [p] * 11, [p] * 15)
    assert (np.diff(value[: len(shares)]) > 0).all(), value[: len(shares)]
    assert float(value[0]) == pytest.approx(-100 if name == "psnr" else 0, abs=2e-6)
    # At the wanted picture itself nothing pulls.
    assert float(np.abs(slope[0]).max()) < 1e-6 * max(float(np.abs(slope[len(shares) - 1]).max()), 1)


def test_a_loss_is_a_pytree_of_its_numbers():
    for loss in LOSSES.values():
        again = jax.tree.map(lambda x: x, loss)
        assert type(again) is type(loss) and repr(again) == repr(loss)
