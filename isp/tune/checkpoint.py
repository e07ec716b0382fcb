"""A run kept so that it can be taken up again, to the bit: safetensors, written whole or not at all, the last two of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jax
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from isp.core import DataError
from isp.io.place import put

KEPT = 2
NAME = re.compile(r"step-(\d{8})\.safetensors")
Arrays = dict[str, np.ndarray]


def keep(folder: Path, step: int, arrays: Arrays, facts: dict[str, Any]) -> Path:
    """Write a checkpoint, then remove all but the last `KEPT`. Raises PlaceError; what was there before stays then."""
    folder.mkdir(parents=True, exist_ok=True)
    path = put(
        folder / f"step-{step:08d}.safetensors", save({k: np.ascontiguousarray(v) for k, v in arrays.items()}, {"isp": json.dumps(facts)})
    )
    for old in sorted(_all(folder))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def last(folder: Path) -> tuple[int, Arrays, dict[str, Any]] | None:
    """The newest checkpoint: its step, arrays and facts; None where there is none. One that cannot be read gives way to the one before.

    Raises DataError where none can be read.
    """
    found = sorted(_all(folder), reverse=True)
    for path in found:
        try:
            content = path.read_bytes()
            arrays = load(content)
            length = int.from_bytes(content[:8], "little")
            facts = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["isp"])
        except (SafetensorError, ValueError, KeyError, OSError):
            continue
        named = NAME.fullmatch(path.name)
        assert named is not None
        return int(named[1]), arrays, facts
    if found:
        raise DataError("no checkpoint can be read", "", "begin anew in another folder", file=found[0])
    return None


def leaves(tree: Any, prefix: str) -> Arrays:
    """The arrays of a pytree by their paths."""
    return {f"{prefix}{jax.tree_util.keystr(path)}": np.asarray(leaf) for path, leaf in jax.tree_util.tree_leaves_with_path(tree)}


def filled(like: Any, arrays: Arrays, prefix: str) -> Any:
    """A pytree of the form of `like` with the arrays kept under its paths. Raises DataError where they are not the same paths."""
    paths, form = jax.tree_util.tree_flatten_with_path(like)
    names = [f"{prefix}{jax.tree_util.keystr(path)}" for path, _ in paths]
    held = {name for name in arrays if name.startswith(prefix)}
    if held != set(names):
        other = sorted(held ^ set(names))[0]
        raise DataError("the checkpoint is of another recipe", f"{other} is in one of them only", "begin anew in another folder")
    return jax.tree_util.tree_unflatten(form, [arrays[name] for name in names])


def _all(folder: Path) -> list[Path]:
    return [path for path in folder.glob("step-*.safetensors") if NAME.fullmatch(path.name)]
