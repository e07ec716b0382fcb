"""How frames, stages and chains show themselves where a person looks: this floor only says that they can."""

from __future__ import annotations

from importlib import import_module
from typing import Any

VIEWER = "isp.notebook"
"""The module whose `html(object)` and `show(object)` do it. Named, not imported: nothing here depends on it or loads it unasked."""


class Shown:
    """What a notebook displays as a picture or a table, and `show()` displays anywhere."""

    def show(self) -> Any:
        """Display it: in a notebook in place, elsewhere in the default viewer."""
        return import_module(VIEWER).show(self)

    def _repr_html_(self) -> str:
        text: str = import_module(VIEWER).html(self)
        return text
