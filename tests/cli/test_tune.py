"""`isp tune` as a person runs it, interrupts it, and goes on: whatever happened in between, the end is the same to the bit."""

import csv
import json
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from safetensors.numpy import load_file

PIPELINE = """isp: 1
title: Small
stages:
  - level.subtract_black
  - measure.as_shot
  - white_balance.apply
  - demosaic.bilinear
  - colour.fixed_matrix
  - encode.srgb
"""
OF_FILES = (
    PIPELINE
    + """tune:
  free: [white_balance.*, colour.fixed_matrix.*]
  scenes: [a.npy, b.npy]
  target: {pipeline: wanted.yaml}
  crop: 24
  edge: 2
  batch: 2
  judged: 2
  steps: 3000
  every: 5
  optimiser: {optax: {schedule: constant, rate: 0.001}}
"""
)
SIMULATED = (
    PIPELINE
    + """tune:
  free: [white_balance.*, colour.fixed_matrix.*]
  sensors: [imx219]
  scenes: [scene.dead_leaves, {scene.dead_leaves: {seed: 3}}]
  crop: 32
  edge: 4
  batch: 2
  judged: 2
  steps: 200
  every: 5
"""
)


@pytest.fixture
def recipe(isp):
    """A recipe on two small raw files: steps take a millisecond, and nothing is simulated."""
    random = np.random.default_rng(5)
    for name in ("a.npy", "b.npy"):
        np.save(isp.folder / name, random.integers(70, 1000, (32, 48), dtype=np.uint16))
        (isp.folder / f"{name}.yaml").write_text("cfa: rggb\nbits: 10\nblack: 64\nas_shot: [2, 1, 1.5]\n")
    (isp.folder / "chain.yaml").write_text(PIPELINE)
    (isp.folder / "wanted.yaml").write_text("isp: 1\nfrom: chain.yaml\nvalues: {white_balance.apply.correction: [1.2, 1, 0.9]}\n")
    (isp.folder / "small.yaml").write_text(OF_FILES)
    return "small.yaml"


def started(isp, *words, **keywords):
    """`isp tune` on its way."""
    words = [sys.executable, "-m", "isp", "tune", *map(str, words)]
    return subprocess.Popen(
        words, cwd=isp.folder, env=isp.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **keywords
    )


def checkpoints(folder):
    return sorted((folder / "checkpoints").glob("step-*.safetensors"))


