"""A run that was interrupted ends as one that was not: to the bit, whatever moved it, wherever it stopped. What has changed since is told."""

import csv
import importlib.metadata
import json
import os
import threading

import jax
import numpy as np
import pytest

from isp.core import DataError, SpecError
from isp.tune import checkpoint, run
from isp.tune.data import Data
from isp.tune.result import Interrupted
from isp.tune.run import tuned


class Killed(BaseException):
    """As if the process had ended there."""


def ended(out):
    """Everything that two runs to the same end share."""
    _, arrays, facts = checkpoint.last(out / "checkpoints")
    arrays = {name: (v.dtype, v.shape, v.tobytes()) for name, v in arrays.items() if not name.endswith(".seconds")}
    with (out / "metrics.csv").open() as stream:
        rows = [{name: v for name, v in row.items() if name != "seconds"} for row in csv.DictReader(stream)]
    told = json.loads((out / "run.json").read_text())
    told = {name: v for name, v in told.items() if name not in ("began", "ended", "resumed", "seconds")}
    return arrays, facts | {"spent": 0}, rows, told, (out / "tuned.yaml").read_bytes(), (out / "recipe.yaml").read_bytes()


def killed(out, at, valley, **said):
    """A run whose process ends after step `at`."""

    def progress(step, *_):
        if step == at:
            raise Killed

    with pytest.raises(Killed):
        tuned(valley(**said), out, resume=True, progress=progress)


OPTIMISERS = [
    {"optax": {}}, {"optax": {"ema": 0.9}}, {"optax": {"rule": "lion", "schedule": "one_cycle", "rate": 0.02}}, {"optax": {"rule": "schedule_free_adamw"}},
    {"lbfgs": {}}, {"cma_es": {"population": 4}}, {"tpe": {"scattered": 3}}, {"nsga2": {"population": 4}},
]  # fmt: skip


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=lambda o: "-".join([*o, *map(str, next(iter(o.values())).values())]))
def test_every_optimiser_goes_on_to_the_same_end(valley, tmp_path, optimiser):
    """Killed after steps 2 (nothing kept yet), 5 and 10, one after another, with judgements every third."""
    tuned(valley(optimiser=optimiser), tmp_path / "whole")
    for at in (2, 5, 10):
        killed(tmp_path / "killed", at, valley, optimiser=optimiser)
    tuned(valley(optimiser=optimiser), tmp_path / "killed", resume=True)
    assert ended(tmp_path / "killed") == ended(tmp_path / "whole")


def test_several_starts_go_on_to_the_same_end(valley, tmp_path):
    """Killed before the first checkpoint it chooses among them once more; after it, it goes on with the one that was chosen."""
    said = {"restarts": 3, "steps": 40, "every": 10}
    tuned(valley(**said), tmp_path / "whole")
    for at in (9, 15, 33):
        killed(tmp_path / "killed", at, valley, **said)
    tuned(valley(**said), tmp_path / "killed", resume=True)
    (*one, _, _), (*other, _, _) = ended(tmp_path / "killed"), ended(tmp_path / "whole")
    assert one[-1].pop("notes") == [] and "of 3 starts" in other[-1].pop("notes")[0]
    assert one == other


@pytest.mark.parametrize("often", [0.0, 20.0])
def test_any_step_is_as_good_as_another(valley, tmp_path, often, monkeypatch):
    """Also where states are kept between judgements, some steps are not finite, one slope is dead, and parameters rest for a while."""
    monkeypatch.setattr(run, "OFTEN", often)
    said = {"on_nan": "skip", "free": ["white_balance.*", {"colour.fixed_matrix.*": {"first": 4, "last": 9}}]}
    valley.keywords = {"broken": [1, 4, 8, 9], "flat": ["white_balance.apply.correction"]}
    tuned(valley(**said), tmp_path / "whole")
    for at in (1, 3, 5, 8, 9, 10, 12):
        out = tmp_path / f"killed{at}"
        killed(out, at, valley, **said)
        tuned(valley(**said), out, resume=True)
        assert ended(out) == ended(tmp_path / "whole"), at
        stop = threading.Event()
        stopped = tmp_path / f"stopped{at}"
        if at < 12:
            with pytest.raises(Interrupted):
                tuned(valley(**said), stopped, progress=lambda step, *_, at=at, stop=stop: step == at and stop.set(), stop=stop)
            tuned(valley(**said), stopped, resume=True)
            assert ended(stopped) == ended(tmp_path / "whole"), at


