"""Arrays and plain facts in one `.npz` file without pickle: what a decoding process hands back, and what a saved frame is."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from isp.io.decoded import PIXELS, Refused

HEADER = "facts.json"
BYTES = 24 * PIXELS
"""More than this, unpacked, is refused before it is read."""


def packed(arrays: dict[str, Any], plain: dict[str, Any]) -> bytes:
    """Arrays by name, and a JSON of everything else."""
    stream = io.BytesIO()
    text = np.frombuffer(json.dumps(plain, allow_nan=False).encode(), np.uint8)
    np.savez(stream, allow_pickle=False, **{HEADER: text}, **{name: np.asarray(value) for name, value in arrays.items()})
    return stream.getvalue()


def unpacked(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays and facts of a file made by `packed`. Raises Refused for anything else, damage and absurd sizes included."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > BYTES:
                raise Refused(f"it unpacks to more than {BYTES / 1e9:.0f} GB")
        with np.load(path, allow_pickle=False) as file:
            if HEADER not in file.files:
                raise Refused("it is not a saved frame")
            plain = json.loads(file[HEADER].tobytes())
            return {name: file[name] for name in file.files if name != HEADER}, plain
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        raise Refused(f"it is not a saved frame, or it is damaged ({error})") from error
