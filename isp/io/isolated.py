"""Decode a file in a process of its own: spawned, never forked, bounded in time and memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from isp.io import container
from isp.io.decoded import Raw, Refused

SECONDS = 60.0
"""Time a file is given. The slowest of 25,200 damaged raws took 1 s."""
ROOT = Path(__file__).resolve().parents[2]


def decode(kind: str, path: Path, seconds: float = SECONDS, module: str = "isp.io.worker") -> Raw:
    """What `isp.io.worker.decode` gives, made in a fresh process. Raises Refused; also when that process dies or takes too long."""
    search = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory(prefix="isp-decode-") as folder:
        result = Path(folder) / "raw.npz"
        command = [sys.executable, "-P", "-m", module, kind, str(path.absolute()), str(result)]  # -P: no modules from the current folder
        quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            code = subprocess.run(
                command, env=os.environ | threads | {"PYTHONPATH": search}, timeout=seconds, check=False, **quiet
            ).returncode
        except subprocess.TimeoutExpired as error:
            raise Refused(f"cannot decode: it took longer than {seconds:g} s", "is it damaged?") from error
        if code not in (0, 3) or not result.exists():
            died = f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
            raise Refused(f"cannot decode: the decoder crashed ({died})", "is it damaged?")
        arrays, told = container.unpacked(result)
    if "refused" in told:
        raise Refused(*told["refused"])
    facts: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in told["plain"].items()}
    mesh = {name.split(".")[1]: arrays.pop(name) for name in list(arrays) if name.startswith("shading.")}
    pixels = arrays.pop("pixels")
    return Raw(pixels, facts | arrays | ({"shading": mesh} if mesh else {}), told["warnings"])
