"""Where a number stops being one: the stage and the parameter in which it was planted are named, on the way forward or back."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from safetensors.numpy import load_file

from isp.core import Cfa, Domain, Frame
from isp.spec import load, stage_class
from isp.tune.blame import blame
from isp.tune.loss.charbonnier import Charbonnier
from isp.tune.problem import Problem
from isp.tune.recipe import recipe
from isp.tune.result import TuneError
from isp.tune.run import tuned

PIPELINE = (Path(__file__).parents[1] / "small.yaml").read_text()
PLANTED = {
    "level.subtract_black": "white_balance.apply.correction",
    "white_balance.apply": "white_balance.apply.correction",
    "demosaic.bilinear": "white_balance.apply.correction",
    "colour.fixed_matrix": "white_balance.apply.correction",
    "encode.srgb": "white_balance.apply.correction",
}


def raw(**facts):
    pixels = np.random.default_rng(0).integers(80, 900, (16, 16)).astype(np.float32)
    basic = {"cfa": Cfa.bayer("rggb"), "black": np.full(4, 64.0, np.float32), "white": np.full(4, 1023.0, np.float32)}
    return Frame(pixels=pixels, domain=Domain.MOSAIC_DN, as_shot=np.array([2, 1, 1.5], np.float32), model="lawn", **basic | facts)


def asked(frame=None, text=PIPELINE, **said):
    """A recipe on one raw frame, whose wanted picture is another pipeline's."""
    wanted = load(PIPELINE).replace({"white_balance.apply.correction": [1.2, 1, 0.9]})
    settings = {
        "free": ["white_balance.*", "colour.fixed_matrix.*"],
        "crop": 12,
        "edge": 2,
        "batch": 1,
        "judged": 1,
        "steps": 6,
        "every": 2,
    }
    return recipe(text, scenes=[frame or raw()], target={"pipeline": wanted}, **{**settings, **said})


@jax.custom_vjp
def poisoned(x):
    return x


poisoned.defvjp(lambda x: (x, None), lambda _, slope: (slope * jnp.nan,))


def plant(monkeypatch, name, change):
    """`change` the pixels that a stage makes, in pipelines that are tuned and not in the wanted one."""
    cls = stage_class(name)
    real = cls.__call__
    monkeypatch.setattr(cls, "__call__", lambda self, frame: (made := real(self, frame)).but(pixels=made.pixels.map(change)))


@pytest.fixture
def problem():
    """A problem whose examples have been made, before anything is planted."""
    made = Problem(asked())
    item = made.data.item(made.data.order.views(0)[0])
    made.data.item = lambda view: item
    return made


@pytest.mark.parametrize("name", PLANTED)
def test_the_stage_that_makes_it_is_named(problem, monkeypatch, name):
    plant(monkeypatch, name, lambda x: x.at[3, 3].set(jnp.nan))
    found = blame(problem, problem.free.start(), 0)
    assert found == f"first bad stage: {name}, scene lawn"


@pytest.mark.parametrize("name", PLANTED)
def test_the_stage_through_which_no_slope_comes_back_is_named(problem, monkeypatch, name):
    plant(monkeypatch, name, poisoned)
    slope = {path: jnp.where(jnp.arange(v.size).reshape(v.shape) == 1, jnp.nan, v) for path, v in problem.free.start().items()}
    found = blame(problem, problem.free.start(), 0, slope)
    assert found == f"first bad stage on the way back: {name}, scene lawn; first bad parameter: white_balance.apply.correction[1]"


def test_a_loss_is_named_forward_and_back(problem, monkeypatch):
    start = problem.free.start()
    slope = {path: v * jnp.nan for path, v in start.items()}
    real = Charbonnier.__call__
    monkeypatch.setattr(Charbonnier, "__call__", lambda self, *some: poisoned(real(self, *some)))
    assert blame(problem, start, 0, slope).startswith("slope of the loss charbonnier itself, scene lawn; first bad parameter: ")
    monkeypatch.setattr(Charbonnier, "__call__", lambda self, *some: real(self, *some) * jnp.nan)
    assert blame(problem, start, 0) == "every stage is finite, the loss charbonnier is not, scene lawn"


def test_a_number_that_moves_is_named(problem):
    start = problem.free.start()
    bad = start | {"colour.fixed_matrix.matrix": start["colour.fixed_matrix.matrix"].at[2, 1].set(jnp.nan)}
    assert blame(problem, bad, 0) == "parameter colour.fixed_matrix.matrix[2, 1] is not finite"
    assert "it is a prior, or the sum" in blame(problem, start, 0)


def test_a_pixel_of_the_input_is_named():
    frame = raw()
    frame.pixels[3:, 5] = np.nan
    with pytest.raises(TuneError, match=r"step 0: the loss on what is held out is not finite \(the raw frame is not finite, scene lawn\)"):
        tuned(asked(frame))


def test_a_rate_a_million_times_too_high_makes_no_number_that_is_none(tmp_path):
    """Limits are kept by curves that saturate, so that the run ends, no better than it began, and every state is finite."""
    run = tuned(asked(free=[{"white_balance.*": {"rate": 1e6}}, {"colour.fixed_matrix.*": {"rate": 1e6}}]), tmp_path / "r")
    assert run.after["loss"] <= run.before["loss"]
    states = list((tmp_path / "r").rglob("*.safetensors"))
    assert states and all(np.isfinite(v).all() for path in states for v in load_file(path).values())


def test_a_stage_planted_in_a_run_is_named_and_the_last_good_state_kept(monkeypatch, tmp_path):
    """Gains above 1.05 make no number, and the way there is down the slope."""
    made = asked(optimiser={"optax": {"schedule": "constant", "rate": 0.02}}, free=["white_balance.*"], steps=50, every=2)
    cls = stage_class("white_balance.apply")
    real = cls.__call__

    def planted(self, frame):
        done = real(self, frame)
        trap = jnp.where(jnp.asarray(self.correction)[0] > 1.05, jnp.nan, 0.0)
        return done.but(pixels=done.pixels.map(lambda x: x + trap.astype(x.dtype)))

    problem = Problem(made)
    views = {view: problem.data.item(view) for step in range(50) for view in problem.data.order.views(step)[:1]}
    views |= {view: problem.data.item(view) for view in problem.data.order.judged()}
    problem.data.item = views.__getitem__
    monkeypatch.setattr(cls, "__call__", planted)
    with pytest.raises(TuneError) as caught:
        tuned(made, tmp_path / "r", problem=problem)
    words = str(caught.value)
    assert "first bad stage: white_balance.apply, scene lawn" in words, words
    assert "the last good checkpoint is of step" in words and "white_balance.apply.correction" in words
    states = list((tmp_path / "r").rglob("*.safetensors"))
    assert states and all(np.isfinite(v).all() for path in states for v in load_file(path).values())
