"""Style, types, floors and size are kept by tools, not by memory."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = {
    "formatted": ["-m", "ruff", "format", "--check", "."],
    "linted": ["-m", "ruff", "check", "."],
    "typed": ["-m", "mypy"],
    "floors kept": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"],
}
LINES = 250
# Words that say where or by what something was made. Pieces are joined so that this file does not hold what it looks for.
FOREIGN = [
    "/wor" + "k/",
    "/op" + "t/venv",
    "/roo" + "t/",
    "/ho" + "me/",
    "shared/rese" + "arch",
    "chat" + "gpt",
    "cla" + "ude",
    "co-auth" + "ored",
]


@pytest.mark.parametrize("what", TOOLS)
def test_the_tree_is(what):
    done = subprocess.run([sys.executable, *TOOLS[what]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_of_the_package_is_long(root):
    lengths = {path.relative_to(root): len(path.read_text().splitlines()) for path in (root / "isp").rglob("*.py")}
    assert not {path: n for path, n in lengths.items() if n > LINES}


def test_the_repository_speaks_of_itself_alone(files, root):
    found = []
    for path in files:
        data = path.read_bytes()
        if b"\0" in data[:1024]:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            found += [f"{path.relative_to(root)}:{number}: {word}" for word in FOREIGN if word in line.lower()]
    assert not found, "\n".join(found)


def test_no_file_names_an_index_or_a_mirror(files, root):
    pattern = re.compile(r"index" + r"-url|extra-index|trusted-host|find-links", re.I)
    named = [
        path.relative_to(root)
        for path in files
        if path.suffix in (".toml", ".txt", ".cfg", "") and pattern.search(path.read_text("utf-8", "replace"))
    ]
    assert not named


def test_tests_skip_only_for_want_of_something_outside(files, root):
    pattern = re.compile(r"pytest\.(?:importorskip|mark\.(?:skip|skipif|xfail))\b|pytest\.skip\((?!\"no )")
    tests = [p for p in files if p.suffix == ".py" and root / "tests" in p.parents and p != Path(__file__)]
    assert not [str(p.relative_to(root)) for p in tests if pattern.search(p.read_text())]
