"""Stages of one's own, that whoever runs a program admits by naming them: a `Stage` class, a JAX function of pixels, or a network.

    isp develop mine.yaml IMG_1.dng -o out/ --stage filters.py:sharpen          # in mine.yaml: `- own.sharpen: {strength: 0.5}`
    isp.load("mine.yaml", stages=["filters.py:sharpen", net])                   # the same in Python, with objects as well

A YAML file cannot admit anything: it may come from anybody, and what is admitted is run. What is admitted stays so in this process.

A function takes an array (rows, columns, channels), or (rows, columns) of a mosaic, and returns one of the same shape. It may say of itself, as
attributes: `accepts` and `emits`, domains it takes and gives (by default any, and as it came), and `reach`, how many pixels around a site it
looks, so that frames can be carried in strips; one that does not say its reach is given whole frames. Arrays of floating-point numbers inside
what is called (an Equinox module, a `jax.tree_util.Partial`) are its `weights`: leaves, to be tuned and kept like those of any learned stage.
"""

from __future__ import annotations

import os
import re
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core.chain import nearest
from isp.core.declared import Scalar, param, weights
from isp.core.domain import Domain
from isp.core.errors import ChainError
from isp.core.frame import Frame
from isp.core.limits import between
from isp.core.planes import Array, Planes
from isp.core.stage import Stage
from isp.core.weights import Weights

FAMILY = "own"
HOW = "--stage MODULE:{0} or --stage FILE.py:{0} on the command line, isp.load(..., stages=[{0}]) in Python"
CLOSE = 0.9
"""A name so like that of a shipped stage is taken for a slip of the pen."""
_ADMITTED: dict[str, type[Stage]] = {}


def admit(*given: Any, **named: Any) -> tuple[str, ...]:
    """Admit stages, each a class, a callable, or where one is found (`package.module:NAME`, `path/to/file.py:NAME`), under their own names or,
    by keyword, under another. Returns what YAML calls them. Raises ChainError for what is neither."""
    for one in given:
        name = one.rpartition(":")[2] if isinstance(one, str) else getattr(one, "__name__", type(one).__name__.lower())
        named.setdefault(name, one)
    for name, one in named.items():
        thing = found(one) if isinstance(one, str) else one
        if not str(name).isidentifier():
            raise ChainError(f"{FAMILY}.{name}", "is no name", "a name has letters, digits and _")
        _ADMITTED[f"{FAMILY}.{name}"] = _stage(thing, name)
    return tuple(f"{FAMILY}.{name}" for name in named)


def admit_all(stages: Iterable[Any] | Mapping[str, Any]) -> None:
    """The same for a list, or for a mapping of names."""
    if isinstance(stages, Mapping):
        admit(**stages)
    else:
        admit(*([stages] if isinstance(stages, str) or callable(stages) else stages))


def own_class(name: str, shipped: Iterable[str] = ()) -> type[Stage]:
    """The class of an admitted stage. Raises ChainError that says how to admit one, or which one, admitted or `shipped` in its family, is meant."""
    if name not in _ADMITTED:
        slip = get_close_matches(name, shipped, n=1, cutoff=CLOSE)
        near = f"did you mean {slip[0]}?" if slip else nearest(name, _ADMITTED) if _ADMITTED else ""
        why = "a stage of one's own is admitted by whoever runs it, never by a file"
        raise ChainError(name, why, near or HOW.format(name.rpartition(".")[2]))
    return _ADMITTED[name]


def found(where: str) -> Any:
    """What a text like `package.module:NAME` or `path/to/file.py:NAME` means. Raises ChainError where there is none."""
    place, _, name = where.rpartition(":")
    if not place or not name:
        raise ChainError(where, "does not say where it is", "write `module:NAME` or `file.py:NAME`")
    here = os.getcwd()
    sys.path.insert(0, here)  # as `python -m` has it; whoever names a module here means the one that lies here
    try:
        module = _of_file(Path(place)) if place.endswith(".py") else import_module(place)
    except Exception as error:
        raise ChainError(where, f"{place} cannot be imported: {error}") from error
    finally:
        sys.path.remove(here)
    if not hasattr(module, name):
        raise ChainError(where, f"{place} has no {name}", nearest(name, [n for n in vars(module) if not n.startswith("_")]))
    return getattr(module, name)


