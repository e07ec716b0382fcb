"""Packages that only some ways of tuning need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from isp.core import PlaceError


def library(name: str) -> Any:
    """A package of the extra `tune`. Raises PlaceError where it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        raise PlaceError(name, "is not installed", "pip install 'isp[tune]'") from error
