"""Which run this is: what two runs must share to have the same end, to the bit, and in which words they differ."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np

from isp.core import Chain, Declares, Frame
from isp.core.weights import content
from isp.spec import dump
from isp.tune.problem import Problem

PACKAGES = ("isp", "jax", "jaxlib", "numpy", "scipy", "optax", "cmaes", "optuna")
"""What a run is made of: another version may come to another end."""


def identity(problem: Problem) -> dict[str, Any]:
    """Everything on which the end of a run depends, as JSON has it."""
    recipe, data = problem.recipe, problem.data
    target = recipe.target.get("pipeline") if isinstance(recipe.target, dict) else None
    known = {name: importlib.metadata.version(name) for name in PACKAGES if _installed(name)}
    made = {
        "recipe": {key: value for key, value in recipe.said.items() if key not in ("sensors", "scenes", "target")},
        "pipeline": digest(dump(recipe.chain), *_weights(recipe.chain)),
        "sensors": [
            [s.name, s.weight, digest(dump(s.chain), *(f"{path} {one}" for path, one in s.ranges.items()))] for s in recipe.sensors
        ],
        "scenes": digest(*(part for scene in data.scenes for part in vars(scene).values())),
        "target": digest(dump(target)) if target else recipe.said.get("target"),
        "versions": known | {"python": platform.python_version()},
        "processor": _processor(),
        "threads": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "devices": [f"{d.platform}:{d.device_kind}" for d in jax.devices()],
        "flags": os.environ.get("XLA_FLAGS", ""),
        "double": bool(jax.config.jax_enable_x64),  # type: ignore[attr-defined]
    }
    return dict(json.loads(json.dumps(plain(made))))


def _weights(chain: Chain) -> list[str]:
    """The content of all weights, which a text does not say of those that ship."""
    fields = [getattr(stage, field) for stage in chain for field, d in stage.declared().items() if d.kind == "weights"]
    return [content(weights) for weights in fields]


def plain(thing: Any) -> Any:
    """Something as JSON has it; what that cannot say is named."""
    if isinstance(thing, Mapping):
        return {key if isinstance(key, str) else _name(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain(one) for one in thing]
    if isinstance(thing, (np.ndarray, np.generic, jax.Array)):
        array = np.asarray(thing)
        return array.tolist() if array.size < 1000 else f"array {array.shape} {digest(array)}"
    if isinstance(thing, (Frame, Chain)):
        return f"{type(thing).__name__.lower()} {digest(thing)}"
    if thing is None or isinstance(thing, (bool, int, float, str)):
        return thing
    if isinstance(thing, Declares):
        return {_name(thing): {field: plain(getattr(thing, field)) for field in thing.declared()}}
    return _name(thing)


def digest(*things: Any) -> str:
    """A few letters that differ where these do."""
    found = hashlib.sha256()
    for thing in things:
        if isinstance(thing, Frame):
            thing = thing.pixels
        if isinstance(thing, (np.ndarray, np.generic, jax.Array)):
            array = np.ascontiguousarray(thing)
            found.update(f"{array.dtype} {array.shape}".encode() + array.tobytes())
        else:
            found.update(f"{type(thing).__name__} {dump(thing) if isinstance(thing, Chain) else thing}".encode())
    return found.hexdigest()[:12]


def differences(was: Any, now: Any, path: str = "") -> Iterator[str]:
    """Where two descriptions part, in words."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*was, *now)):
            yield from differences(was.get(key), now.get(key), f"{path}.{key}" if path else key)
    elif was != now:
        name = path.removeprefix("recipe.").removeprefix("versions.")
        yield f"{name} was {_short(was)} and is {_short(now)}"


def _name(thing: Any) -> str:
    return str(getattr(thing, "__name__", None) or getattr(thing, "name", None) or type(thing).__name__)


def _short(thing: Any) -> str:
    text = thing if isinstance(thing, str) else json.dumps(thing)
    return text if len(text) < 60 else f"{text[:56]} ..."


def _processor() -> str:
    """The model of the processor: programs are compiled for it."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)
    except OSError:
        found = None
    return f"{platform.machine()} {found[1] if found else platform.processor()}".strip()


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
