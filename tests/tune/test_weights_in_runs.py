"""Training is tuning: weights that move in a run are kept, taken up again, told of in a line, and load back to the same picture."""

import csv
import json
import runpy
import shutil
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

import isp
from isp.core import ChainError, DataError, Domain, Frame, SpecError
from isp.core.weights import content, grown, read
from isp.develop.detail.residual_cnn import ResidualCnn
from isp.report import tuning
from isp.spec import load
from isp.tune import checkpoint
from isp.tune.free import freed
from isp.tune.identity import identity
from isp.tune.problem import Problem
from isp.tune.recipe import recipe
from isp.tune.run import tuned
from isp.tune.sensitivity import sensitivity
from isp.tune.sweep import sweep
from isp.tune.take import picture

NET = "detail.residual_cnn"
LEARNED = """isp: 1
title: Learned
stages:
  - level.subtract_black
  - measure.as_shot
  - white_balance.apply
  - demosaic.bilinear
  - detail.residual_cnn
  - colour.fixed_matrix
  - encode.srgb
"""
SAID = {
    "free": [f"{NET}.weights", "white_balance.*"],
    "scenes": ["scene.dead_leaves"],
    "batch": 1,
    "judged": 1,
    "crop": 32,
    "edge": 4,
    "every": 2,
}


def learning(**said):
    return recipe(LEARNED, **{**SAID, "optimiser": {"optax": {"rate": 0.05}}, "steps": 4, **said})


