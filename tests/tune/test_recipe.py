"""What a recipe says, and how its faults are told: all at once, by line and column."""

import numpy as np
import pytest

from isp.core import SpecError
from isp.spec import load
from isp.tune.recipe import recipe

STAGES = "isp: 1\nstages:\n  - level.subtract_black\n  - demosaic.malvar2004\n  - colour.fixed_matrix\n  - encode.srgb\n"


def test_a_silent_recipe_has_sound_defaults():
    made = recipe(STAGES)
    assert made.free.count == 14 and made.optimiser.name == "optax" and made.target == "scene"
    assert [t.name for t in made.terms] == ["charbonnier"] and made.settings.steps == 300 and made.sensors[0].name == "imx219"


def test_everything_can_be_said():
    made = recipe(
        STAGES
        + """tune:
  free: [demosaic.*, {demosaic.malvar2004.alpha: {within: [0, 1], rate: 0.5}}]
  sensors: [imx219, {canon_5d4: 2}]
  conditions: {iso: [100, 800], illuminant: [D65, A], compensation: [0, -1]}
  scenes: [{scene.dead_leaves: {seed: 3}}, scene.colour_checker]
  target: {pipeline: classic}
  loss: {charbonnier: 1, mse: {weight: 0.5, domain: linear}}
  optimiser: {optax: {rule: adam, rate: 0.02}}
  steps: 7
  crop: 64 px
"""
    )
    assert [(s.name, s.weight) for s in made.sensors] == [("imx219", 1.0), ("canon_5d4", 2.0)]
    assert len(made.conditions) == 8 and str(made.conditions[-1]) == "ISO 800 A -1 EV"
    assert made.settings.steps == 7 and made.settings.crop == 64
    assert made.terms[1].part.domain == "linear" and made.terms[1].weight == 0.5
    assert float(made.optimiser.rate) == 0.02
    assert made.free.freed[0].within.high == 1


def test_a_list_is_what_is_free():
    assert recipe(STAGES + "tune: [demosaic.*]\n").free.count == 3


def test_python_says_it_with_objects():
    def brightness(picture, label):
        return picture.mean()

    made = recipe(
        load(STAGES),
        sensors=[load("imx219", kind="sensors")],
        scenes=[np.zeros((32, 32, 3))],
        loss={brightness: 2.0},
        target="none",
        steps=3,
    )
    assert made.terms[0].name == "brightness" and made.settings.steps == 3


def test_all_faults_are_told_with_their_places():
    text = (
        STAGES
        + """tune:
  free: [demosaic.malvar2004.alfa]
  sensors: [imx21]
  conditions: {izo: [100]}
  target: secne
  loss: {charbonier: 1}
  optimiser: {optax: {rat: 1}}
  stepps: 3
  crop: 4
"""
    )
    with pytest.raises(SpecError) as caught:
        recipe(text)
    told = [str(p) for p in caught.value.problems]
    lines = {p.line for p in caught.value.problems}
    assert lines == {8, 9, 10, 11, 12, 13, 14, 15}, told
    joined = "\n".join(told)
    for word in ("did you mean demosaic.malvar2004.alpha?", "did you mean imx219?", "did you mean iso?", "photograph", "did you mean charbonnier?", "did you mean rate?",
                 "did you mean steps?", "[8, 8192]"):  # fmt: skip
        assert word in joined, joined


def test_a_loss_that_compares_needs_a_target():
    with pytest.raises(SpecError, match="compares with a wanted picture"):
        recipe(STAGES, target="none")


def test_a_loss_counts_from_its_first_step_to_before_its_last():
    made = recipe(STAGES, loss={"l1": {"last": 10}, "psnr": {"weight": 0.5, "first": 10}}, steps=30)
    at = [[float(term.weight_at(np.float32(step / 30), 30)) for term in made.terms] for step in (0, 9, 10, 29, 30)]
    assert at == [[1, 0], [1, 0], [0, 0.5], [0, 0.5], [0, 0.5]]


def test_some_loss_counts_at_the_end():
    with pytest.raises(SpecError, match="none counts at the end, after 30 steps"):
        recipe(STAGES, loss={"l1": {"last": 30}}, steps=30)
    with pytest.raises(SpecError, match="in numbers, got the text"):
        recipe(STAGES, loss={"l1": {"first": "soon"}})
