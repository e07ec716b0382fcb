"""Blends: each method alone where its share is one, hardened to the very chain, slopes that reach the shares, and a descent that finds the planted method."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, Chain, ChainError, Domain, Frame
from isp.core.run import run
from isp.spec import load
from isp.tune.blend import Blend
from isp.tune.choice import choices_of, chosen
from isp.tune.free import freed
from isp.tune.optimiser.optax import Optax
from isp.tune.relax import annealed, entropy, hardened, relaxed, spread

CHAIN = load("{isp: 1, input: mosaic, stages: [measure.as_shot, white_balance.apply, demosaic.malvar2004]}")
METHODS = ["demosaic.bilinear", "demosaic.malvar2004"]
SLOT = {"demosaic.malvar2004": METHODS}
CLASSIC = load("classic")


@pytest.fixture(scope="module")
def frame():
    rows, columns = np.mgrid[:24, :24] / 24
    pixels = 0.4 + 0.3 * np.sin(9 * rows + 5 * columns**2) * np.cos(11 * columns)
    return Frame(pixels=pixels.astype(np.float32), domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"), as_shot=np.float32([0.5, 1, 0.7]))


@pytest.fixture(scope="module")
def soft():
    return relaxed(CHAIN, choices_of(CHAIN, SLOT))


@pytest.fixture(scope="module")
def developed():
    return jax.jit(lambda chain, frame: run(chain.stages, frame).pixels)


def weighted(chain, *logits):
    return with_logits(chain, "demosaic.malvar2004", *logits)


def with_logits(chain, name, *logits):
    at = chain.index(name)
    blend = chain.stages[at].with_values(logits=jnp.float32(logits))
    return dataclasses.replace(chain, stages=(*chain.stages[:at], blend, *chain.stages[at + 1 :]))


def test_equal_shares_are_the_mean_and_one_share_is_the_method(soft, frame, developed):
    each = [np.asarray(developed(chosen(CHAIN, {"demosaic.malvar2004": m}), frame)) for m in METHODS]
    assert np.abs(each[0] - each[1]).max() > 0.01
    np.testing.assert_allclose(developed(soft, frame), (each[0] + each[1]) / 2, atol=1e-6)
    for i, alone in enumerate(each):
        np.testing.assert_allclose(developed(weighted(soft, *(200.0 * (k == i) for k in range(2))), frame), alone, atol=1e-6)
    np.testing.assert_allclose(soft(frame).pixels, (each[0] + each[1]) / 2, atol=1e-6)  # called as any chain


def test_hardening_is_the_chosen_chain(soft, frame, developed):
    for i, method in enumerate(METHODS):
        hard, plain = hardened(weighted(soft, i == 0, i == 1)), chosen(CHAIN, {"demosaic.malvar2004": method})
        assert repr(hard) == repr(plain) and isinstance(hard, Chain) and not any(isinstance(s, Blend) for s in hard)
        assert np.array_equal(developed(hard, frame), developed(plain, frame))


def test_temperature_falls_and_hardens(soft):
    leaning = weighted(soft, 0.5, 0.0)
    shares = [float(annealed(leaning, done)["demosaic.malvar2004"].shares[0]) for done in (0.0, 0.5, 1.0)]
    np.testing.assert_allclose(shares, [1 / (1 + np.exp(-0.5 / t)) for t in (2.0, np.sqrt(0.2), 0.1)], rtol=1e-5)
    undecided = [float(entropy(annealed(leaning, done))) for done in (0.0, 0.5, 1.0)]
    assert undecided[0] > undecided[1] > undecided[2] > 0
    np.testing.assert_allclose(entropy(soft), 1, rtol=1e-6)
    assert float(entropy(CHAIN)) == 0 and repr(annealed(CHAIN, 0.5)) == repr(CHAIN)


def test_slopes_reach_shares_and_the_numbers_of_methods(soft, frame, developed):
    wanted = developed(chosen(CHAIN, {"demosaic.malvar2004": METHODS[1]}), frame)
    free = freed(soft, spread(soft, ["*.logits", "demosaic.malvar2004.alpha"]))
    logits, alpha = "demosaic.malvar2004.logits", "demosaic.malvar2004.demosaic:malvar2004:alpha"
    assert [f.path for f in free.freed] == [logits, alpha]
    loss = jax.jit(lambda theta: jnp.mean((developed(free.bind(theta), frame) - wanted) ** 2))
    slope = jax.jit(jax.grad(loss))(free.start())
    assert slope[logits][0] > 0 > slope[logits][1]  # more of Malvar is better
    for path in (logits, alpha):

        def moved(by, path=path):
            start = free.start()
            return float(loss(start | {path: start[path] + by * (np.arange(np.size(start[path])) == 0).reshape(np.shape(start[path]))}))

        np.testing.assert_allclose(np.ravel(slope[path])[0], (moved(0.05) - moved(-0.05)) / 0.1, rtol=0.02)


def test_a_descent_finds_the_planted_method(soft, frame, developed):
    wanted = developed(chosen(CHAIN, {"demosaic.malvar2004": METHODS[1]}).replace({"demosaic.malvar2004.alpha": 0.8}), frame)

    class Problem:
        free = freed(soft, spread(soft, ["*.logits", "demosaic.malvar2004.*"]))
        seed, steps = 0, 150

        def __init__(self):
            self.sloped = jax.jit(jax.value_and_grad(self.loss))

        def loss(self, theta, done):
            chain = annealed(self.free.bind(theta), done)
            return 1e3 * jnp.mean((developed(chain, frame) - wanted) ** 2) + 0.01 * entropy(chain)

        def gradient(self, theta, step):
            return self.sloped(theta, step / self.steps)

    problem, optimiser = Problem(), Optax.of(rate=0.15, clip=100.0)
    state = optimiser.begin(problem.free.start(), problem)
    for _ in range(problem.steps):
        state = optimiser(state, problem)
    hard = hardened(problem.free.bind(state.theta))
    assert hard.names[2] == METHODS[1]
    assert float(hard["demosaic.malvar2004"].alpha) == pytest.approx(0.8, abs=0.05)


def test_options_and_off_are_blended_too():
    said = {"denoise.bilateral.radius": [2, 4, 6], "detail.unsharp": ["on", "off"], "demosaic.menon2007": ["on", "demosaic.bilinear"]}
    soft = relaxed(CLASSIC, choices_of(CLASSIC, said | {"demosaic.menon2007.refine": [True, False]}))
    blends = {name: s for name, s in zip(soft.names, soft.stages, strict=True) if isinstance(s, Blend)}
    assert blends["denoise.bilateral"].names == tuple(f"denoise.bilateral radius={r}" for r in (2, 4, 6))
    assert blends["detail.unsharp"].names == ("detail.unsharp", "off")
    assert blends["demosaic.menon2007"].names[1:] == ("demosaic.menon2007 refine=False", "demosaic.bilinear")
    assert blends["denoise.bilateral"].reach == (6,) and blends["detail.unsharp"].reach == (6,)
    free = freed(soft, spread(soft, ["denoise.bilateral.strength"]))
    assert [f.path for f in free.freed] == ["denoise.bilateral.denoise:bilateral:strength"]  # one number, whatever the radius
    moved = free.bind(free.start() | {free.freed[0].path: jnp.float32(0.0)})
    hard = hardened(with_logits(with_logits(moved, "denoise.bilateral", 0, 1, 0), "detail.unsharp", 0, 1))
    assert hard["denoise.bilateral"].radius == 4 and float(hard["denoise.bilateral"].strength) == pytest.approx(10)
    assert "detail.unsharp" not in hard.names and not soft.misfits()
    assert "33% denoise.bilateral radius=2" in repr(soft)


def test_the_halo_is_enough_for_every_method(frame, developed):
    chain = load("{isp: 1, input: mosaic, stages: [demosaic.malvar2004]}")
    said = {"demosaic.malvar2004": ["demosaic.bilinear", "demosaic.menon2007", "demosaic.malvar2004"]}
    soft = relaxed(chain, choices_of(chain, said))
    each = [np.asarray(developed(chosen(chain, {"demosaic.malvar2004": m}), frame)) for m in said["demosaic.malvar2004"]]
    np.testing.assert_allclose(developed(soft, frame), np.mean(each, 0), atol=1e-6)


@pytest.mark.parametrize(
    "said, what",
    [
        ({"order": ["look.saturation", "detail.unsharp"]}, "order: an order cannot be blended"),
        ({"geometry.crop": ["on", "off"]}, r"cannot be mixed \(whole\)"),
        ({"stabilise.undo": ["on", "off"]}, "fewer than two"),
        ({"measure.noise": ["on", "off"]}, r"cannot be mixed \(measures\)"),
    ],
)
def test_what_cannot_be_blended_is_refused(said, what):
    with pytest.raises(ChainError, match=what):
        relaxed(CLASSIC, choices_of(CLASSIC, said))