def test_a_run_killed_while_it_writes_its_end_writes_it_again(valley, tmp_path, monkeypatch):
    tuned(valley(), tmp_path / "whole")
    for name in ("tuned.yaml", "run.json"):
        with monkeypatch.context() as patch:
            real = run.folder.put

            def put(path, *rest, name=name, real=real):
                if path.name == name and (path.parent / "checkpoints").exists() and len(list((path.parent / "checkpoints").iterdir())) == 2:
                    raise Killed
                return real(path, *rest)

            patch.setattr(run.folder, "put", put)
            with pytest.raises(Killed):
                tuned(valley(), tmp_path / name)
        tuned(valley(), tmp_path / name, resume=True)
        assert ended(tmp_path / name) == ended(tmp_path / "whole")


def test_an_ended_run_is_left_as_it_is(valley, tmp_path):
    first = tuned(valley(), tmp_path / "r")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted((tmp_path / "r").rglob("*")) if path.is_file()}
    again = tuned(valley(), tmp_path / "r", resume=True)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before} == before
    assert again.notes == ["this run had ended; nothing was done"] and again.rows == first.rows
    assert all(np.array_equal(first.values[path], again.values[path]) for path in first.values)


def test_a_damaged_checkpoint_gives_way_to_the_one_before(valley, tmp_path):
    tuned(valley(), tmp_path / "whole")
    killed(tmp_path / "r", 10, valley)
    newest = sorted((tmp_path / "r" / "checkpoints").iterdir())[-1]
    newest.write_bytes(newest.read_bytes()[:-3])
    assert newest.stem == "step-00000009"
    made = tuned(valley(), tmp_path / "r", resume=True)
    assert made.notes == ["step-00000009.safetensors is damaged; the checkpoint before it was taken"]
    (_, *one), (_, *other) = ended(tmp_path / "r"), ended(tmp_path / "whole")
    one[2].pop("notes"), other[2].pop("notes")
    assert one == other


def test_a_run_of_which_nothing_can_be_read_is_refused(valley, tmp_path):
    killed(tmp_path / "r", 10, valley)
    (tmp_path / "r" / "run.json").write_text("{}")
    with pytest.raises(DataError, match="does not say which run this is"):
        tuned(valley(), tmp_path / "r", resume=True)
    killed(tmp_path / "s", 10, valley)
    for path in (tmp_path / "s" / "checkpoints").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DataError, match="no checkpoint can be read"):
        tuned(valley(), tmp_path / "s", resume=True)


CHANGES = {
    "steps was 12 and is 13": {"steps": 13},
    "seed was 0 and is 1": {"seed": 1},
    "optimiser.optax.rate was null and is 0.5": {"optimiser": {"optax": {"rate": 0.5}}},
    "sensors was": {"sensors": ["imx477"]},
    "free was": {"free": ["white_balance.*"]},
    "loss.charbonnier was 1.0 and is 2.0": {"loss": {"charbonnier": 2.0}},
}


@pytest.mark.parametrize("words", CHANGES)
def test_another_recipe_is_told(valley, tmp_path, words):
    killed(tmp_path / "r", 4, valley)
    with pytest.raises(SpecError) as caught:
        tuned(valley(**CHANGES[words]), tmp_path / "r", resume=True)
    assert words in str(caught.value) and "use force=True" in str(caught.value) and caught.value.exit_code == 2


