"""`isp tune` as a person runs it, interrupts it, and goes on: whatever happened in between, the end is the same to the bit."""

import csv
import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

PIPELINE = (Path(__file__).parents[1] / "small.yaml").read_text()
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


@pytest.fixture(scope="module")
def place(tmp_path_factory, environment):
    """Run `isp` in one folder for all tests here: one run that nothing disturbs serves them all."""

    def run(*words, timeout=300):
        words = [sys.executable, "-m", "isp", *map(str, words)]
        return subprocess.run(words, cwd=run.folder, env=environment, capture_output=True, text=True, timeout=timeout)

    run.folder, run.environment = tmp_path_factory.mktemp("tune"), environment
    return run


@pytest.fixture(scope="module")
def recipe(place):
    """A recipe on two small raw files: steps take a millisecond, and nothing is simulated."""
    random = np.random.default_rng(5)
    for name in ("a.npy", "b.npy"):
        np.save(place.folder / name, random.integers(70, 1000, (32, 48), dtype=np.uint16))
        (place.folder / f"{name}.yaml").write_text("cfa: rggb\nbits: 10\nblack: 64\nas_shot: [2, 1, 1.5]\n")
    (place.folder / "chain.yaml").write_text(PIPELINE)
    (place.folder / "wanted.yaml").write_text("isp: 1\nfrom: chain.yaml\nvalues: {white_balance.apply.correction: [1.2, 1, 0.9]}\n")
    (place.folder / "small.yaml").write_text(OF_FILES)
    return "small.yaml"


@pytest.fixture(scope="module")
def unbroken(place, recipe):
    """The folder of the run that nothing disturbs, and what it said."""
    done = place("tune", recipe, "-o", "unbroken", "--steps", 300)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return place.folder / "unbroken", done.stdout


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


ENDS = {signal.SIGKILL: -9, signal.SIGINT: 130, signal.SIGTERM: 143}


def test_a_run_that_is_killed_interrupted_and_terminated_ends_as_one_that_is_not(place, recipe, unbroken):
    """One after another, each a moment after a checkpoint beyond the one it went on from."""
    steps, random, folder = 0, np.random.default_rng(11), place.folder / "broken"
    for number, code in ENDS.items():
        process = started(place, recipe, "-o", folder, "--steps", 300, "--resume")
        wait_for(process, folder, steps + 5)
        time.sleep(random.uniform(0, 0.2))
        begun = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        assert process.returncode == code and time.monotonic() - begun < 3 and out == ""
        found = checkpoints(folder)
        assert 1 <= len(found) <= 3 and int(found[-1].stem[5:]) > steps
        steps = int(found[-1].stem[5:])
        if number != signal.SIGKILL:
            assert err == f"interrupted; the state of step {steps} is kept: add --resume to go on\n"
            assert (folder / "metrics.csv").read_text().splitlines()[-1].split(",")[0] == str(steps)
            assert not (folder / "tuned.yaml").exists() and not list(folder.rglob(".*"))
    done = place("tune", recipe, "-o", folder, "--steps", 300, "--resume")
    assert done.returncode == 0, done.stderr
    assert len(json.loads((folder / "run.json").read_text())["resumed"]) == 3
    assert not list(folder.rglob(".*"))
    assert_same_end(unbroken[0], folder)


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


@pytest.mark.slow
def test_an_interrupt_at_any_time_leaves_in_three_seconds(place, recipe, unbroken):
    """In imports, in the compiler, in steps; whatever was kept can be taken up again."""
    random, slowest = np.random.default_rng(21), 0.0
    for i in range(20):
        folder = place.folder / f"run{i}"
        process = started(place, recipe, "-o", folder, "--steps", 300)
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
        done = place("tune", recipe, "-o", folder, "--steps", 300, "--resume")
        assert done.returncode == 0, done.stderr
        assert_same_end(unbroken[0], folder)
    print(f"the slowest left in {slowest:.2f} s")
    assert slowest < 3


def test_what_was_found_is_told(unbroken):
    folder, out = unbroken
    assert "white_balance.apply.correction  [1, 1, 1]" in out and "held out: " in out and "unbroken/tuned.yaml" in out.splitlines()
    assert "300 steps in " in out and (folder / "report.html").is_file() == ("unbroken/report.html" in out.splitlines())


def test_what_changed_is_told_and_the_folder_is_not_taken_twice(place, recipe, unbroken):
    again = place("tune", recipe, "-o", "unbroken", "--steps", 300)
    assert again.returncode == 1
    assert again.stderr == "error: unbroken: a run lies there (add --resume to go on with it, or name another folder)\n"
    shutil.copytree(unbroken[0], place.folder / "other")
    wanted = {"--target": "chain.yaml", "--steps": 305}
    words = ["tune", recipe, "-o", "other", "--resume", *(str(word) for pair in wanted.items() for word in pair)]
    other = place(*words)
    assert other.returncode == 2 and "steps was 300 and is 305" in other.stderr and "target was " in other.stderr
    forced = place(*words, "--force", "--json")
    told = json.loads(forced.stdout)
    assert forced.returncode == told["exit"] == 0 and told["steps"] == 305
    assert told["values"].keys() == {"white_balance.apply.correction", "colour.fixed_matrix.matrix"}
    assert any("steps was 300" in note for note in told["notes"]) and told["written"][0] == "other/tuned.yaml"


@pytest.mark.slow
def test_a_file_that_may_not_grow_ends_the_run_but_leaves_the_last_state(place, recipe):
    """The table within a checkpoint grows with the run until the limit refuses it, as a full disk would."""

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))

    process = started(place, recipe, "-o", "limited", preexec_fn=limited)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 3, err
    assert err.splitlines()[-1].startswith("error: limited/checkpoints/step-") and "cannot write: File too large" in err
    folder = place.folder / "limited"
    assert [path.stat().st_size <= 12_000 for path in checkpoints(folder)] == [True, True] and not list(folder.rglob(".*"))
    kept = int(checkpoints(folder)[-1].stem[5:])
    done = place("tune", recipe, "-o", "limited", "--resume", "--steps", kept + 5, "--force")
    assert done.returncode == 0, done.stderr
