"""Files appear whole or not at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from isp.core import DataError, PlaceError
from isp.io import write
from isp.io.place import put, swept

ROOT = Path(__file__).resolve().parents[2]
FLAT = np.full((4, 4, 3), 0.5)


def left(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_failing_writer_leaves_nothing(tmp_path):
    def fails(part):
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(PlaceError, match="No space left on device"):
        put(tmp_path / "a.png", fails)
    assert (tmp_path / "a.png").read_bytes() == b"old"
    assert left(tmp_path) == ["a.png"]

    def breaks(part):
        part.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(tmp_path / "a.png", breaks)
    assert left(tmp_path) == ["a.png"]


def test_full_device(tmp_path):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full on this system")

    def full(part):
        with open("/dev/full", "wb") as stream:
            stream.write(bytes(100000))

    with pytest.raises(PlaceError, match="No space left on device"):
        put(tmp_path / "a.png", full)
    assert left(tmp_path) == []


def test_bad_pixels_and_formats_leave_nothing(tmp_path):
    bad = FLAT.copy()
    bad[0, 0], bad[1, 1, 1] = np.nan, np.inf
    with pytest.raises(DataError, match="4 of its values are not finite"):
        write(bad, tmp_path / "a.png")
    with pytest.raises(PlaceError, match="no picture format"):
        write(FLAT, tmp_path / "a.gif")
    with pytest.raises(DataError, match="jpeg is not written with 16 bits"):
        write(FLAT, tmp_path / "a.jpg", bits=16)
    with pytest.raises(DataError, match="no picture"):
        write(np.ones((4, 4, 2)), tmp_path / "a.png")
    assert left(tmp_path) == []


def test_unwritable(tmp_path):
    for path, why in (
        (tmp_path / "none" / "a.png", "No such file or directory"),
        (tmp_path / "a.png" / "b.png", "Not a directory"),
        (tmp_path / "folder.png", "it is a folder"),
        (Path("/proc/a.png"), "cannot write"),
        (str(tmp_path / "a\0.png"), "NUL"),
    ):
        (tmp_path / "folder.png").mkdir(exist_ok=True)
        (tmp_path / "a.png").touch()
        with pytest.raises(PlaceError, match=why) as caught:
            write(FLAT, path)
        assert caught.value.exit_code == 3
        assert "\n" not in str(caught.value)
    assert left(tmp_path) == ["a.png", "folder.png"]
    assert (tmp_path / "a.png").read_bytes() == b""


def test_inputs_are_never_overwritten(tmp_path):
    source = tmp_path / "in.png"
    source.write_bytes(b"precious")
    (tmp_path / "link.png").symlink_to(source)
    os.link(source, tmp_path / "hard.png")
    for name in ("in.png", "link.png", "hard.png", "../" + tmp_path.name + "/in.png"):
        with pytest.raises(PlaceError, match="overwrite its own input"):
            write(FLAT, tmp_path / name, inputs=[source])
    assert source.read_bytes() == b"precious"


def test_a_link_keeps_pointing(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "a.png").symlink_to(tmp_path / "real" / "b.png")
    write(FLAT, tmp_path / "a.png")
    assert (tmp_path / "a.png").is_symlink()
    assert (tmp_path / "real" / "b.png").read_bytes().startswith(b"\x89PNG")


def test_killed_writers(tmp_path):
    """Killed at any moment, the file at the final name is whole, and what is left hidden goes at the next write."""
    code = (
        "import numpy, sys\nfrom isp.io.place import put\ndata = bytes(range(256)) * 20000\n"
        "print('go', flush=True)\nwhile True:\n    put(sys.argv[1], data)\n"
    )
    target, whole = tmp_path / "a.bin", bytes(range(256)) * 20000
    for i in range(8):
        process = subprocess.Popen([sys.executable, "-c", code, str(target)], cwd=ROOT, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(0.004 * i)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if target.exists():
            assert target.read_bytes() == whole
    put(target, whole)
    assert left(tmp_path) == ["a.bin"]


def test_sweeping_spares_the_living_and_the_others(tmp_path):
    for name in (f".a.png.{os.getppid()}.isp-part", ".b.png.999999999.isp-part", ".a.png.999999999.isp-part", ".a.png.x.isp-part"):
        (tmp_path / name).touch()
    swept(tmp_path / "a.png")
    assert left(tmp_path) == sorted([f".a.png.{os.getppid()}.isp-part", ".b.png.999999999.isp-part", ".a.png.x.isp-part"])
