"""A pipeline leaves for other people's software: tunings of libcamera, look-up tables, C headers, camera profiles.

Each format is a file of this folder with `exported(asked)`. No format says all that a pipeline does: what one leaves out is told in words,
and what that costs in colour differences, where it can be measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from isp.core import Chain, Frame, SpecError
from isp.core.chain import nearest
from isp.exporting.asked import Asked
from isp.io.place import put

FORMATS = {
    "pisp": "libcamera", "vc4": "libcamera", "cube": "cube", "cube1d": "cube", "c": "c_header", "dcp": "dcp",
}  # fmt: skip
"""The format by the word for it, and the file of this folder that makes it."""
SUFFIXES = {".json": "pisp", ".cube": "cube", ".h": "c", ".dcp": "dcp"}
"""The format that a suffix means where none is named."""

__all__ = ["FORMATS", "SUFFIXES", "Asked", "Exported", "export", "exported", "format_of"]


@dataclass(frozen=True)
class Exported:
    """The bytes of a file, and what of the pipeline they do not say."""

    data: bytes
    left_out: tuple[str, ...] = ()


def format_of(path: Path | str, form: str | None = None) -> str:
    """The format that is asked for, or that the suffix means. Raises SpecError where there is none."""
    if form is not None and form not in FORMATS:
        raise SpecError("--format", f"no such format: {form}", nearest(form, FORMATS))
    found = form or SUFFIXES.get(Path(path).suffix.lower())
    if found is None:
        raise SpecError(f"{path} has the suffix of no format", do=f"end it in {', '.join(SUFFIXES)}, or name the format")
    return found


def exported(chain: Chain, frame: Frame | None, form: str, **options: object) -> Exported:
    """A pipeline in a format. `frame` is one that the sensor took, for all that is known of the sensor; without one that is left out.

    Options of `Asked`: `size` of look-up tables, a `base` tuning to write into, a `name`. Raises ChainError for a pipeline without
    colours, DataError where a format cannot do without a sensor.
    """
    asked = Asked(chain, frame, form, **options)  # type: ignore[arg-type]
    data = import_module(f"isp.exporting.{FORMATS[form]}").exported(asked)
    return Exported(data, tuple(dict.fromkeys(asked.left_out)))


def export(
    chain: Chain, frame: Frame | None, path: Path | str, form: str | None = None, *, inputs: Iterable[Path | str] = (), **options: object
) -> tuple[str, ...]:
    """Write a pipeline in the format that the suffix means, whole or not at all. Returns what the file does not say."""
    made = exported(chain, frame, format_of(path, form), **options)
    put(path, made.data, inputs)
    return made.left_out
