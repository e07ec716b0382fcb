"""A run over a valley: what it keeps as best, when it ends, what it passes over, what it refuses, what it leaves behind."""

import json
import os
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from isp.core import DataError, PlaceError, SpecError
from isp.core.errors import IspError
from isp.spec import dump, load
from isp.tune import checkpoint, trail
from isp.tune.result import Interrupted, TuneError
from isp.tune.run import tuned


def checkpoints(out):
    return sorted((out / "checkpoints").glob("*"))


def losses(run):
    return {int(row["step"]): row["judged_loss"] for row in run.rows if "judged_loss" in row}


def test_a_run_finds_the_bottom_and_says_how(valley, tmp_path):
    out = tmp_path / "new" / "run"
    run = tuned(valley(steps=200, every=20), out)
    assert run.after["loss"] < 0.01 * run.before["loss"] and run.why == "all steps were made"
    names = {path.name for path in out.iterdir()}
    assert names == {"recipe.yaml", "base.yaml", "run.json", "metrics.csv", "checkpoints", "tuned.yaml"}
    told = json.loads((out / "run.json").read_text())
    assert told["identity"]["recipe"]["steps"] == 200 and "jaxlib" in told["identity"]["versions"] and told["ended"] >= told["began"]
    again = load(out / "tuned.yaml")
    for path, value in run.values.items():
        index, field = again.find(path)
        assert np.array_equal(np.float32(getattr(again.stages[index], field)), value), path
    table = (out / "metrics.csv").read_text().splitlines()
    numbers = [path + trail.place(i) for path, v in run.values.items() for i in np.ndindex(np.shape(v))]
    assert (
        table[0].replace('"', "") == ",".join(["step", "loss", "judged_distance", "judged_loss", *sorted(numbers), "seconds"])
        and len(table) == 202
    )
    best = min(losses(run), key=losses(run).get)
    on_the_way = next(row for row in run.rows if row["step"] == best)
    assert all(np.isclose(on_the_way[path + trail.place(i)], x, rtol=1e-6) for path, v in run.values.items() for i, x in np.ndenumerate(v))
    assert [path.name for path in checkpoints(out)] == ["step-00000180.safetensors", "step-00000200.safetensors"]


def test_the_resolved_recipe_is_a_recipe_that_asks_for_the_same(valley, tmp_path):
    """Also where scenes are files beside the recipe: they are named from the root."""
    from isp.tune.recipe import recipe

    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "photos").mkdir()
    (tmp_path / "there" / "r.yaml").write_text("isp: 1\nfrom: minimal\ntune: {scenes: [photos], free: [{'*': {prior: [1, 2]}}]}\n")
    made = valley(tmp_path / "there" / "r.yaml", free=None)
    tuned(made, tmp_path / "run")
    again = recipe(tmp_path / "run" / "recipe.yaml")
    assert again.said == made.said | {"scenes": [str(tmp_path / "there" / "photos")]}
    assert again.scenes == (str(tmp_path / "there" / "photos"),) and dump(again.chain) == dump(load("minimal"))


def test_the_best_is_the_one_that_was_judged_best(valley):
    valley.keywords = {"judgements": [9, 5, 3, 4, 6]}
    run = tuned(valley())
    other = tuned(valley())
    assert losses(run) == {0: 9, 3: 5, 6: 3, 9: 4, 12: 6} and losses(other) == losses(run)
    assert repr(run).startswith("<run of 12 numbers, held-out loss 9 -> ")
    valley.keywords = {}
    six = tuned(valley(optimiser={"optax": {"schedule": "constant"}}, steps=6))
    valley.keywords = {"judgements": [9, 5, 3, 4, 6]}
    best = tuned(valley(optimiser={"optax": {"schedule": "constant"}}))
    assert all(np.array_equal(six.state.theta[path], best.theta[path]) for path in best.theta)
    assert not all(np.array_equal(best.state.theta[path], best.theta[path]) for path in best.theta)


def test_a_start_that_is_best_is_kept(valley):
    valley.keywords = {"judgements": [1, 2, 3, 4, 5, 1]}
    run = tuned(valley())
    assert all(np.array_equal(run.values[path], run.start[path]) for path in run.values)


