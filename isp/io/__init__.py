"""Raw files in, pictures out, frames kept. The only door to rawpy, tifffile, Pillow and OpenEXR, each imported where it is used.

Nothing is imported before it is asked for: a decoding process needs a part of this folder and must start at once.
"""

from importlib import import_module
from typing import Any

_DOORS = {
    "read": "isp.io.reader", "find_input_kind": "isp.io.reader", "RawWarning": "isp.io.reader", "write": "isp.io.picture", "read_picture": "isp.io.picture_in",
    "write_dng": "isp.io.dng_out",
    "save_frame": "isp.io.saved", "load_frame": "isp.io.saved", "embedded": "isp.io.sample",
}  # fmt: skip

__all__ = ["RawWarning", "embedded", "find_input_kind", "load_frame", "read", "read_picture", "save_frame", "write", "write_dng"]


def __getattr__(name: str) -> Any:
    if name in _DOORS:
        value = getattr(import_module(_DOORS[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
