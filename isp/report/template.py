"""Pages from templates that share one look; all text is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def rendered(name: str, /, folder: Path = HERE, **values: Any) -> str:
    """The page of a template in `folder`, with these values. It may extend templates of this folder, and mark code in words by `marked`."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([folder, HERE]), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["marked"] = _marked
    return environment.get_template(name).render(**values)


def _marked(text: str) -> str:
    """Escaped text in which what stands between backticks is code."""
    from markupsafe import Markup, escape

    pieces = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(p) if i % 2 and i < len(pieces) - 1 else escape(p) for i, p in enumerate(pieces)
    )
