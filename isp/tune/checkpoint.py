"""A run kept so that it can be taken up again, to the bit: safetensors, written whole or not at all, the last two of them."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path
from typing import Any

import jax
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from isp.core import DataError, PlaceError
from isp.io.place import put

KEPT = 2
NAME = re.compile(r"step-(\d{8})\.safetensors")
Arrays = dict[str, np.ndarray]


def keep(folder: Path, step: int, arrays: Arrays, facts: dict[str, Any]) -> Path:
    """Write a checkpoint, then remove all but the last `KEPT`. Raises PlaceError; what was there before stays then."""
    text = json.dumps(facts)
    content = save(
        {name: np.ascontiguousarray(v).reshape(np.shape(v)) for name, v in arrays.items()}, {"isp": text, "sum": _sum(arrays, text)}
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlaceError("cannot write", error.strerror or str(error), file=folder) from error
    path = put(folder / f"step-{step:08d}.safetensors", content)
    for old in sorted(_all(folder))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def last(folder: Path, damaged: list[Path] | None = None) -> tuple[int, Arrays, dict[str, Any]] | None:
    """The newest checkpoint: its step, arrays and facts; None where there is none. One that is not what was written gives way to the one before, and is put
    on the list `damaged`.

    Raises DataError where none can be read.
    """
    found = sorted(_all(folder), reverse=True)
    for path in found:
        try:
            content = path.read_bytes()
            arrays = load(content)
            kept = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]
            if kept["sum"] != _sum(arrays, kept["isp"]):
                raise ValueError("not what was written")
            facts = json.loads(kept["isp"])
        except (SafetensorError, ValueError, KeyError, TypeError, OSError):
            if damaged is not None:
                damaged.append(path)
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
    """A pytree of the form of `like` with the arrays kept under its paths. An array that is empty in `like` grows with the run, and has any shape.

    Raises DataError where paths or shapes are others.
    """
    paths, form = jax.tree_util.tree_flatten_with_path(like)
    wanted = {f"{prefix}{jax.tree_util.keystr(path)}": np.shape(leaf) for path, leaf in paths}
    held = {name: v.shape for name, v in arrays.items() if name.startswith(prefix)}
    other = sorted(wanted.keys() ^ held.keys())
    other = other or [name for name, shape in wanted.items() if 0 not in shape and shape != held[name]]
    if other:
        raise DataError("the checkpoint is of another recipe", f"they differ in {other[0]}", "begin anew in another folder")
    return jax.tree_util.tree_unflatten(form, [arrays[name] for name in wanted])


def columns(rows: list[dict[str, float]]) -> Arrays:
    """A table with holes as arrays: for each column its values, and the rows in which they stand."""
    made = {}
    for name in sorted({name for row in rows for name in row}):
        made[f"rows.{name}"] = np.array([row[name] for row in rows if name in row], np.float64)
        made[f"at.{name}"] = np.array([i for i, row in enumerate(rows) if name in row], np.int64)
    return made


def rows(arrays: Arrays) -> list[dict[str, float]]:
    """The inverse of `columns`, among other arrays."""
    made: list[dict[str, float]] = [{} for _ in arrays["rows.step"]]
    for name in sorted(name[5:] for name in arrays if name.startswith("rows.")):
        for i, value in zip(arrays[f"at.{name}"], arrays[f"rows.{name}"], strict=True):
            made[i][name] = float(value)
    return made


def _sum(arrays: Arrays, text: str) -> str:
    """A checksum of everything that a checkpoint says."""
    found = zlib.crc32(text.encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        found = zlib.crc32(array.tobytes(), zlib.crc32(f"{name} {array.dtype} {np.shape(arrays[name])}".encode(), found))
    return f"{found:08x}"


def _all(folder: Path) -> list[Path]:
    return [path for path in folder.glob("step-*.safetensors") if NAME.fullmatch(path.name)]
