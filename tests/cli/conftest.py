"""Commands run as a person runs them: in a process of their own, in a folder of their own."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAIN = """isp: 1
title: Small
stages:
  - level.subtract_black
  - demosaic.bilinear
  - colour.fixed_matrix
  - encode.srgb
"""


class Result:
    """What a command said and left."""

    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.errors = [line for line in self.err.splitlines() if line.startswith("error: ")]


@pytest.fixture
def isp(tmp_path, environment):
    """Run `isp` with these words in a fresh folder; `isp.folder` is that folder."""

    def run(*words, timeout=180):
        done = subprocess.run(
            [sys.executable, "-m", "isp", *map(str, words)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=timeout
        )
        return Result(done)

    run.folder, run.environment = tmp_path, environment
    return run


@pytest.fixture
def make_raw(tmp_path):
    """Make a 32x48 RGGB mosaic of this name, with its sidecar."""

    def make(name):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, np.tile(np.array([[800, 500], [500, 300]], np.uint16), (16, 24)))
        path.with_name(f"{path.name}.yaml").write_text("cfa: rggb\nbits: 10\nblack: 64\n")
        return path

    return make


@pytest.fixture
def raw(tmp_path, make_raw):
    """A small raw mosaic of four colours, and `chain.yaml` for it."""
    (tmp_path / "chain.yaml").write_text(CHAIN)
    return make_raw("a.npy")


@pytest.fixture
def embedded(tmp_path):
    """The embedded raw under another name, with its sidecar."""
    source = ROOT / "isp" / "data" / "dog_768x1024_10bit.png"
    shutil.copy(source, tmp_path / "IMG_1.dng")
    shutil.copy(source.with_suffix(".yaml"), tmp_path / "IMG_1.yaml")
    return tmp_path / "IMG_1.dng"
