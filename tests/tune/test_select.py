"""Choices made before a run: by trying and by blending, the better method is found; a file may name what to pick."""

import json
from pathlib import Path

import pytest

from isp.tune.recipe import recipe
from isp.tune.run import tuned
from isp.tune.select import selected

SENSOR = str(Path(__file__).resolve().parents[2] / "benchmarks" / "tuning" / "sensor.yaml")
PIPELINE = """
isp: 1
stages: [level.subtract_black, measure.as_shot, white_balance.apply, demosaic.bilinear, colour.matrix, encode.srgb]
tune:
  free: [white_balance.*, demosaic.*]
  scenes: [scene.dead_leaves]
  choose: {demosaic.bilinear: [demosaic.bilinear, demosaic.malvar2004]}
  loss: mse
  noise: none
  crop: 32
  batch: 1
  judged: 1
  steps: 10
"""


@pytest.mark.parametrize("how", ["search", "blend"])
def test_the_better_method_is_found(how):
    made = selected(recipe(PIPELINE, sensors=[SENSOR], choosing=how))
    assert made.picks == {"demosaic.bilinear": "demosaic.malvar2004"}
    assert "demosaic.malvar2004" in made.chain.names and not made.choose
    assert {f.path for f in made.free.freed} == {
        "white_balance.apply.correction",
        *(f"demosaic.malvar2004.{g}" for g in ("alpha", "beta", "gamma")),
    }
    assert made.tried


def test_a_choice_is_made_once(tmp_path):
    """A run that is taken up again goes on with the chain that it has chosen."""
    first = tuned(recipe(PIPELINE, sensors=[SENSOR], steps=4, every=2), tmp_path)
    assert json.loads((tmp_path / "run.json").read_text())["picks"] == {"demosaic.bilinear": "demosaic.malvar2004"}
    again = tuned(recipe(PIPELINE, sensors=[SENSOR], steps=4, every=2), tmp_path, resume=True)
    assert again.recipe.chain.names == first.recipe.chain.names and "this run had ended; nothing was done" in again.notes


def test_several_starts_end_no_worse():
    alone = tuned(recipe(PIPELINE, sensors=[SENSOR], steps=8, choose={}, free=["white_balance.*"]))
    several = tuned(recipe(PIPELINE, sensors=[SENSOR], steps=8, choose={}, free=["white_balance.*"], restarts=3))
    assert several.after["loss"] <= alone.after["loss"] * 1.001 and "of 3 starts" in several.notes[0]
