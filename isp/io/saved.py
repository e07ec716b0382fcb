"""Frames kept in files, with everything they know, so that a chain can be entered at any stage."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import FACTS, Cfa, DataError, Domain, Frame, IspError, Random, Shading, Stabiliser
from isp.io import container
from isp.io.decoded import Refused
from isp.io.place import put

VERSION = 1
PARTS = {"shading": Shading, "stabiliser": Stabiliser, "random": Random}
"""Facts that have parts of their own."""


def save_frame(frame: Frame, path: Path | str, inputs: Iterable[Path | str] = ()) -> Path:
    """Write pixels and facts to an `.npz` without pickle, whole or not at all. Returns the path. Raises PlaceError."""
    arrays: dict[str, Any] = {"pixels": np.asarray(frame.array)}
    plain: dict[str, Any] = {"isp": VERSION, "domain": str(frame.domain)}
    for name, value in frame.known().items():
        if name == "cfa":
            plain[name] = list(value.rows)
        elif name in PARTS:
            for part, content in vars(value).items():
                if isinstance(content, (str, tuple)):
                    plain[f"{name}.{part}"] = content
                elif content is not None:
                    arrays[f"{name}.{part}"] = np.asarray(content)
        elif FACTS[name].metadata["static"]:
            plain[name] = value
        else:
            arrays[name] = np.asarray(value)
    return put(path, container.packed(arrays, plain), inputs)


def load_frame(path: Path | str) -> Frame:
    """The frame that `save_frame` wrote, bit by bit. Raises DataError for anything else."""
    try:
        arrays, plain = container.unpacked(Path(path))
        return _frame(arrays, plain)
    except Refused as refused:
        raise DataError(refused.why, "", refused.do, file=path) from refused
    except (KeyError, ValueError, TypeError, IspError) as error:
        raise DataError(f"it is not a saved frame ({error})", file=path) from error


def _frame(arrays: dict[str, np.ndarray], plain: dict[str, Any]) -> Frame:
    if plain.pop("isp", None) != VERSION:
        raise Refused("it was saved by another version")
    domain, pixels = Domain(plain.pop("domain")), arrays.pop("pixels")
    said = {name: tuple(value) if isinstance(value, list) else value for name, value in (arrays | plain).items()}
    facts: dict[str, Any] = {}
    for name, make in PARTS.items():
        parts = {key.partition(".")[2]: said.pop(key) for key in list(said) if key.startswith(f"{name}.")}
        if parts:
            facts[name] = make(**parts)
    if "cfa" in said:
        facts["cfa"] = Cfa(said.pop("cfa"))
    if unknown := set(said) - set(FACTS):
        raise Refused(f"it holds facts that are not known: {', '.join(sorted(unknown))}")
    return Frame(pixels=pixels, domain=domain, **facts, **said)
