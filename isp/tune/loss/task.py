"""What somebody else makes of a picture: any JAX function as a loss."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, ClassVar

import jax.numpy as jnp

from isp.core import ChainError
from isp.core.planes import Array
from isp.tune.loss import Loss

Judge = Callable[[Array, Any], Array]
"""Given a picture (rows, columns, 3), encoded 0 to 1, and the label of its example; returns one number."""


class Task(Loss, blind=True):
    """The number that a function of the picture and its label returns, such as the cross-entropy of a frozen classifier: tune for the task.
    Made by `task(function)`. As smooth as the function is."""

    judge: ClassVar[Judge | None] = None

    def __call__(self, made, wanted, about):
        judge = type(self).judge
        if judge is None:
            raise ChainError("task", "it has no function to ask", "say which: `module:function`, `file.py:function`, or task(function)")
        found = jnp.asarray(judge(made, about.label))
        if found.shape != ():
            raise ChainError("task", f"{_name(judge)} returned an array of shape {found.shape}", "return one number, such as a mean")
        return found


@functools.lru_cache
def task(function: Judge | str) -> Task:
    """The loss that asks `function`: a callable, or where one is found (`package.module:name`, `path/to/file.py:name`).

    Raises ChainError where nothing callable is found there.
    """
    judge = _found(function) if isinstance(function, str) else function
    if not callable(judge):
        raise ChainError(str(function), "is not a function", "name one that takes a picture and a label")
    made = type("Task", (Task,), {"__doc__": Task.__doc__, "__module__": __name__, "judge": staticmethod(judge)})
    made.name = Task.name
    made.final()
    return made()


def _found(where: str) -> Any:
    place, _, name = where.rpartition(":")
    if not place:
        raise ChainError(where, "does not say where the function is", "write `module:function` or `file.py:function`")
    try:
        module = _of_file(Path(place)) if place.endswith(".py") else import_module(place)
    except (ImportError, OSError) as error:
        raise ChainError(where, f"{place} cannot be imported: {error}") from error
    if not hasattr(module, name):
        raise ChainError(where, f"{place} has no {name}")
    return getattr(module, name)


def _of_file(path: Path) -> Any:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ImportError("no such file")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _name(judge: Judge) -> str:
    return getattr(judge, "__qualname__", repr(judge))
