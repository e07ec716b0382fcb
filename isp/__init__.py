"""A camera in stages: RAW to picture and light to RAW, as YAML pipelines of differentiable JAX stages.

`isp.load("classic")` is a chain, `isp.read("IMG_1.dng")` a frame, and a chain called with a frame develops it.
`isp.capture(...)` is a frame that a simulated sensor took, `isp.tune(...)` finds better values for a chain, `isp.evaluate(...)`
says how good it is on charts, and `isp.compare(...)` lays the pictures of several beside each other. Nothing is imported before it is used,
so that `import isp` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isp import capture, evaluate, tune
    from isp.bench.compare import compare
    from isp.core import Chain, Frame
    from isp.io import read, write
    from isp.spec import admit, load

__all__ = ["Chain", "Frame", "admit", "capture", "compare", "evaluate", "load", "read", "tune", "write"]

_HOMES = {
    "Chain": "isp.core",
    "Frame": "isp.core",
    "admit": "isp.spec",
    "compare": "isp.bench.compare",
    "load": "isp.spec",
    "read": "isp.io",
    "write": "isp.io",
}
_VERBS = ("capture", "evaluate", "tune")
"""Packages that are called."""


def __getattr__(name: str) -> Any:
    if name in _VERBS:
        return import_module(f"isp.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'isp' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