def test_patience_ends_a_run_and_a_resumed_one_stays_ended(valley, tmp_path):
    valley.keywords = {"judgements": [9, 5, 6, 7, 1, 5]}
    run = tuned(valley(steps=60, patience=2), tmp_path / "r")
    assert run.why == "no better judgement in 2 of them" and int(run.state.step) == 9
    again = tuned(valley(steps=60, patience=2), tmp_path / "r", resume=True)
    assert int(again.state.step) == 9 and again.why == run.why and any("had ended" in note for note in again.notes)


@pytest.mark.parametrize("when", [1, 4, 6, 11])
def test_a_stop_keeps_the_state(valley, tmp_path, when):
    stop = threading.Event()

    def progress(step, steps, told):
        assert steps == 12 and set(told) == {"loss", "best", "before"}
        if step == when:
            stop.set()

    with pytest.raises(Interrupted) as caught:
        tuned(valley(), tmp_path / "r", progress=progress, stop=stop)
    kept = checkpoint.last(tmp_path / "r" / "checkpoints")
    assert caught.value.step == kept[0] and when - 1 <= kept[0] <= when
    assert not (tmp_path / "r" / "tuned.yaml").exists()


def test_a_stop_before_the_first_step_keeps_nothing(valley, tmp_path):
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted, match="before the first step"):
        tuned(valley(), tmp_path / "r", stop=stop)
    assert tuned(valley(), tmp_path / "r", resume=True).why == "all steps were made"


# ------------------------------------------------------------------ not finite
def test_what_is_not_finite_ends_the_run_and_keeps_the_last_good_checkpoint(valley, tmp_path):
    valley.keywords = {"broken": [7]}
    with pytest.raises(TuneError, match=r"step 8: the loss or its slope is not finite") as caught:
        tuned(valley(), tmp_path / "r")
    assert "the last good checkpoint is of step 6" in str(caught.value) and caught.value.exit_code == 1
    assert checkpoint.last(tmp_path / "r" / "checkpoints")[0] == 6
    assert_finite(tmp_path / "r")


@pytest.mark.parametrize("optimiser", ["optax", "lbfgs", "cma_es", "tpe"])
def test_what_is_not_finite_is_skipped_and_counted(valley, tmp_path, optimiser):
    """Trying optimisers count such trials as the worst, and lbfgs sees the data of the first step only."""
    broken = [3, 4, 8] if optimiser in ("optax", "cma_es") else [0]
    valley.keywords = {"broken": broken}
    run = tuned(valley(on_nan="skip", optimiser=optimiser), tmp_path / "r")
    rows = {int(row["step"]): row for row in run.rows}
    bad = [step for step, row in rows.items() if step and "loss" not in row]
    assert run.skipped == len(bad) and bad == ([4, 5, 9] if len(broken) > 1 else list(range(1, 13)))
    assert any("passed over" in note for note in run.notes)
    if optimiser == "optax":
        assert int(run.state.step) == 12 and int(run.state.skipped) == 3
        assert_finite(tmp_path / "r")


def test_skipping_has_an_end(valley):
    valley.keywords = {"broken": range(5, 100)}
    with pytest.raises(TuneError, match="step 26: in each of 20 steps the loss or its slope is not finite"):
        tuned(valley(on_nan="skip", steps=100))


@pytest.mark.parametrize("judgements, step", [([np.nan], 0), ([1, np.inf], 3)])
def test_a_judgement_that_is_not_finite_ends_the_run(valley, tmp_path, judgements, step):
    valley.keywords = {"judgements": judgements}
    with pytest.raises(TuneError, match=f"step {step}: the loss on what is held out is not finite"):
        tuned(valley(), tmp_path / "r")
    assert not checkpoints(tmp_path / "r")


def test_a_judgement_that_is_not_finite_is_never_the_best(valley):
    valley.keywords = {"judgements": [9, np.nan, 5, -np.inf, 6, 5]}
    run = tuned(valley(on_nan="skip"))
    assert losses(run) == {0: 9, 6: 5, 12: 6} and run.after["loss"] == 5