DEVICE = jax.devices()[0]
SURROUNDINGS = {
    "threads was": lambda p: p.setattr(os, "sched_getaffinity", lambda _: set(range(99))),
    "jaxlib was": lambda p: p.setattr(importlib.metadata, "version", lambda name: "0.0.1"),
    "devices was": lambda p: p.setattr(jax, "devices", lambda *_: 8 * [DEVICE]),
    "flags was": lambda p: p.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true"),
}


@pytest.mark.parametrize("words", SURROUNDINGS)
def test_other_surroundings_are_told(valley, tmp_path, words, monkeypatch):
    killed(tmp_path / "r", 4, valley)
    SURROUNDINGS[words](monkeypatch)
    with pytest.raises(SpecError, match=words):
        tuned(valley(), tmp_path / "r", resume=True)


def test_a_pipeline_or_a_scene_that_has_changed_is_told(valley, tmp_path, monkeypatch):
    from isp.tune.data import Scene
    from isp.tune.identity import differences, identity
    from isp.tune.problem import Problem

    killed(tmp_path / "r", 4, valley)
    chain = valley().chain.replace({"level.subtract_black.offset": 3.0})
    with pytest.raises(SpecError, match="pipeline was"):
        tuned(valley(chain), tmp_path / "r", resume=True)

    def seen(pixels):
        problem = run.Problem(valley())
        problem.data.scenes = [Scene("picture", np.float32(pixels))]
        return identity(problem)

    assert isinstance(run.Problem(valley()), Problem)
    assert list(differences(seen([1, 2]), seen([1, 2]))) == []
    assert "scenes was" in next(differences(seen([1, 2]), seen([1, 3])))


def test_force_goes_on_and_the_folder_says_so(valley, tmp_path):
    killed(tmp_path / "r", 10, valley)
    chain = valley().chain.replace({"level.subtract_black.offset": 3.0})
    made = tuned(valley(chain, steps=15), tmp_path / "r", resume=True, force=True)
    assert int(made.state.step) == 15
    told = json.loads((tmp_path / "r" / "run.json").read_text())
    assert told["resumed"][0]["step"] == 9 and "steps was 12 and is 15" in told["resumed"][0]["other"]
    from isp.spec import load

    again = load(tmp_path / "r" / "tuned.yaml")
    assert float(again.stages[0].offset) == 3.0  # the overlay stands on the pipeline that was tuned last
    again = tuned(valley(chain, steps=15), tmp_path / "r", resume=True)
    assert "this run had ended; nothing was done" in again.notes


def test_force_does_not_fill_a_state_with_another_one(valley, tmp_path):
    killed(tmp_path / "r", 10, valley)
    before = (tmp_path / "r" / "run.json").read_bytes()
    for said in ({"free": ["white_balance.*"]}, {"optimiser": {"optax": {"rule": "sgd"}}}):
        with pytest.raises(DataError, match="the checkpoint is of another recipe"):
            tuned(valley(**said), tmp_path / "r", resume=True, force=True)
    assert (tmp_path / "r" / "run.json").read_bytes() == before


def test_what_is_seen_when_is_a_function_of_the_seed_and_the_step_alone(valley):
    """No random state needs keeping: a fresh object that starts at a later step sees what one sees that has gone all the way."""
    said = {"scenes": ["scene.dead_leaves", "scene.colour_checker", "scene.slanted_edge"], "conditions": {"iso": [100, 800]}, "batch": 3}
    whole, late, other = (Data(valley(seed=seed, **said)) for seed in (4, 4, 5))
    seen = [whole.order.views(step) for step in range(40)]
    assert [late.order.views(step) for step in (39, 7, 20)] == [seen[39], seen[7], seen[20]]
    assert (late.order.held, late.order.trained, late.order.judged()) == (whole.order.held, whole.order.trained, whole.order.judged())
    assert [other.order.views(step) for step in range(40)] != seen
    assert len({view.occasion for views in seen for view in views}) == 120
