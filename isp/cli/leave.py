"""Leaving early, on Ctrl-C or SIGTERM: at once, with nothing half-written, and with the exit code that says so.

The process ends in the signal handler itself. An exception that rises out of nowhere inside the compiler's callbacks was seen swallowed (the
batch went on), and seen to abort the process. Work that keeps a state is asked to stop first (`asked`), and left to itself if it does not in time.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

FOLDERS: set[Path] = set()
"""Where files are being written: what is unfinished there is removed."""
TEMPORARY: list[Path] = []
"""Folders of this process's own, removed whole."""
PATIENCE = 2.3
"""Seconds that work has to stop when it is asked to."""


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


@contextmanager
def asked(stop: threading.Event) -> Iterator[list[int]]:
    """Within, an interruption sets `stop` and is put on the list given here; the process ends once the work has stopped, or in `PATIENCE` seconds, or at a second
    interruption. For the main thread, which must not be the one that works: its handlers run between two lines of Python only."""
    heard: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        if heard:
            _leave(number, frame)
        heard.append(number)
        stop.set()
        timer = threading.Timer(PATIENCE, _late, (number,))
        timer.daemon = True
        timer.start()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            if not heard:
                signal.signal(number, handler)


def _late(number: int) -> NoReturn:
    os.write(2, b"\r\x1b[K" * sys.stderr.isatty() + b"interrupted in a long step; what was kept before it stands\n")
    _leave(number, None)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    for folder in FOLDERS:
        for part in folder.glob(f".*.{os.getpid()}.isp-part"):
            part.unlink(missing_ok=True)
    for folder in TEMPORARY:
        shutil.rmtree(folder, ignore_errors=True)
    if sys.stderr.isatty():
        os.write(2, b"\r\x1b[K\x1b[?25h")  # a progress bar hides the cursor
    os._exit(128 + number)
