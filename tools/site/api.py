"""The public names of `isp`, with their signatures and what they say of themselves."""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import isp
from tools.site.words import markdown

OPENING = """# Python reference

Everything that `import isp` gives. [In Python](python.md) shows it in use. A docstring says shapes, units, ranges and what is raised."""

VERBS = {"capture": "isp.execute.pose:shot", "evaluate": "isp.bench.evaluation:evaluate", "tune": "isp.tune:tune"}
"""Packages that are called, and the function that answers: its signature says more than that of the package."""


def written(page: Path) -> None:
    """The page."""
    page.write_text("\n\n".join([OPENING, *(told(name) for name in sorted(isp.__all__, key=str.lower))]) + "\n", encoding="utf-8")


def told(name: str) -> str:
    """One public name; of a class, its public methods as well."""
    thing = getattr(isp, name)
    if inspect.ismodule(thing):  # a package that is called
        home, _, function = VERBS.get(name, "").partition(":")
        thing = getattr(import_module(home), function) if home else type(thing).__call__
    if not inspect.isclass(thing):
        return f"## isp.{name}\n\n{directive('function', f'isp.{name}{signature(thing)}', thing)}"
    methods = [
        directive("method", f"{method}{signature(value)}", value, 3)
        for method, value in vars(thing).items()
        if not method.startswith("_") and callable(value) and value.__doc__
    ]
    return f"## isp.{name}\n\n" + directive("class", f"isp.{name}", thing, 4, "\n\n".join(methods))


def signature(thing: Any) -> str:
    """What stands between the parentheses of a call; without `self`, and without the names of the modules that types come from."""
    made = inspect.signature(thing.__func__ if isinstance(thing, (classmethod, staticmethod)) else thing)
    kept = [p for p in made.parameters.values() if p.name not in ("self", "cls")]
    return str(made.replace(parameters=kept)).replace("'", "")


def directive(kind: str, head: str, thing: Any, ticks: int = 3, inside: str = "") -> str:
    """An entry that the index and the search know."""
    fence = "`" * ticks
    said = markdown(inspect.cleandoc(thing.__doc__ or ""))
    return f"{fence}{{py:{kind}}} {head}\n\n{said}\n\n{inside}\n{fence}"
