"""The process apart: what happens when it dies, hangs or hoards, and that it starts fast enough to be the rule."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from isp.io import isolated, read
from isp.io.decoded import Refused

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A worker that does what a test says, in a module of its own."""

    def make(body):
        (tmp_path / "stand_in.py").write_text(body)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return "stand_in"

    return make


def test_same_as_in_process(make_dng, mosaic):
    path = make_dng("a.dng", mosaic)
    apart, here = read(path), read(path, trusted=True)
    np.testing.assert_array_equal(apart.pixels, here.pixels)
    assert set(apart.known()) == set(here.known())
    for name, value in here.known().items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(apart, name), value)
        else:
            assert getattr(apart, name) == value


def test_a_worker_that_dies(stand_in, tmp_path):
    module = stand_in("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    with pytest.raises(Refused, match="the decoder crashed \\(signal SIGSEGV\\)"):
        isolated.decode("camera", tmp_path / "a.dng", module=module)


def test_a_worker_that_hangs(stand_in, tmp_path):
    module = stand_in("import time\ntime.sleep(60)\n")
    start = time.monotonic()
    with pytest.raises(Refused, match=r"longer than 0\.5 s"):
        isolated.decode("camera", tmp_path / "a.dng", seconds=0.5, module=module)
    assert time.monotonic() - start < 5


def test_a_worker_that_hoards(stand_in, tmp_path):
    body = "import sys\nfrom isp.io import worker, grey\nimport numpy\n"
    body += "grey.decode_npy = lambda path: numpy.ones(9 << 30, numpy.uint8)\nsys.exit(worker.main(*sys.argv[1:4]))\n"
    with pytest.raises(Refused, match="more memory than a decoder is given"):
        isolated.decode("npy", tmp_path / "a.npy", module=stand_in(body))


def test_nothing_is_left(make_dng, mosaic, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    read(make_dng("a.dng", mosaic))
    assert not list((tmp_path / "temporary").iterdir())


def test_modules_of_the_current_folder_are_not_run(make_dng, mosaic, tmp_path, monkeypatch):
    (tmp_path / "rawpy.py").write_text("raise SystemExit(9)\n")
    monkeypatch.chdir(tmp_path)
    np.testing.assert_array_equal(read(make_dng("a.dng", mosaic)).pixels, mosaic)


def test_the_worker_imports_no_jax():
    code = (
        "import sys, isp.io.worker, isp.io.camera, isp.io.grey, isp.io.dng; sys.exit(bool({'jax', 'isp.core', 'yaml'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
