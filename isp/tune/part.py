"""A part of a recipe: a loss, a prior, an optimiser. Like a stage it is a file in its family's folder, and its name is the file's."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from isp.core import ChainError, Declares
from isp.core.chain import nearest

_HERE = Path(__file__).parent


class Part(Declares):
    """A family is a class under `Part`; what defines `__call__` under a family is final, and declares its fields as a stage does."""

    paper: ClassVar[str] = ""

    def __init_subclass__(cls, **contract: Any) -> None:
        super().__init_subclass__()
        if unknown := [word for word in contract if not hasattr(cls, word)]:
            raise TypeError(f"{cls.__name__}: unknown class keywords {unknown}")
        for word, value in contract.items():
            setattr(cls, word, value)
        if "__call__" in cls.__dict__ and cls.__mro__[1] is not Part:
            cls.name = cls.__module__.rpartition(".")[2]
            cls.final()


def known(family: str) -> tuple[str, ...]:
    """The names of a family (`loss`, `prior`, `optimiser`), in alphabetical order."""
    return tuple(sorted(path.stem for path in (_HERE / family).glob("*.py") if not path.stem.startswith("_")))


def part(family: str, name: str) -> Any:
    """The class of a part. Raises ChainError with the nearest name when there is none."""
    if name not in known(family):
        raise ChainError(name, f"no such {family}", nearest(name, known(family)) or f"known: {', '.join(known(family))}")
    module = import_module(f"isp.tune.{family}.{name}")
    return getattr(module, "".join(word.capitalize() for word in name.split("_")))
