"""The README keeps its word: every command in it runs, every example in it works."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = [
    line[2:].partition("#")[0].strip()
    for block in re.findall(r"```console\n(.*?)```", README, re.S)
    for line in block.splitlines()
    if line.startswith("$ ")
]
PYTHON = {
    word: next(block for block in re.findall(r"```python\n(.*?)```", README, re.S) if word in block)
    for word in ("jax.grad", "class Hold", "isp.tune(")
}
RECIPE = next(block for block in re.findall(r"```yaml\n(.*?)```", README, re.S) if "\ntune:" in block)
GUIDE = (ROOT / "docs" / "own.md").read_text()
COMMANDS += [line[2:] for block in re.findall(r"```console\n(.*?)```", GUIDE, re.S) for line in block.splitlines()]
YAML = re.findall(r"```yaml\n(.*?)```", README, re.S)
FILES = {
    "low_light.yaml": RECIPE,
    "mine.yaml": next(block for block in YAML if "own.sharpen" in block),
    "many.yaml": next(block for block in YAML if "~uniform" in block),
    "filters.py": next(block for block in re.findall(r"```python\n(.*?)```", README, re.S) if "def sharpen" in block),
}
"""What the reader has written before the commands that use it."""
MANY, FEW = "200", "2"
"""Steps that the README asks for, and steps that show that it runs."""


def test_the_readme_opens_with_the_two_commands():
    assert COMMANDS[:2] == ["make demo", "make test"]


def test_every_isp_command_runs(isp, embedded):
    """In one folder, in order: later commands read what earlier ones wrote. The commands of make are asked below."""
    for name, text in FILES.items():
        (isp.folder / name).write_text(text)
    for command in (c for c in COMMANDS if not c.startswith("make ")):
        verb, *words = shlex.split(command.replace(f"--steps {MANY}", f"--steps {FEW}"))
        assert verb == "isp"
        done = isp(*words)
        assert done.code == 0, f"{command}\n{done.err}"
    made = {path.relative_to(isp.folder).as_posix() for path in isp.folder.rglob("*")}
    assert {
        "out/demo.png",
        "out/demo.html",
        "out/IMG_1.png",
        "warm.jpg",
        "out/stages/index.html",
        "again.png",
        "schema.json",
        "runs/first/report.html",
        "better.png",
        "mine.jpg",
        "one.dng",
    } <= made


def test_every_verb_is_in_the_table(isp):
    helped = re.findall(r"^  (\w+)  ", isp("--help").out.partition("Commands:")[2], re.M)
    assert helped and set(re.findall(r"^\| `isp (\w+)", README, re.M)) == set(helped)


@pytest.mark.parametrize("command", sorted({c for c in COMMANDS if c.startswith("make ")}))
def test_every_make_command_is_known_to_make(command):
    done = subprocess.run([*shlex.split(command), "--dry-run"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_make_demo_runs_the_demo_and_ci_runs_make_test():
    plan = subprocess.run(["make", "--no-print-directory", "--dry-run", "demo"], cwd=ROOT, capture_output=True, text=True).stdout
    assert plan.splitlines()[-1].endswith("isp demo")
    runner = ROOT / ".ci" / "run"
    assert os.access(runner, os.X_OK) and "make test" in runner.read_text()


def test_the_python_example_runs(isp, embedded):
    done = subprocess.run([sys.executable, "-c", PYTHON["jax.grad"]], cwd=isp.folder, env=isp.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert abs(float(done.stdout)) > 0


def test_the_guide_to_ones_own_runs(isp, embedded):
    code = re.search(r"```python\n(.*?)```", GUIDE, re.S)[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=isp.folder, env=isp.environment, capture_output=True, text=True)
    assert done.returncode == 0 and "layer/weight" in done.stdout, done.stderr
    from isp.spec import load_spec

    (isp.folder / "enhance.onnx").write_bytes(b"checked when it runs")
    (isp.folder / "onnx.yaml").write_text(re.search(r"```yaml\n(.*?)```", GUIDE, re.S)[1])
    assert load_spec(isp.folder / "onnx.yaml").chain["own.onnx"].multiple == 16


def test_the_tuning_example_runs(isp, embedded):
    (isp.folder / "low_light.yaml").write_text(RECIPE)
    done = subprocess.run(
        [sys.executable, "-c", PYTHON["isp.tune("].replace(f"steps={MANY}", f"steps={FEW}")],
        cwd=isp.folder,
        env=isp.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "denoise.bilateral.strength" in done.stdout, done.stderr


def test_the_stage_example_is_a_stage():
    import numpy as np

    from isp.core import Domain, Frame

    space = {"__name__": "isp.develop.highlight.hold"}
    exec(PYTHON["class Hold"], space)
    stage = space["Hold"]()
    assert stage.name == "highlight.hold"
    domain = (stage.accepts or (Domain.WORKING,))[-1]
    shape = (4, 6) if domain.is_mosaic else (4, 6, 3)
    from isp.core import Cfa

    frame = Frame(pixels=np.full(shape, 3.0, np.float32), domain=domain, cfa=Cfa.bayer("rggb"), white=np.ones(4))
    assert float(np.max(np.asarray(stage(frame)))) == 1


def test_the_pipeline_it_shows_is_the_one_that_ships():
    shown = re.search(r"```yaml\n(.*?)```", README, re.S)[1]
    assert shown in (ROOT / "pipelines" / "minimal.yaml").read_text()
