"""The stages as a table: for `isp stages`, and for documents that keep it fresh between two markers."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from isp.core.chain import nearest
from isp.core.domain import Domain
from isp.core.errors import ChainError
from isp.core.stage import Stage
from isp.spec.cost import cost, words
from isp.spec.names import all_names, families, stage_class

BEGIN, END = "<!-- stages: generated -->", "<!-- end of stages -->"
"""What stands before and after a generated table."""


@dataclass(frozen=True)
class Row:
    """What a stage says of itself, in words; `summary` is the claim with which its file begins."""

    name: str
    summary: str
    domains: str
    facts: str
    parameters: str
    paper: str


def row(cls: type[Stage]) -> Row:
    """The row of one stage."""
    takes = " or ".join(cls.accepts) or "any"
    domains = f"{takes} → {cls.emits}" if cls.emits and cls.accepts != (cls.emits,) else takes
    words = (("needs", cls.needs), ("uses", cls.uses), ("takes", cls.takes), ("gives", cls.gives))
    facts = "; ".join(f"{word} {', '.join(names)}" for word, names in words if names)
    file = sys.modules.get(cls.__module__) if cls.__module__.startswith("isp.") else None  # of one's own it may hold anything
    said = getattr(file, "__doc__", None) or cls.__doc__ or ""
    summary = " ".join(said.split()).partition(". ")[0].rstrip(".")
    return Row(cls.name, summary, domains, facts, ", ".join(cls.declared()), cls.paper)


def rows(family: str | None = None) -> list[Row]:
    """The rows of a family, or of all stages in the order in which a frame meets them. Raises ChainError for a family there is not."""
    if family is not None:
        if family not in families():
            raise ChainError(family, "no such family", nearest(family, families()) or f"known: {', '.join(families())}")
        return [row(stage_class(name)) for name in families()[family]]
    found = [stage_class(name) for name in all_names()]
    return [row(cls) for cls in sorted(found, key=lambda cls: (_depth(cls), cls.name))]


def markdown() -> str:
    """The table of all stages, one line each."""
    names = ("stage", "what it does", "domain", "facts", "parameters", "numbers", "work", "reach", "paper")
    head = [f"| {' | '.join(names)} |", "|" + "".join(" ---: |" if n in ("numbers", "work", "reach") else " --- |" for n in names)]
    costs = {r.name: words(cost(stage_class(r.name))) for r in rows()}
    cells = ([f"`{r.name}`", r.summary, r.domains, r.facts, r.parameters, *costs[r.name], r.paper] for r in rows())
    return "\n".join([*head, *("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in cells)])


def refreshed(document: str) -> str:
    """`document` with the table as it is now between its markers. Raises ValueError where the markers are missing."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document has no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n{markdown()}\n{END}{after}"


def _depth(cls: type[Stage]) -> tuple[int, str]:
    """How far down the light's way the family of a stage stands."""
    order = list(Domain)
    family = cls.name.rpartition(".")[0]
    members = [stage_class(name) for name in families()[family]]
    return min((order.index(m.accepts[0]) for m in members if m.accepts), default=len(order)), family
