"""A camera in stages: RAW to picture and light to RAW, as YAML pipelines of differentiable JAX stages.

`isp.load("classic")` is a chain, `isp.read("IMG_1.dng")` a frame, and a chain called with a frame develops it.
`isp.tune(...)` finds better values for one. Nothing is imported before
it is used, so that `import isp` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isp import tune
    from isp.core import Chain, Frame
    from isp.io import read
    from isp.spec import admit, load

__all__ = ["Chain", "Frame", "admit", "load", "read", "tune"]

_HOMES = {"Chain": "isp.core", "Frame": "isp.core", "admit": "isp.spec", "load": "isp.spec", "read": "isp.io"}


def __getattr__(name: str) -> Any:
    if name == "tune":  # a package that is called
        return import_module("isp.tune")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'isp' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
