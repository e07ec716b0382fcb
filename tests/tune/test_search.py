"""The search of choices on a mosaic whose demosaicing is known: the planted combination comes first, with and without tuning between."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, ChainError, Domain, Frame
from isp.core.run import run
from isp.spec import load
from isp.tune.choice import choices_of, chosen
from isp.tune.optimiser.optax import Optax
from isp.tune.search import freed_here, search

CHAIN = load("{isp: 1, input: mosaic, stages: [measure.as_shot, white_balance.apply, demosaic.malvar2004]}")
METHODS = ["demosaic.bilinear", "demosaic.hamilton_adams1997", "demosaic.malvar2004"]
SAID = {"demosaic.malvar2004": METHODS, "white_balance.apply": ["off", "on"]}


@pytest.fixture(scope="module")
def frame():
    rows, columns = np.mgrid[:24, :24] / 24
    pixels = 0.4 + 0.3 * np.sin(9 * rows + 5 * columns**2) * np.cos(11 * columns)
    return Frame(pixels=pixels.astype(np.float32), domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"), as_shot=np.float32([0.5, 1, 0.7]))


@pytest.fixture(scope="module")
def problem_of(frame):
    """Problems of chains, each compiled once for the module."""
    planted = chosen(CHAIN, {"demosaic.malvar2004": METHODS[2]}).replace({"demosaic.malvar2004.alpha": 0.9})
    wanted = run(planted.stages, frame).pixels
    known = {}

    class Problem:
        seed, steps = 0, 40

        def __init__(self, chain):
            self.free = freed_here(chain, [{f"{METHODS[2]}.alpha": {"within": [0.1, 1.5]}}])
            self.value_ = jax.jit(lambda theta: 1e3 * jnp.mean((run(self.free.bind(theta).stages, frame).pixels - wanted) ** 2))
            self.sloped = jax.jit(jax.value_and_grad(self.value_))

        def value(self, theta, step):
            return self.value_(theta)

        def gradient(self, theta, step):
            return self.sloped(theta)

    return lambda chain: known.setdefault(repr(chain), Problem(chain))


def test_every_combination_is_judged_as_it_stands(problem_of):
    found = search(problem_of, CHAIN, choices_of(CHAIN, SAID))
    assert len(found.rows) == 6 and not found.left_out
    losses = [row.loss for row in found.rows]
    assert losses == sorted(losses) and all(row.steps == 0 and row.state is None for row in found.rows)
    assert found.rows[0].picks == {"demosaic.malvar2004": METHODS[2], "white_balance.apply": "on"}


def test_tuning_between_finds_the_planted_numbers(problem_of):
    optimiser = Optax.of(rate=0.2, clip=100.0)
    found = search(problem_of, CHAIN, choices_of(CHAIN, SAID), optimiser, first=10)
    assert [row.steps for row in found.rows] == [40, 40, 20, 10, 10, 10]
    best = found.rows[0]
    assert best.picks["demosaic.malvar2004"] == METHODS[2]
    assert float(best.chain[METHODS[2]].alpha) == pytest.approx(0.9, abs=0.03) and int(best.state.step) == 40


def test_where_there_are_many_some_are_drawn_and_the_seed_decides_which(problem_of):
    choices = choices_of(CHAIN, SAID)
    one, same, other = (search(problem_of, CHAIN, choices, most=3, seed=seed) for seed in (1, 1, 2))
    assert (
        len(one.rows) == 3
        and [r.picks for r in one.rows] == [r.picks for r in same.rows]
        and [r.loss for r in one.rows] == [r.loss for r in same.rows]
    )
    assert {repr(r.chain) for r in one.rows} != {repr(r.chain) for r in other.rows}
    assert any(r.picks["demosaic.malvar2004"] == METHODS[0] and r.picks["white_balance.apply"] == "off" for r in one.rows)


def test_what_makes_no_chain_is_told(problem_of):
    said = {"demosaic.malvar2004": ["demosaic.malvar2004", "off", "detail.unsharp", "demosaic.bilinear"]}
    found = search(problem_of, CHAIN, choices_of(CHAIN, said))
    assert len(found.rows) == 2 and found.rows[0].picks == {"demosaic.malvar2004": "demosaic.malvar2004"}
    (off, ends), (other, why) = found.left_out
    assert off == {"demosaic.malvar2004": "off"} and "ends in mosaic, where the chain ended in camera" in ends
    assert other == {"demosaic.malvar2004": "detail.unsharp"} and "takes working" in why
    with pytest.raises(ChainError, match="no combination makes a chain"):
        search(problem_of, CHAIN, choices_of(CHAIN, {"demosaic.malvar2004": ["detail.unsharp", "look.saturation"]}))


def test_patterns_of_stages_that_are_not_there_are_passed_over():
    patterns = ["demosaic.malvar2004.*", "demosaic.menon2007.sharpness", {"*.alpha": {"rate": 0.5}}]
    assert [f.path.rpartition(".")[2] for f in freed_here(CHAIN, patterns).freed] == ["alpha", "beta", "gamma"]
    assert freed_here(CHAIN, patterns).freed[0].rate == 0.5
    assert freed_here(chosen(CHAIN, {"demosaic.malvar2004": METHODS[0]}), patterns).freed == ()
