"""The raw file that travels with the package, so that everything can be tried at once."""

from __future__ import annotations

from pathlib import Path

NAME = "dog_768x1024_10bit.png"


def embedded() -> Path:
    """Path of the embedded raw mosaic, its sidecar beside it; where it comes from is said in `isp/data/ATTRIBUTION`."""
    return Path(__file__).resolve().parents[1] / "data" / NAME
