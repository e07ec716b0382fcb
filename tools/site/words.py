"""What docstrings say in plain text, as Markdown."""

import re


def markdown(said: str) -> str:
    """A docstring as Markdown: what looks like markup outside of `code` is none; indented blocks stay as they are."""
    return "\n\n".join(_block(block) for block in re.split(r"\n\s*\n", said.strip()))


def cell(said: str) -> str:
    """The same in one line, for a table."""
    return " ".join(markdown(said).split()).replace("|", "\\|")


def table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """A table of cells that are Markdown already."""
    drawn = [head, tuple("---" for _ in head), *lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in drawn)


def folded(title: str, code: str) -> str:
    """Code that opens on a click."""
    return f'<details class="code"><summary>{title}</summary>\n\n```python\n{code.strip()}\n```\n\n</details>'


def _block(block: str) -> str:
    if block and all(line.startswith("    ") for line in block.splitlines()):
        return f"```text\n{block}\n```"
    parts = re.split(r"(`[^`\n]+`)", block)
    return "".join(part if i % 2 else re.sub(r"([\\*_<>\[\]$#])", r"\\\1", part) for i, part in enumerate(parts))
