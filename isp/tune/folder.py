"""What a run leaves behind: files that a person reads, and that another run is compared with."""

from __future__ import annotations

import csv
import dataclasses
import fcntl
import io
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import numpy as np

from isp.core import Between, Chain, DataError, Frame, PlaceError, SpecError, Table
from isp.io.place import SUFFIX, alive, put
from isp.spec import dump, dump_overlay, load, weight_files
from isp.tune.card import card
from isp.tune.identity import differences, plain
from isp.tune.learned import is_weights
from isp.tune.learned import told as values_told
from isp.tune.problem import Problem
from isp.tune.take import picture

if TYPE_CHECKING:
    from isp.tune.recipe import Recipe
    from isp.tune.result import Run


class Words(NamedTuple):
    """How one says that a run should go on, and that it should although something has changed: in Python, unless a command has other words."""

    resume: str = "resume=True"
    force: str = "force=True"


PYTHON = Words()


@contextmanager
def claimed(out: Path, resume: bool, force: bool, words: Words) -> Iterator[None]:
    """A folder that this run may have, while it lasts: one that is new or empty, or to `resume` one in which a run lies. Asked before any work is done.

    Raises PlaceError where nothing can be written, or where another process tunes; DataError where something else lies.
    """
    if force and not resume:
        raise SpecError(words.force, "goes on with a run although something has changed", f"add {words.resume}, or name another folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
        (held := put(out / ".claim", b"")).unlink()
        folder = os.open(out, os.O_RDONLY)
    except OSError as error:
        raise PlaceError("cannot write", error.strerror or str(error), file=out) from error
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PlaceError("another process tunes there", "", "wait for it, or name another folder", file=out) from error
        except OSError:  # a file system without locks
            pass
        for part in out.rglob(f".*{SUFFIX}"):
            number = part.name[: -len(SUFFIX)].rpartition(".")[2]
            if not (number.isdigit() and alive(int(number))):
                part.unlink(missing_ok=True)
        lies = (out / "run.json").is_file()
        if lies and not resume:
            raise DataError("a run lies there", "", f"add {words.resume} to go on with it, or name another folder", file=out)
        if not lies and any(path != held for path in out.iterdir()):
            raise DataError("it is not empty, and no run lies there", "", "name another folder", file=out)
        yield
    finally:
        os.close(folder)


def told(out: Path) -> dict[str, Any]:
    """What `run.json` says; nothing where there is none yet. Raises DataError for one that does not say which run this is."""
    path = out / "run.json"
    if not path.is_file():
        return {}
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        dict(said["identity"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError("it does not say which run this is", str(error), "begin anew in another folder", file=path) from error
    return dict(said)


def compared(out: Path, now: dict[str, Any], force: bool, words: Words) -> list[str]:
    """What differs between the run that lies there and this one, in words. Raises SpecError where something does, unless by `force`."""
    said = told(out)
    other = list(differences(said["identity"], now)) if said else []
    if other and not force:
        raise SpecError(words.resume, "; ".join(other), f"use {words.force} to go on nevertheless; the end may then differ", file=out)
    return other


def begun(out: Path, recipe: Recipe, now: dict[str, Any], step: int | None, other: list[str]) -> None:
    """Say in the folder which run this is. `step`: at which it is taken up again; `other`: what has changed since."""
    said, moment = told(out), time.strftime("%Y-%m-%dT%H:%M:%S%z")
    if not said:
        said = {"identity": now, "began": moment} | ({"picks": recipe.picks, "tried": recipe.tried} if recipe.picks else {})
    else:
        again = {"step": step or 0, "at": moment} | ({"other": other} if other else {})
        said |= {"identity": now, "resumed": [*said.get("resumed", []), again]}
    put(out / "run.json", _json(said))
    weighed(out, recipe.chain, {"from": "what a run began with"})
    for name, text in (("recipe.yaml", resolved(recipe)), ("base.yaml", dump(recipe.chain))):
        put(out / name, text.encode())


def weighed(out: Path, chain: Chain, card: dict[str, Any]) -> list[str]:
    """Write the weights of a chain that do not ship, where its YAML text looks for them; and name them. A file that is there is as it should be: its
    name is its content's."""
    files = weight_files(chain, card)
    for name, content in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        if not (out / name).is_file():
            put(out / name, content)
    return list(files)


def chosen(out: Path | None) -> tuple[Chain, dict[str, Any]] | tuple[None, None]:
    """The chain that the run in a folder has chosen, and its picks; None where none has, or where it was killed before it had written all of it."""
    picks = told(out).get("picks") if out and (out / "base.yaml").is_file() else None
    return (load(out / "base.yaml"), picks) if out and picks else (None, None)


def resolved(recipe: Recipe) -> str:
    """The whole recipe as YAML: the chain, and everything that holds where it was silent. Files are named from the root; objects given from Python are named
    only."""
    folder = Path(recipe.base).absolute().parent if recipe.base else Path.cwd()
    said = {key: _rooted(value, folder) if key in ("scenes", "sensors", "target") else value for key, value in recipe.said.items()}
    text = json.dumps(plain(said), ensure_ascii=True)
    return dump(recipe.chain) + "tune: " + re.sub(r"(?<=[\[ ])(-?)Infinity(?=[,\]}])", r"\1.inf", text) + "\n"


def metrics(out: Path, rows: list[dict[str, float]]) -> None:
    """The table of a run as CSV."""
    held = {name for row in rows for name in row}
    names: list[str] = [name for name in ("step", "loss") if name in held]
    told, paths = ([n for n in sorted(held - {"step", "loss", "seconds"}) if ("." in n) is path] for path in (False, True))
    names += [*told, *paths, *(["seconds"] if "seconds" in held else [])]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: int(v) if name in ("step", "skipped") else v for name, v in row.items()} for row in rows)
    put(out / "metrics.csv", text.getvalue().encode())


def closed(run: Run) -> None:
    """What is written at the end; last of all, that it is the end."""
    from isp.report import tuning

    out = run.out
    assert out is not None
    metrics(out, run.rows)
    weighed(out, run.tuned, card(run, told(out)["identity"]))
    overlay = dump_overlay(run.tuned, run.recipe.chain, "base.yaml", f"{run.recipe.chain.title or 'pipeline'}, tuned")
    put(out / "tuned.yaml", overlay.encode())
    tuning.written(run, out)
    end = {"ended": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "seconds": run.seconds, "why": run.why}
    end |= {"before": run.before, "after": run.after, "skipped": run.skipped, "dead": run.dead, "notes": run.notes}
    freed, start, values = run.problem.free.freed, run.start, run.values
    put(
        out / "run.json",
        _json(
            told(out)
            | end
            | {"values": values_told(freed, start, values), "start": {f.path: start[f.path] for f in freed if not is_weights(f)}}
        ),
    )


def rounded(chain: Chain) -> Chain:
    """A chain whose numbers are NumPy's, as a loaded one's are; single numbers are Python's."""
    stages = []
    for stage in chain:
        values = {}
        for name, declared in stage.declared().items():
            value = getattr(stage, name)
            if declared.kind == "weights":
                values[name] = {leaf: np.asarray(v, np.float32) for leaf, v in value.items()}
            elif declared.kind == "param":
                values[name] = (
                    dataclasses.replace(value, values=_numbers(value.values, declared.within))
                    if isinstance(value, Table)
                    else _numbers(value, declared.within)
                )
        stages.append(stage.with_values(**values))
    return dataclasses.replace(chain, stages=tuple(stages))


def pictures(problem: Problem, before: Chain, after: Chain, count: int) -> list[tuple[Frame, Frame, Frame | None]]:
    """Held-out examples developed by two chains, with what they should be; each knows at which ISO it was taken."""
    made = []
    for batch in problem.data.held_out:
        for i in range(int(np.shape(batch.weight)[0])):
            item = jax.tree.map(lambda a, i=i: a[i], batch)
            raw = item.raw if item.raw.pixels.ndim == 2 else jax.tree.map(lambda a: a[0], item.raw)
            made.append((picture(before, raw).but(iso=raw.iso), picture(after, raw).but(iso=raw.iso), item.wanted))
            if len(made) == count:
                return made
    return made


def _numbers(value: Any, within: Between) -> Any:
    """Floats in as many digits as they have: what single precision found, as the shortest double that reads back to it
    (not by `str`, which follows print options that other libraries set). What rounding has carried over
    a limit is taken back."""
    array = np.asarray(value)
    short = (
        np.array([float(np.format_float_positional(np.float32(v), unique=True)) for v in array.ravel()]).reshape(array.shape)
        if array.dtype == np.float32
        else array
    )
    held = np.clip(short, within.low, within.high)
    return float(held) if array.ndim == 0 else held


def _json(thing: Any) -> bytes:
    return json.dumps(plain(thing), indent=1).encode()


def _rooted(said: Any, folder: Path) -> Any:
    """The same with names of files that lie in `folder` from the root."""
    if isinstance(said, dict):
        return {_rooted(key, folder): _rooted(value, folder) for key, value in said.items()}
    if isinstance(said, (list, tuple)):
        return [_rooted(one, folder) for one in said]
    try:
        return str((folder / said).absolute()) if isinstance(said, str) and said and (folder / said).exists() else said
    except (OSError, ValueError):  # a text that is no name of a file
        return said
