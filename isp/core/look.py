"""How frames, stages and chains show themselves where a person looks: this floor only says that they can."""

from __future__ import annotations

from importlib import import_module
from typing import Any

VIEWER = "isp.notebook"
"""The module whose `html(object)` and `show(object)` do it. Named, not imported: nothing here depends on it or loads it unasked."""


def viewer() -> Any:
    """That module, imported now."""
    return import_module(VIEWER)


class Shown:
    """What a notebook displays as a picture or a table, and `show()` displays anywhere."""

    def show(self) -> Any:
        """Display it: in a notebook in place, elsewhere in the default viewer."""
        return viewer().show(self)

    def _repr_html_(self) -> str:
        text: str = viewer().html(self)
        return text
