"""The page of a tuning run."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def written(run: Any, out: Path) -> None:
    """Write the page and its pictures into the folder of a run."""
