"""Pages from templates that share one look. All text is escaped, and a page may run its own scripts and fetch nothing: it says so to the browser."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src {}"
"""What a page may load (Content Security Policy): pictures that it holds itself, its own styles, and the scripts of these hashes."""
SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)
PLACE = "<!-- policy -->"


def rendered(name: str, /, folder: Path = HERE, **values: Any) -> str:
    """The page of a template in `folder`, with these values. It may extend templates of this folder, and mark code in words by `marked`."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([folder, HERE]), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["marked"] = _marked
    return guarded(environment.get_template(name).render(**values))


def guarded(page: str) -> str:
    """The page with its policy where the template leaves a place for it. Text is escaped, so every script element is the template's own."""
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in SCRIPT.findall(page)]
    policy = POLICY.format(" ".join(hashes) or "'none'")
    return page.replace(PLACE, f'<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def _marked(text: str) -> str:
    """Escaped text in which what stands between backticks is code."""
    from markupsafe import Markup, escape

    pieces = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(p) if i % 2 and i < len(pieces) - 1 else escape(p) for i, p in enumerate(pieces)
    )
