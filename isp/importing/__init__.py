"""Other people's files become sensor profiles: tunings of libcamera, DNG and other raw files, measured spectral sensitivities.

Every value of a profile says where it comes from. What a file holds and a profile does not is named in `left_out`.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from isp.importing.profile import Imported

KINDS = {
    "libcamera": "a tuning of libcamera: vc4 or pisp JSON, rkisp1 YAML",
    "dng": "a DNG, or any raw file that can be read",
    "spectral": "spectral sensitivities as rawtoaces-data has them, JSON",
}
"""The kinds of file there are, each a module of this folder with `imported(path)`."""

__all__ = ["KINDS", "Imported", "imported"]


def imported(kind: str, path: Path | str) -> Imported:
    """The profile that a file of a kind makes. Raises DataError or SpecError for a file that is not of that kind."""
    make: Callable[[Any], Imported] = import_module(f"isp.importing.{kind}").imported
    return make(Path(path))
