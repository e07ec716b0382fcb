"""Leaving early, on Ctrl-C or SIGTERM: at once, with nothing half-written, and with the exit code that says so.

The process ends in the signal handler itself. An exception that rises out of nowhere inside the compiler's callbacks was seen swallowed (the
batch went on), and seen to abort the process.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

FOLDERS: set[Path] = set()
"""Where files are being written: what is unfinished there is removed."""
TEMPORARY: list[Path] = []
"""Folders of this process's own, removed whole."""


def guard() -> None:
    """End this process cleanly when it is interrupted or terminated."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)


def private_temporaries() -> None:
    """Give this process a temporary folder of its own, so that leaving can remove all that was in use."""
    import atexit
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="isp-"))
    tempfile.tempdir = str(folder)
    TEMPORARY.append(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    for folder in FOLDERS:
        for part in folder.glob(f".*.{os.getpid()}.isp-part"):
            part.unlink(missing_ok=True)
    for folder in TEMPORARY:
        shutil.rmtree(folder, ignore_errors=True)
    if sys.stderr.isatty():
        os.write(2, b"\r\x1b[K\x1b[?25h")  # a progress bar hides the cursor
    os._exit(128 + number)
