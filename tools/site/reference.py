"""The stages, a page for each family: all that they declare, nothing said twice."""

import inspect
import sys
from functools import cache
from pathlib import Path

import numpy as np

from isp.core import Stage
from isp.core.declared import Declared
from isp.core.weights import shipped_file
from isp.report import words
from isp.spec import cost, families, load_spec, paper, row, rows, shipped_names, stage_class
from tools.site.pages import anchor
from tools.site.pictures import Shown
from tools.site.words import cell, folded, markdown, table

NUMBERS = 12
"""As many numbers of a default stand in the YAML line of a stage; longer ones are left out of it."""


def pages() -> list[str]:
    """Families in the order in which light meets them."""
    return list(dict.fromkeys(one.name.rpartition(".")[0] for one in rows()))


def written(folder: Path, shown: dict[str, Shown]) -> None:
    """A page for each family in `folder`."""
    for family in pages():
        (folder / f"{family}.md").write_text(page(family, shown), encoding="utf-8")


def page(family: str, shown: dict[str, Shown]) -> str:
    """The page of a family."""
    classes = [stage_class(name) for name in families()[family]]
    homes = dict.fromkeys(cls.__module__.rpartition(".")[0] for cls in classes)
    said = [f"# {family}", *(markdown(sys.modules[home].__doc__ or "") for home in homes)]
    lines = [(f"[`{cls.name}`](#{anchor(cls.name)})", cell(row(cls).summary), cell(row(cls).domains)) for cls in classes]
    said.append(table(("stage", "what it does", "domain"), lines))
    said += [section(cls, shown.get(cls.name)) for cls in classes]
    return "\n\n".join(said) + "\n"


def section(cls: type[Stage], shown: Shown | None) -> str:
    """All that one stage says of itself."""
    told, declared = row(cls), cls.declared()
    said = [f"({anchor(cls.name)})=\n## {cls.name}", f"**{markdown(told.summary)}.**"]
    if shown:
        said.append(f"![{cls.name}: {shown.words}]({shown.file})\n\n*{markdown(shown.words)}*")
    said.append(markdown(inspect.cleandoc(cls.__doc__ or "")))
    said.append(f"```yaml\n- {line(cls)}\n```")
    if declared:
        lines = [
            (f"`{d.name}`", default(cls, d), cell(words.unit(d.unit)), cell(within(d)), cell(str(d.usual or "")), cell(d.doc))
            for d in declared.values()
        ]
        said.append(table(("parameter", "default", "unit", "may be", "usually", "what it is"), lines))
    facts = [("Domain", cell(told.domains)), ("Facts", cell(told.facts)), ("Cost", cell(str(cost(cls)))), ("In", where(cls.name))]
    said.append("\\\n".join(f"**{name}** {value}" for name, value in facts if value))
    if cls.paper:
        said.append(cited(cls.paper))
    said.append(folded("Formula, as code", inspect.getsource(sys.modules[cls.__module__])))
    return "\n\n".join(said)


def default(cls: type[Stage], declared: Declared) -> str:
    """The default of a field, as a cell; of weights how many there are and where they come from."""
    if declared.kind != "weights":
        return cell(words.text(declared.default))
    many = sum(np.size(array) for array in getattr(cls(), declared.name).values())
    return f"{many:,}, {'as they ship' if shipped_file(cls.name).is_file() else 'fresh'}"


def line(cls: type[Stage]) -> str:
    """The stage as a line of YAML, with its defaults."""
    values = {d.name: d.default for d in cls.declared().values() if d.default is not None and np.size(d.default) <= NUMBERS}
    said = ", ".join(f"{name}: {yaml(value)}" for name, value in values.items())
    return f"{cls.name}: {{{said}}}" if said else cls.name


def yaml(value: object) -> str:
    """A default as YAML in one line."""
    if isinstance(value, (bool, str)):
        return str(value).lower() if isinstance(value, bool) else value
    return str(np.asarray(value).tolist())


def within(declared: Declared) -> str:
    """What a field admits."""
    return " or ".join(map(str, declared.choices)) or ("" if declared.kind == "weights" else str(declared.within))


def cited(key: str) -> str:
    """A paper, with a link where it has one."""
    found = paper(key)
    doi = found.fields.get("doi", "")
    place = f" [doi:{doi}](https://doi.org/{doi})" if doi else ""
    return f"Source: {markdown(str(found))}.{place}"


def where(name: str) -> str:
    """The files that ship and hold this stage."""
    return ", ".join(f"`{kind}/{file}.yaml`" for kind, file in users().get(name, ()))


@cache
def users() -> dict[str, list[tuple[str, str]]]:
    """For each stage, the shipped pipelines and sensors that hold it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind in ("pipelines", "sensors"):
        for file in shipped_names(kind):
            for name in {stage.name for stage in load_spec(file, kind=kind).chain}:
                found.setdefault(name, []).append((kind, file))
    return found