def assert_finite(out):
    assert checkpoints(out)
    for path in checkpoints(out):
        for name, value in load_file(path).items():
            assert np.isfinite(value).all(), name


def test_a_slope_that_is_always_zero_is_told(valley, tmp_path):
    valley.keywords = {"flat": ["white_balance.apply.correction"]}
    run = tuned(valley(), tmp_path / "r")
    assert run.dead == {"white_balance.apply.correction": 1.0}
    assert run.notes == ["white_balance.apply.correction: its slope was zero in 100% of the steps"]
    assert json.loads((tmp_path / "r" / "run.json").read_text())["dead"] == run.dead


# ------------------------------------------------------------------ places
@pytest.fixture
def no_work(monkeypatch):
    """Whatever is refused is refused before anything is made of the recipe."""

    def worked(*_):
        raise AssertionError("work was done")

    monkeypatch.setattr("isp.tune.run.Problem", worked)


def test_a_folder_with_something_in_it_is_refused(valley, tmp_path, no_work):
    (tmp_path / "letter.txt").write_text("dear")
    for resume in (False, True):
        with pytest.raises(DataError, match="it is not empty, and no run lies there"):
            tuned(valley(), tmp_path, resume=resume)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_folder_in_which_a_run_lies_is_refused_unless_resumed(valley, tmp_path, no_work):
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(DataError, match=r"a run lies there \(add resume=True to"):
        tuned(valley(), tmp_path)
    with pytest.raises(SpecError, match=r"force=True: goes on.*add resume=True"):
        tuned(valley(), tmp_path, force=True)


def test_a_place_where_nothing_can_be_written_is_refused(valley, tmp_path, no_work, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(PlaceError):
        tuned(valley(), tmp_path / "file" / "run")
    with monkeypatch.context() as patch, pytest.raises(PlaceError, match="cannot write: Read-only file system"):
        patch.setattr(Path, "write_bytes", refusing(30, "Read-only file system"))
        tuned(valley(), tmp_path / "run")
    assert not any((tmp_path / "run").iterdir())


def test_two_processes_do_not_tune_in_one_folder(valley, tmp_path):
    holder = subprocess.Popen(["flock", str(tmp_path), "sleep", "60"])
    try:
        while subprocess.run(["flock", "-n", str(tmp_path), "true"]).returncode == 0:
            assert holder.poll() is None
        with pytest.raises(PlaceError, match="another process tunes there"):
            tuned(valley(), tmp_path)
    finally:
        holder.kill()
        holder.wait()


def test_what_a_killed_process_left_half_written_is_swept(valley, tmp_path):
    tuned(valley(steps=3), tmp_path / "r")
    dead = subprocess.Popen(["true"])
    dead.wait()
    for place in (tmp_path / "r", tmp_path / "r" / "checkpoints"):
        (place / f".x.{dead.pid}.isp-part").write_bytes(b"half")
    tuned(valley(steps=3), tmp_path / "r", resume=True)
    assert not list((tmp_path / "r").rglob(".*"))


def refusing(number, words):
    def refuse(*_, **__):
        raise OSError(number, words)

    return refuse


@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_a_disk_that_fills_up_leaves_the_last_good_checkpoint(valley, tmp_path, call, monkeypatch):
    tried, real = [], getattr(os, call)

    def filling(*arguments):
        tried.append(arguments)
        return refusing(28, "No space left on device")() if len(tried) > 12 else real(*arguments)

    monkeypatch.setattr(os, call, filling)
    with pytest.raises(PlaceError, match="No space left on device") as caught:
        tuned(valley(steps=60), tmp_path / "r")
    assert caught.value.exit_code == 3
    monkeypatch.undo()
    kept = checkpoint.last(tmp_path / "r" / "checkpoints")
    assert kept[0] > 3 and not list((tmp_path / "r").rglob(".*"))
    assert_finite(tmp_path / "r")


def test_errors_say_exit_codes_that_the_command_line_uses():
    assert [kind.exit_code for kind in (TuneError, DataError, SpecError, PlaceError)] == [1, 1, 2, 3]
    assert issubclass(TuneError, IspError)
