"""What a recipe may name: its settings, losses, priors and optimisers; and the metrics that pictures are judged by."""

import inspect
import sys
from pathlib import Path

from isp.core import Declares
from isp.evaluate import picture
from isp.report import words
from isp.tune.part import known, part
from isp.tune.settings import Settings
from tools.site.reference import cited, within
from tools.site.words import cell, markdown, table

FAMILIES = {"loss": "Losses", "prior": "Priors", "optimiser": "Optimisers"}
"""The families of parts, with their headings."""


def written(folder: Path) -> None:
    """The page in `folder`."""
    (folder / "tuning.md").write_text(page(), encoding="utf-8")


def page() -> str:
    """The page."""
    said = ["# Recipes: settings, losses, optimisers, metrics", markdown(inspect.cleandoc(Settings.__doc__ or "")), fields(Settings)]
    for family, title in FAMILIES.items():
        home = sys.modules[f"isp.tune.{family}"].__doc__ if known(family) and part(family, known(family)[0]) else ""
        said += [f"## {title}", markdown(home or "")]
        said += [section(part(family, name)) for name in known(family)]
    said += ["## Metrics", "What a picture is compared by: `isp compare` shows them, `isp.evaluate` computes them.", metrics()]
    return "\n\n".join(said) + "\n"


def section(cls: type[Declares]) -> str:
    """All that one part says of itself."""
    claim = markdown(sys.modules[cls.__module__].__doc__ or "")
    said = [f"### {cls.name}", f"**{claim}**", markdown(inspect.cleandoc(cls.__doc__ or "")), fields(cls)]
    return "\n\n".join([*said, cited(cls.paper)] if getattr(cls, "paper", "") else said)


def fields(cls: type[Declares]) -> str:
    """The table of what it declares; empty for one that has nothing to set."""
    declared = cls.declared()
    lines = [
        (f"`{d.name}`", cell(words.text(d.default)), cell(words.unit(d.unit)), cell(within(d)), cell(str(d.usual or "")), cell(d.doc))
        for d in declared.values()
    ]
    return table(("setting", "default", "unit", "may be", "usually", "what it is"), lines) if lines else ""


def metrics() -> str:
    """The table of the metrics."""
    lines = []
    for name in picture.names():
        one = picture.metric(name)
        lines.append((f"`{name}`", cell(one.says), cell(one.unit), cell(one.better), ", ".join(f"`{d}`" for d in one.domains)))
    return table(("metric", "what it says", "unit", "better is", "domains"), lines)
