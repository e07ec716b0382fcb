"""What options of a goal mean as keys of a recipe."""

from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from isp.cli.goal import Goal, asked, weighed
from isp.core import SpecError
from isp.spec import load_spec

RECIPE = """isp: 1
from: minimal.yaml
tune:
  conditions: {iso: [100, 800], compensation: -1}
  loss: {l1: 1}
  crop: 48
"""


@pytest.fixture
def spec(tmp_path):
    (tmp_path / "minimal.yaml").write_text((Path(__file__).resolve().parents[2] / "pipelines" / "minimal.yaml").read_text())
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    return load_spec(tmp_path / "recipe.yaml")


def test_what_is_not_said_is_not_a_key(spec):
    assert Goal().said(spec) == {}


def test_every_option_is_the_key_it_stands_for(spec, tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    (tmp_path / "wanted").mkdir()
    monkeypatch.chdir(tmp_path)
    goal = Goal(
        sensors=["imx219", "phone=2"], scenes=["photos", "scene.dead_leaves"], free=["*", "tone.*=1,2.5"], iso=[400.0], illuminant=["A"],
        target="wanted", loss=["l1", "ssim=0.2"], crop=32, noise="none", validation=0.0,
    )  # fmt: skip
    assert goal.said(spec) == {
        "sensors": [{"imx219": 1.0}, {"phone": 2.0}],
        "scenes": [str(tmp_path / "photos"), "scene.dead_leaves"],
        "free": ["*", {"tone.*": {"within": [1.0, 2.5]}}],
        "conditions": {"iso": [400.0], "compensation": -1, "illuminant": ["A"]},
        "target": {"pictures": str(tmp_path / "wanted")},
        "loss": {"l1": 1.0, "ssim": 0.2},
        "crop": 32,
        "noise": "none",
        "validation": 0.0,
    }


def test_a_recipe_is_carried_out_with_what_was_said(tmp_path, spec):
    goal = Goal(crop=32, loss=["mse=3"], target="minimal", changes=["level.subtract_black.offset=5"])
    made = goal.recipe(str(tmp_path / "recipe.yaml"), seed=7)
    assert (made.settings.crop, made.settings.seed, made.target["pipeline"].title) == (32, 7, spec.chain.title)
    assert [(t.name, t.weight) for t in made.terms] == [("mse", 3.0)]
    assert [c.iso for c in made.conditions] == [100, 800] and made.chain["level.subtract_black"].offset == 5


@pytest.mark.parametrize("text", ["l1=", "l1=x", "l1=nan", "l1=1,2"])
def test_a_weight_is_one_number(text):
    with pytest.raises(SpecError, match="expected a number"):
        weighed(text)


@pytest.mark.parametrize("text", ["tone.*=1", "tone.*=1,2,3", "tone.*=low,high"])
def test_limits_are_two_numbers(text, spec):
    with pytest.raises(SpecError, match="two numbers"):
        Goal(free=[text]).said(spec)


def test_a_verb_is_given_the_options():
    app, seen = typer.Typer(), {}

    @app.command()
    @asked(goal=Goal)
    def verb(pipeline: str, goal: Goal, loud: bool = False) -> int:
        """Do it."""
        seen.update(pipeline=pipeline, goal=goal, loud=loud)
        return 0

    done = CliRunner().invoke(app, ["classic", "--sensor", "phone=2", "--iso", "100", "--iso", "200", "--loud"])
    assert done.exit_code == 0, done.output
    assert seen == {"pipeline": "classic", "goal": Goal(sensors=["phone=2"], iso=[100.0, 200.0]), "loud": True}
    assert "Do it." in CliRunner().invoke(app, ["--help"]).output


def test_a_function_is_a_loss(tmp_path):
    (tmp_path / "mine.py").write_text("import jax.numpy as jnp\n\n\ndef darkness(picture, label):\n    return jnp.mean(picture)\n")
    made = Goal(loss=[f"{tmp_path / 'mine.py'}:darkness=2"], target="none").recipe("minimal")
    assert made.terms[0].weight == 2 and float(made.terms[0].part.judge(np.full((2, 2, 3), 0.5), None)) == 0.5
    with pytest.raises(SpecError, match="has no brightness"):
        Goal(loss=[f"{tmp_path / 'mine.py'}:brightness"]).recipe("minimal")