def _of_file(path: Path) -> Any:
    spec = spec_from_file_location(f"isp_own_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ImportError("no such file")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def _stage(thing: Any, name: str) -> type[Stage]:
    path = f"{FAMILY}.{name}"
    if isinstance(thing, type):
        if not issubclass(thing, Stage):
            raise ChainError(path, "is a class, but none of a stage", "name a Stage, a function, or an object that can be called")
        if not thing.is_stage:
            raise ChainError(path, "is a family: it does nothing yet", "give it a `__call__(self, frame)`")
        thing.name = path
        return thing
    if not callable(thing):
        raise ChainError(
            path, f"is a {type(thing).__name__}, which cannot be called", "name a Stage, a function, or an object that can be called"
        )
    return _wrapped(thing, name)


def _wrapped(function: Any, name: str) -> type[Stage]:
    """The stage class that calls a function, its arrays as weights."""
    reach, emits, accepts = (getattr(function, word, None) for word in ("reach", "emits", "accepts"))
    try:
        takes = tuple(map(Domain, [accepts] if isinstance(accepts, str) else accepts or ()))
        gives = None if emits is None else Domain(emits)
    except ValueError as error:
        raise ChainError(f"{FAMILY}.{name}", str(error), f"domains are {', '.join(Domain)}") from error
    leaves, form = jax.tree_util.tree_flatten_with_path(function)
    names = ["/".join(str(getattr(key, "name", getattr(key, "key", getattr(key, "idx", key)))) for key in keys) for keys, _ in leaves]
    short = [re.sub(r"^([0-9]+/)+", "", n) for n in names]  # a Partial counts its arguments, which tells nobody anything
    names = short if len(set(short)) == len(short) else names
    learned = {n: np.asarray(leaf) for n, (_, leaf) in zip(names, leaves, strict=True) if _is_learned(leaf)}
    rest = [None if n in learned else leaf for n, (_, leaf) in zip(names, leaves, strict=True)]

    @jax.jit
    def called(values: Mapping[str, Array], pixels: Array) -> Array:
        return jax.tree_util.tree_unflatten(form, [values.get(n, leaf) for n, leaf in zip(names, rest, strict=True)])(pixels)

    def call(self: Any, frame: Frame) -> Frame:
        planes = frame.pixels if isinstance(frame.pixels, Planes) else None
        pixels = jnp.asarray(frame.pixels) if planes is None else planes.joined()
        made: Any = jnp.asarray(called(getattr(self, "weights", {}), pixels)).astype(pixels.dtype)
        if made.shape[:2] != pixels.shape[:2] or (gives is None and made.shape != pixels.shape):
            raise ChainError(
                self.name, f"made {made.shape} of {pixels.shape}", "return as many rows and columns as came, padding at borders"
            )
        if gives is None:
            made = pixels + self.strength * (made - pixels)
        if planes is not None:
            cells = planes.cells(self.reach)
            made = Planes.split(made, planes.tile, planes.margin).trimmed((planes.margin[0] - cells[0], planes.margin[1] - cells[1]))
        return frame.but(pixels=made) if gives is None else frame.to(gives, made)

    def body(space: dict[str, Any]) -> None:
        space |= {"__module__": f"{FAMILY}.{name}", "__doc__": _words(function, name), "__call__": call, "__annotations__": {}}
        if gives is None:
            space["strength"] = param(
                default=1.0, unit="1", within=between(0, 1), doc="share of what it makes; 0 leaves the frame as it came"
            )
            space["__annotations__"]["strength"] = Scalar
        if learned:
            space["weights"] = weights(grow=lambda random: dict(learned), doc="the arrays of what is called")
            space["__annotations__"]["weights"] = Weights

    contract = {"accepts": takes, "emits": gives, "whole": reach is None, "stabilised": True, "reach": reach or 0}
    cls: type[Stage] = types.new_class(name, (Stage,), contract, body)
    return cls


def _is_learned(leaf: Any) -> bool:
    return isinstance(leaf, (np.ndarray, jax.Array)) and jnp.issubdtype(leaf.dtype, jnp.floating)


def _words(function: Callable[..., Any], name: str) -> str:
    doc = function.__doc__ if isinstance(function, types.FunctionType) else type(function).__doc__
    return (doc or "").strip() or f"{name}, a function of one's own."