class Killed(BaseException):
    """As if the process had ended there."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return tuned(learning(), tmp_path_factory.mktemp("weights") / "run")


def test_the_tuned_pipeline_loads_back_to_the_same_picture(run):
    again = load(run.out / "tuned.yaml")
    assert content(again[NET].weights) == content(run.tuned[NET].weights) != content(ResidualCnn().weights)
    assert sorted(path.name for path in (run.out / "weights").iterdir()) == [f"{content(again[NET].weights)[:16]}.safetensors"]
    raw = jax.tree.map(lambda a: a[0], run.problem.data.held_out[0]).raw
    np.testing.assert_array_equal(picture(again, raw).pixels, picture(run.tuned, raw).pixels)


def test_held_out_pictures_say_their_iso_and_compare_with_any_chain(run):
    ((before, after, wanted),) = run.pictures(1, before=run.tuned)
    raw = jax.tree.map(lambda a: a[0], run.problem.data.held_out[0]).raw
    np.testing.assert_array_equal(before.pixels, after.pixels)
    assert before.iso == after.iso == raw.iso and wanted is not None


def test_an_interrupted_training_ends_as_one_that_was_not(run, tmp_path):
    """To the bit: weights, moments, table."""

    def told(step, *_):
        if step == 3:
            raise Killed

    with pytest.raises(Killed):
        tuned(learning(), tmp_path / "r", progress=told)
    assert checkpoint.last(tmp_path / "r" / "checkpoints")[0] == 2
    again = tuned(learning(), tmp_path / "r", resume=True)
    (_, one, facts), (_, other, same) = (checkpoint.last(out / "checkpoints") for out in (run.out, again.out))
    assert all(one[name].tobytes() == other[name].tobytes() for name in one.keys() | other.keys() if "seconds" not in name)
    assert facts["best"] == same["best"] and (run.out / "tuned.yaml").read_bytes() == (again.out / "tuned.yaml").read_bytes()
    assert any(NET in name and "middle/kernel" in name for name in one)


def test_what_is_read_of_a_run_has_a_line_for_all_weights(run):
    (one,) = run.learned
    assert (one.path, one.numbers, one.arrays) == (f"{NET}.weights", 3347, 6) and one.moved > 0
    old, new = (np.concatenate([np.ravel(v) for path, v in values.items() if NET in path]) for values in (run.start, run.values))
    assert np.isclose(one.moved, np.sqrt(np.mean((new - old) ** 2)), rtol=1e-5)
    told = json.loads((run.out / "run.json").read_text())
    assert set(told["values"]) == {"white_balance.apply.correction", f"{NET}.weights"}
    assert told["values"][f"{NET}.weights"]["numbers"] == 3347 and list(told["start"]) == ["white_balance.apply.correction"]
    with (run.out / "metrics.csv").open() as stream:
        assert set(next(csv.reader(stream))) == {"step", "loss", "judged_loss", "judged_charbonnier", "seconds"} | {
            f"white_balance.apply.correction[{i}]" for i in range(3)
        }
    page, lines = (run.out / "report.html").read_text(), tuning.text(run).splitlines()
    assert page.count(NET) < 5 and "3347 weights in 6 arrays" in page and len(lines) == 3
    assert "/kernel" not in page + "".join(lines) + "".join(run.notes)


def test_arrays_without_a_slope_are_told_in_one_line(valley):
    free = [f"{NET}.weights/first/*", f"{NET}.weights/middle/*"]
    valley.keywords = {"flat": [f.path for f in freed(load(LEARNED), free).freed]}
    still = tuned(valley(LEARNED, free=free))
    assert still.notes == [f"{NET}.weights: 4 of 4 arrays had a slope of zero: first/bias, first/kernel, middle/bias and 1 more"]


def test_a_run_that_goes_on_from_trained_weights_keeps_them_too(run, tmp_path):
    again = tuned(recipe(run.out / "tuned.yaml", **SAID, steps=1), tmp_path / "more")
    assert content(load(again.out / "base.yaml")[NET].weights) == content(run.tuned[NET].weights)
    assert content(recipe(again.out / "recipe.yaml").chain[NET].weights) == content(run.tuned[NET].weights)


def test_other_weights_are_another_run(run):
    was = identity(run.problem)
    now = identity(Problem(recipe(learning().chain.replace({f"{NET}.weights": run.tuned[NET].weights}), **SAID)))
    assert was["pipeline"] != now["pipeline"]


def test_several_starts_grow_weights_anew(run):
    free = learning().free
    drawn = free.values(free.sampled(np.random.default_rng(5)))
    fresh = grown(ResidualCnn.declared()["weights"].grow, 5)
    assert np.shape(drawn["white_balance.apply.correction"]) == (3,)
    kernel = np.asarray(drawn[f"{NET}.weights/first/kernel"])
    assert 0.5 < kernel.std() / fresh["first/kernel"].std() < 2 and not np.allclose(kernel, fresh["first/kernel"])
    assert not np.asarray(drawn[f"{NET}.weights/last/kernel"]).any()


@pytest.mark.parametrize("optimiser", ["cma_es", "tpe", "nsga2"])
def test_who_tries_refuses_thousands_of_numbers(optimiser):
    with pytest.raises(ChainError, match=r"3350 numbers are free, .* \(descend by gradient"):
        isp.tune(LEARNED, **SAID, steps=1, optimiser=optimiser)


def test_sensitivity_leaves_weights_out_and_says_so(run):
    found = sensitivity(learning(), top=0)
    assert found.names == [f"white_balance.apply.correction[{i}]" for i in range(3)]
    assert found.about["left out"] == f"weights of {NET}.weights"
    with pytest.raises(SpecError, match="nothing but weights"):
        sensitivity(learning(free=[f"{NET}.weights"]))


def test_a_sweep_has_no_range_of_weights_to_walk():
    with pytest.raises(SpecError, match="weights have no range"):
        sweep(learning(), {f"{NET}.weights": []})


def test_patterns_and_pace_of_weights():
    made = freed(load(LEARNED), [NET, {f"{NET}.weights/last/*": {"rate": 0.1, "first": 10}}])
    paces = {f.path.partition("/")[2]: (f.rate, f.first) for f in made.freed if "/" in f.path}
    assert paces["last/kernel"] == (0.1, 10) and paces["first/kernel"] == (1.0, 0) and len(paces) == 6


def test_a_fresh_net_changes_nothing():
    frame = Frame(
        pixels=np.random.default_rng(0).uniform(-0.1, 1.2, (9, 11, 3)).astype(np.float32), domain=Domain.WORKING, primaries="srgb"
    )
    np.testing.assert_array_equal(ResidualCnn()(frame).pixels, frame.pixels)


def test_the_card_says_what_made_the_weights(run):
    (path,) = (run.out / "weights").iterdir()
    _, card = read(path, NET, ResidualCnn().weights)
    assert card["data"] == [{"what": "scene.dead_leaves", "licence": "generated", "scenes": 1, "held out": []}]
    assert card["validation"]["after"]["loss"] == run.after["loss"] and card["optimiser"]["optax"]["rate"] == 0.05
    assert card["seed"] == 0 and card["steps"] == 4 and card["minutes"] > 0 and "jaxlib" in card["versions"] and NET in card["pipeline"]
    assert str(run.out.parent) not in json.dumps(card)


def test_weights_of_a_run_are_put_where_they_ship(run, tmp_path, monkeypatch):
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "ship_weights.py"))
    monkeypatch.setattr(sys.modules["isp.core.weights"], "FOLDER", tmp_path / "weights")
    path = tool["shipped"]([run.out], NET)
    values, card = read(path, NET, ResidualCnn().weights)
    assert path == tmp_path / "weights" / f"{NET}.safetensors" and content(values) == content(run.tuned[NET].weights) and card["steps"] == 4
    with pytest.raises(DataError, match="the run has not ended"):
        tool["shipped"]([tmp_path], NET)
    with pytest.raises(DataError, match=r"colour.fixed_matrix has no weights there"):
        tool["shipped"]([run.out], "colour.fixed_matrix")


def test_of_two_runs_the_mean_is_put_there_with_what_is_said_besides(run, tmp_path, monkeypatch):
    """The other run is this one, its weights turned around: the mean is nothing."""
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "ship_weights.py"))
    monkeypatch.setattr(sys.modules["isp.core.weights"], "FOLDER", tmp_path / "weights")
    shutil.copytree(run.out, tmp_path / "one")
    (tmp_path / "one" / "card.json").write_text('{"figures": {"dB": 30}}')
    weights, card = tool["weights_of"](run.out, NET)
    opposite = {name: -np.asarray(values) for name, values in weights.items()}
    monkeypatch.setitem(tool["shipped"].__globals__, "weights_of", lambda at, _: (weights if at.name == "one" else opposite, card))
    values, said = read(tool["shipped"]([tmp_path / "one", run.out], NET), NET, ResidualCnn().weights)
    assert said["figures"] == {"dB": 30} and said["made_by"].startswith("the mean of what 2 runs found")
    assert all(np.all(np.asarray(array) == 0) for array in values.values())