def wait_for(process, folder, step=0, seconds=120):
    """Until a checkpoint of this step or a later one is there, or the process has ended."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        if any(int(path.stem[5:]) >= step for path in checkpoints(folder)):
            return
        time.sleep(0.003)
    assert time.monotonic() < end


def ended(folder):
    """Everything that two runs to the same end share: the last state, the values, the table without its times."""
    arrays = {name: v for name, v in load_file(checkpoints(folder)[-1]).items() if not name.endswith(".seconds")}
    with (folder / "metrics.csv").open() as stream:
        rows = [{name: v for name, v in row.items() if name != "seconds"} for row in csv.DictReader(stream)]
    told = json.loads((folder / "run.json").read_text())
    facts = {name: told[name] for name in ("identity", "why", "before", "after", "values", "start", "dead", "skipped")}
    return arrays, (folder / "tuned.yaml").read_bytes(), rows, facts


def assert_same_end(one, other):
    (arrays, *rest), (others, *other_rest) = ended(one), ended(other)
    assert arrays.keys() == others.keys()
    for name, value in arrays.items():
        assert value.dtype == others[name].dtype and value.tobytes() == others[name].tobytes(), name
    assert rest == other_rest


def test_kills_in_a_row_change_nothing(isp, recipe):
    """Three kills of one run, each at another place in the second after its first checkpoint or the one it was resumed from."""
    unbroken = isp("tune", recipe, "-o", "unbroken", "--steps", 300)
    assert unbroken.code == 0, unbroken.err
    steps, random = 0, np.random.default_rng(11)
    for _ in range(3):
        process = started(isp, recipe, "-o", "killed", "--steps", 300, "--resume")
        wait_for(process, isp.folder / "killed", steps + 5)
        time.sleep(random.uniform(0, 0.3))
        process.kill()
        process.communicate()
        found = checkpoints(isp.folder / "killed")
        assert 1 <= len(found) <= 3 and int(found[-1].stem[5:]) > steps
        steps = int(found[-1].stem[5:])
    done = isp("tune", recipe, "-o", "killed", "--steps", 300, "--resume")
    assert done.code == 0, done.err
    assert len(json.loads((isp.folder / "killed" / "run.json").read_text())["resumed"]) == 3
    assert not list((isp.folder / "killed").rglob(".*"))
    assert_same_end(isp.folder / "unbroken", isp.folder / "killed")


@pytest.mark.slow
def test_a_kill_at_any_time_changes_nothing(isp):
    """Twenty: one in five in imports and the compiler, where nothing is kept yet, the others anywhere in the steps."""
    (isp.folder / "small.yaml").write_text(SIMULATED)
    assert isp("tune", "small.yaml", "-o", "cold").code == 0
    begun = time.monotonic()
    assert isp("tune", "small.yaml", "-o", "unbroken").code == 0
    whole = time.monotonic() - begun
    assert_same_end(isp.folder / "cold", isp.folder / "unbroken")
    last = json.loads((isp.folder / "unbroken" / "run.json").read_text())["seconds"]
    random, at = np.random.default_rng(20), []
    for i in range(20):
        folder = isp.folder / f"run{i}"
        process = started(isp, "small.yaml", "-o", folder)
        if i % 5 == 0:
            time.sleep(random.uniform(0, whole - last))
        else:
            wait_for(process, folder)
            time.sleep(random.uniform(0, 0.8 * last))
        process.kill()
        process.communicate()
        at.append(int(checkpoints(folder)[-1].stem[5:]) if checkpoints(folder) else 0)
        done = isp("tune", "small.yaml", "-o", folder, "--resume")
        assert done.code == 0, done.err
        assert_same_end(isp.folder / "unbroken", folder)
    print("killed after the checkpoints of steps", at)
    assert len(set(at)) > 8


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_keeps_its_state_and_leaves_in_three_seconds(isp, recipe, number, code):
    process = started(isp, recipe, "-o", "run")
    wait_for(process, isp.folder / "run", 20)
    begun = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - begun < 3
    assert process.returncode == code and out == ""
    kept = int(checkpoints(isp.folder / "run")[-1].stem[5:])
    assert err == f"interrupted; the state of step {kept} is kept: add --resume to go on\n"
    rows = (isp.folder / "run" / "metrics.csv").read_text().splitlines()
    assert rows[-1].split(",")[0] == str(kept)
    assert not (isp.folder / "run" / "tuned.yaml").exists()


@pytest.mark.slow
def test_an_interrupt_at_any_time_leaves_in_three_seconds(isp, recipe):
    """In imports, in the compiler, in steps; whatever was kept can be taken up again."""
    unbroken = isp("tune", recipe, "-o", "unbroken", "--steps", 300)
    assert unbroken.code == 0
    random, slowest = np.random.default_rng(21), 0.0
    for i in range(20):
        folder = isp.folder / f"run{i}"
        process = started(isp, recipe, "-o", folder, "--steps", 300)
        if i % 2:
            wait_for(process, folder)
            time.sleep(random.uniform(0, 1))
        else:
            time.sleep(random.uniform(0, 6))
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        slowest = max(slowest, time.monotonic() - begun)
        assert process.returncode in (130, -signal.SIGINT) and not list(folder.rglob(".*"))
        done = isp("tune", recipe, "-o", folder, "--steps", 300, "--resume")
        assert done.code == 0, done.err
        assert_same_end(isp.folder / "unbroken", folder)
    print(f"the slowest left in {slowest:.2f} s")
    assert slowest < 3


def test_what_changed_is_told_and_the_folder_is_not_taken_twice(isp, recipe):
    done = isp("tune", recipe, "-o", "run", "--steps", 40)
    assert done.code == 0 and done.err == "", done.err
    assert "white_balance.apply.correction" in done.out and "held out:" in done.out and "run/tuned.yaml" in done.out
    (isp.folder / "wanted.yaml").write_text("isp: 1\nfrom: chain.yaml\n")
    again = isp("tune", recipe, "-o", "run", "--steps", 40)
    assert again.code == 1 and again.errors == ["error: run: a run lies there (add --resume to go on with it, or name another folder)"]
    other = isp("tune", recipe, "-o", "run", "--steps", 50, "--resume")
    assert other.code == 2 and "steps was 40 and is 50" in other.errors[0] and "target was " in other.errors[0]
    forced = isp("tune", recipe, "-o", "run", "--steps", 50, "--resume", "--force", "--json")
    told = json.loads(forced.out)
    assert forced.code == told["exit"] == 0 and told["steps"] == 50
    assert told["values"].keys() == {"white_balance.apply.correction", "colour.fixed_matrix.matrix"}
    assert told["after"]["loss"] <= told["before"]["loss"] and any("steps was 40" in note for note in told["notes"])


def test_a_file_that_may_not_grow_ends_the_run_but_leaves_the_last_state(isp, recipe):
    """The table within a checkpoint grows with the run until the limit refuses it, as a full disk would."""

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))

    isp("tune", recipe, "-o", "warm", "--steps", 5)  # what is compiled is kept, and has no limit here
    process = started(isp, recipe, "-o", "run", preexec_fn=limited)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 3, err
    assert err.splitlines()[-1].startswith("error: run/checkpoints/step-") and "cannot write: File too large" in err
    assert [path.stat().st_size <= 12_000 for path in checkpoints(isp.folder / "run")] == [True, True]
    assert not list((isp.folder / "run").rglob(".*"))
    kept = int(checkpoints(isp.folder / "run")[-1].stem[5:])
    done = isp("tune", recipe, "-o", "run", "--resume", "--steps", kept + 5, "--force")
    assert done.code == 0, done.err
