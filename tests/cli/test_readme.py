"""The README opens well, and the table of commands is whole. That every command runs is asked in tests/docs."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
SCREEN = 75
"""Lines to the end of what sells: what it is, a picture, two commands, a pipeline, a tuning, how it compares."""


def test_the_readme_opens_with_the_two_commands():
    commands = re.findall(r"^\$ ([^#\n]*?)\s*(?:#.*)?$", README, re.M)
    assert commands[:2] == ["make demo", "make test"]


def test_what_sells_fits_a_screen():
    said = README.partition("\n## ")[0]
    assert len(said.splitlines()) <= SCREEN
    shown = re.findall(r"```(yaml|python)\n(.*?)```", said, re.S)
    assert [kind for kind, _ in shown] == ["yaml", "python"]
    assert [len(text.strip().splitlines()) <= most for (_, text), most in zip(shown, (10, 5), strict=True)] == [True, True]


def test_every_figure_of_the_table_says_its_command():
    rows = re.findall(r"^\| (?!what|---)(.*) \|$", README.partition("\n## ")[0], re.M)
    assert rows and all(re.search(r"`(?:python benchmarks/|pytest tests/)[\w./ ]+`$", row) for row in rows)


def test_every_verb_is_in_the_table(isp):
    helped = re.findall(r"^  (\w+)  ", isp("--help").out.partition("Commands:")[2], re.M)
    table = (ROOT / "docs" / "commands.md").read_text()
    assert helped and set(re.findall(r"^\| `isp (\w+)", table, re.M)) == set(helped)


def test_make_demo_runs_the_demo_and_ci_runs_make_test():
    plan = subprocess.run(["make", "--no-print-directory", "--dry-run", "demo"], cwd=ROOT, capture_output=True, text=True).stdout
    assert plan.splitlines()[-1].endswith("isp demo")
    runner = ROOT / ".ci" / "run"
    assert os.access(runner, os.X_OK) and "make test" in runner.read_text()


def test_the_pipeline_it_shows_is_the_one_that_ships():
    page = (ROOT / "docs" / "pipeline.md").read_text()
    shown = re.search(r"```yaml\n(.*?)```", page, re.S)[1]
    assert shown in (ROOT / "pipelines" / "minimal.yaml").read_text()
