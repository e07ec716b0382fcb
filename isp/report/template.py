"""Pages from templates that share one look; all text is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def rendered(name: str, **values: Any) -> str:
    """The page of a template in this folder, with these values."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name).render(**values)
