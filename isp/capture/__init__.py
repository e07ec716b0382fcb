"""Light becomes numbers: families of stages, a folder each, a method a file. A sensor profile is a chain of them, and this package is a verb as well.

raw = isp.capture("imx219", "colour_checker", size=(400, 600), iso=800)     # a frame, as isp.read gives it
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

VERB = "isp.execute.pose"
"""The module whose `shot` does it. Named, not imported: stages depend on nothing above them."""


class _Callable(ModuleType):
    """`isp.capture(sensor, scene)`, see `isp.execute.pose.shot`."""

    def __call__(self, sensor: Any, scene: Any, **said: Any) -> Any:
        return import_module(VERB).shot(sensor, scene, **said)


sys.modules[__name__].__class__ = _Callable
