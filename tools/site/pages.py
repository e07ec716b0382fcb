"""The pages that people read in the repository, as the site wants them."""

import json
import re
import shutil
from pathlib import Path

from isp.spec import all_names

SECTIONS = {
    "How to": ["develop", "pipeline", "sensor", "calibrate", "tune", "learned", "own", "evaluate", "export", "python"],
    "Reference": ["commands", "stages", "reference/tuning", "api", "glossary"],
    "About": ["design", "speed", "peers"],
}
"""The pages of docs/, as they stand in the margin."""


def copied(root: Path, source: Path) -> None:
    """README, docs/, sensors/ and notebooks/ in `source`, with the names of stages linked to their sections."""
    shutil.copytree(Path(__file__).with_name("_static"), source / "_static")
    shutil.copytree(root / "docs", source / "docs")
    for folder, kinds in (("sensors", ("*.yaml", "README.md")), ("pipelines", ("*.yaml",)), ("notebooks", ("*.ipynb",))):
        (source / folder).mkdir()
        for path in sorted(p for kind in kinds for p in (root / folder).glob(kind)):
            shutil.copy(path, source / folder)
    books = [page(path) for path in sorted((source / "notebooks").glob("*.ipynb"))]
    shutil.copy(root / "README.md", source / "index.md")
    for path in [source / "index.md", source / "sensors" / "README.md", *(source / "docs").glob("*.md")]:
        path.write_text(linked(path.read_text(encoding="utf-8")), encoding="utf-8")
    with (source / "index.md").open("a", encoding="utf-8") as file:
        file.write(margin(books))


def margin(books: list[str]) -> str:
    """The tables of contents that Sphinx wants: what stands beside every page."""
    from tools.site.reference import pages as families

    sections = {title: [f"docs/{name}" for name in names] for title, names in SECTIONS.items()}
    sections["Reference"][2:2] = ["sensors/README"]
    sections["Stages"] = [f"docs/reference/{family}" for family in families()]
    sections["Notebooks"] = [f"notebooks/{book}" for book in books]
    told = [f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n" + "\n".join(names) + "\n```" for title, names in sections.items() if names]
    return "\n\n" + "\n\n".join(told) + "\n"


def linked(text: str) -> str:
    """Names of stages in running text and tables become links to what the reference says of them."""
    known = "|".join(re.escape(name) for name in sorted(all_names(), key=len, reverse=True))
    parts = re.split(r"(^```.*?^```$|^#.*?$|\[[^\]\n]*\]\([^)\n]*\))", text, flags=re.M | re.S)
    return "".join(part if i % 2 else re.sub(rf"`({known})`", target, part) for i, part in enumerate(parts))


def target(found: re.Match[str]) -> str:
    """A link to the section of a stage."""
    return f"[`{found[1]}`](#{anchor(found[1])})"


def anchor(stage: str) -> str:
    """How pages of the site call the section of a stage."""
    return f"stage-{stage.replace('.', '-').replace('_', '-')}"


def page(path: Path) -> str:
    """A notebook with the outputs it was saved with, as a Markdown page beside it; gives the page's name."""
    import base64

    book, said, name = json.loads(path.read_text(encoding="utf-8")), [], path.stem
    for number, cell in enumerate(book["cells"]):
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            said.append(text)
            continue
        said.append(f"```python\n{text}\n```")
        for place, output in enumerate(cell.get("outputs", [])):
            data = output.get("data", {})
            kind = next((k for k in ("image/png", "image/jpeg", "image/webp") if k in data), "")
            if kind:
                picture = path.with_name(f"{name}-{number}-{place}.{kind.partition('/')[2]}")
                picture.write_bytes(base64.b64decode("".join(data[kind])))
                said.append(f"![What the cell above shows]({picture.name})")
            elif "text/html" in data and "<script" not in (html := "".join(data["text/html"])):
                said.append("```{raw} html\n" + html.replace("```", "") + "\n```")
            elif text := "".join(output.get("text", data.get("text/plain", ""))).strip():
                said.append(f"```text\n{text}\n```")
    said.append(f"[The notebook itself]({path.name})")
    path.with_suffix(".md").write_text(linked("\n\n".join(said)) + "\n", encoding="utf-8")
    return name
