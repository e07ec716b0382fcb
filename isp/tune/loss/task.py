"""What somebody else makes of a picture: any JAX function as a loss."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar

import jax.numpy as jnp

from isp.core import ChainError
from isp.core.planes import Array
from isp.spec.own import found
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
        told = jnp.asarray(judge(made, about.label))
        if told.shape != ():
            raise ChainError("task", f"{_name(judge)} returned an array of shape {told.shape}", "return one number, such as a mean")
        return told


@functools.lru_cache
def task(function: Judge | str) -> Task:
    """The loss that asks `function`: a callable, or where one is found (`package.module:name`, `path/to/file.py:name`).

    Raises ChainError where nothing callable is found there.
    """
    judge = found(function) if isinstance(function, str) else function
    if not callable(judge):
        raise ChainError(str(function), "is not a function", "name one that takes a picture and a label")
    made = type("Task", (Task,), {"__doc__": Task.__doc__, "__module__": __name__, "judge": staticmethod(judge)})
    made.name = Task.name
    made.final()
    return made()


def _name(judge: Judge) -> str:
    return getattr(judge, "__qualname__", repr(judge))
