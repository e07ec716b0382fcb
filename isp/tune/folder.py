"""What a run leaves behind: files that a person reads, and that another run is compared with."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import importlib.metadata
import io
import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from isp.core import Chain, DataError, Frame, SpecError, Table
from isp.io.place import put
from isp.spec import dump, dump_overlay
from isp.tune.problem import Problem, developed

if TYPE_CHECKING:
    from isp.tune.recipe import Recipe
    from isp.tune.run import Run

PACKAGES = ("isp", "jax", "jaxlib", "numpy", "optax")


def opened(out: Path, recipe: Recipe, resume: bool, force: bool) -> None:
    """A folder for this run: new, or one that was begun by the same recipe on the same machine. Raises DataError for a folder in which another run lies, SpecError where
    what is taken up differs."""
    now = identity(recipe)
    path = out / "run.json"
    if path.is_file():
        if not resume:
            raise DataError("a run lies there", "", "add --resume to go on with it, or name another folder", file=out)
        try:
            was = json.loads(path.read_text(encoding="utf-8"))["identity"]
        except (ValueError, KeyError) as error:
            raise DataError("it does not say which run this is", str(error), "begin anew in another folder", file=path) from error
        other = [f"{key} was {was.get(key)!r} and is {now[key]!r}" for key in now if was.get(key) != now[key]]
        if other and not force:
            raise SpecError("--resume", "; ".join(other), "use --force to go on nevertheless; the end may then differ", file=out)
        return
    out.mkdir(parents=True, exist_ok=True)
    put(out / "recipe.yaml", resolved(recipe).encode())
    put(out / "base.yaml", dump(recipe.chain).encode())
    put(path, json.dumps({"identity": now, "began": time.strftime("%Y-%m-%dT%H:%M:%S%z")}, indent=1).encode())


def identity(recipe: Recipe) -> dict[str, Any]:
    """What two runs must share to have the same end, to the bit."""
    versions = {name: importlib.metadata.version(name) for name in PACKAGES if _installed(name)}
    return {
        "recipe": hashlib.sha256(resolved(recipe).encode()).hexdigest()[:16],
        "seed": recipe.settings.seed,
        "versions": versions,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "devices": len(jax.devices()),
        "threads": os.cpu_count(),
    }


def resolved(recipe: Recipe) -> str:
    """The whole recipe as YAML: the chain, and everything that holds where it was silent. Objects given from Python are named only."""
    said = {key: recipe.said[key] for key in recipe.said}
    return dump(recipe.chain) + "tune: " + json.dumps(said, default=_named, ensure_ascii=True) + "\n"


def metrics(out: Path, rows: list[dict[str, float]]) -> None:
    """The table of a run as CSV."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    put(out / "metrics.csv", text.getvalue().encode())


def closed(run: Run) -> None:
    """What is written at the end."""
    out = run.out
    assert out is not None
    metrics(out, run.rows)
    put(
        out / "tuned.yaml",
        dump_overlay(run.tuned, run.recipe.chain, "base.yaml", f"{run.recipe.chain.title or 'pipeline'}, tuned").encode(),
    )
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))
    told |= {
        "ended": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": run.seconds,
        "why": run.why,
        "before": run.before,
        "after": run.after,
    }
    told |= {"values": {path: v.tolist() for path, v in run.values.items()}, "start": {path: v.tolist() for path, v in run.start.items()}}
    put(out / "run.json", json.dumps(told, indent=1).encode())
    from isp.report import tuning

    tuning.written(run, out)


def plain(chain: Chain) -> Chain:
    """A chain whose numbers are NumPy's, as a loaded one's are; single numbers are Python's."""
    stages = []
    for stage in chain:
        values = {}
        for name, declared in stage.declared().items():
            value = getattr(stage, name)
            if declared.kind == "param":
                values[name] = dataclasses.replace(value, values=_numbers(value.values)) if isinstance(value, Table) else _numbers(value)
        stages.append(stage.with_values(**values))
    return dataclasses.replace(chain, stages=tuple(stages))


def pictures(problem: Problem, before: Chain, after: Chain, count: int) -> list[tuple[Frame, Frame, Frame | None]]:
    """Held-out examples developed by two chains, with what they should be."""
    made = []
    for batch in problem.data.held_out:
        for i in range(int(np.shape(batch.weight)[0])):
            item = jax.tree.map(lambda a, i=i: a[i], batch)
            raw = item.raw if item.raw.pixels.ndim == 2 else jax.tree.map(lambda a: a[0], item.raw)
            made.append((_developed(before, raw), _developed(after, raw), item.wanted))
            if len(made) == count:
                return made
    return made


_developed = jax.jit(developed)


def _numbers(value: Any) -> Any:
    """Floats in as many digits as they have: what single precision found, as the shortest double that reads back to it."""
    array = np.asarray(value)
    short = np.array([float(str(np.float32(v))) for v in array.ravel()]).reshape(array.shape) if array.dtype == np.float32 else array
    return float(short) if array.ndim == 0 else short


def _named(thing: Any) -> Any:
    if isinstance(thing, (np.ndarray, np.generic, jax.Array)):
        array = np.asarray(thing)
        return array.tolist() if array.size < 1000 else f"array {array.shape} {hashlib.sha256(array.tobytes()).hexdigest()[:16]}"
    if isinstance(thing, Frame):
        return f"frame {hashlib.sha256(np.ascontiguousarray(thing.pixels).tobytes()).hexdigest()[:16]}"
    if isinstance(thing, Chain):
        return f"chain {hashlib.sha256(dump(thing).encode()).hexdigest()[:16]}"
    return getattr(thing, "__name__", None) or getattr(thing, "name", None) or type(thing).__name__


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
