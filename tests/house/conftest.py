"""The tree, as the house rules see it."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    """The top folder."""
    return ROOT


@pytest.fixture(scope="session")
def files():
    """Every file that belongs to the repository: tracked, or new and not ignored; all files where there is no git."""
    try:
        words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        found = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not any(part.startswith((".venv", "__pycache__")) for part in path.parts)]
    return [path for path in found if path.is_file()]
