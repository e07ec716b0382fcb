"""A raw file becomes a frame: what kind it is, who decodes it and where, what a sidecar adds, and what is refused."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import FACTS, Cfa, DataError, Domain, Frame, PlaceError, Problem, Shading
from isp.io import isolated, plain, sanity, sidecar, tiff, worker
from isp.io.decoded import Raw, Refused
from isp.io.keys import KEYS

CAMERA_MAGIC = (
    (0, b"FUJIFILMCCD-RAW"), (4, b"ftypcrx"), (0, b"FOVb"), (0, b"\0MRM"), (6, b"HEAPCCDR"), (0, b"IIII"), (0, b"MMMM"), (0, b"qktk"),
    (0, b"qktn"), (0, b"ARRI"), (0, b"DSC-Image"), (0, b"NOKIARAW"),
)  # fmt: skip
"""How camera raws that are not TIFF begin. Anything else goes to no decoder that guesses."""
PLAIN = (".raw", ".bin", ".raw8", ".raw10", ".raw12", ".raw16", ".mipi", ".dat")
COMPRESSED = ("camera", "png", "tiff")


class RawWarning(UserWarning):
    """A file was read, but something in it looks lost or was left out; `strict=True` refuses it instead."""


def find_input_kind(path: Path | str) -> str:
    """ "camera", "png", "tiff", "npy", "frame" (a saved one) or "plain" (headerless), by how the file begins. Raises DataError."""
    return _named(path, lambda p: _kind(p))


def read(path: Path | str, *, sidecar: Path | str | dict[str, Any] | None = None, trusted: bool = False, strict: bool = False) -> Frame:
    """The frame in a raw file: visible pixels as stored (domain `mosaic_dn`) and every fact that the file and its sidecar know.

    `sidecar` is a YAML file, a folder of them, or its keys as a mapping; by default one is looked for beside the file. What it says wins.
    `trusted` decodes in this process: faster, and only for files you made. `strict` turns warnings (RawWarning) into refusals.
    Raises DataError for a file that is not what it should be, SpecError for a wrong sidecar.
    """
    kind = find_input_kind(path)
    if kind == "frame":
        from isp.io.saved import load_frame

        return load_frame(path)
    raw = _named(path, lambda p: _read(p, kind, sidecar, trusted))
    if raw.warnings and strict:
        raise DataError(raw.warnings[0], file=path)
    for text in raw.warnings:
        warnings.warn(str(Problem(file=str(path), what=text)), RawWarning, stacklevel=2)
    return _named(path, lambda _: as_frame(raw))


def _named(path: Path | str, call: Any) -> Any:
    """`call(path)`, with what it refuses said as a DataError of that path."""
    try:
        if "\0" in str(path):
            raise Refused("its name holds a NUL character")
        return call(Path(path))
    except Refused as refused:
        raise DataError(refused.why, "", refused.do, file=path) from None
    except MemoryError as error:
        raise PlaceError("there is not enough memory for it", file=path) from error
    except OSError as error:
        raise DataError(f"it cannot be read: {error.strerror or error}", file=path) from error


def _kind(path: Path) -> str:
    if not path.exists():
        raise Refused("no such file")
    if path.is_dir():
        raise Refused("it is a folder, not a file")
    if not path.is_file():
        raise Refused("it is not an ordinary file")
    with path.open("rb") as stream:
        head = stream.read(64)
    if not head:
        raise Refused("it is empty")
    suffix = path.suffix.lower()
    if head.startswith(b"\x89PNG"):
        return "png"
    if head.startswith(b"\x93NUMPY"):
        return "npy"
    if head.startswith(b"PK\3\4") and suffix == ".npz":
        return "frame"
    if head[:4] in tiff.MAGIC or head[:4] in (b"II+\0", b"MM\0+"):
        return "tiff" if suffix in (".tif", ".tiff") else "camera"
    if any(head[at : at + len(magic)] == magic for at, magic in CAMERA_MAGIC):
        return "camera"
    if suffix in PLAIN or sidecar.find(path) is not None:
        return "plain"
    raise Refused("it is no camera raw that is known", "if it has no header, write a sidecar YAML beside it with its width, height and cfa")


def _read(path: Path, kind: str, where: Any, trusted: bool) -> Raw:
    """The raw with what its sidecar says."""
    beside = where if isinstance(where, dict) else sidecar.find(path, where)
    said = sidecar.read(beside, path.name)
    geometry = {name: said.pop(name) for name in list(said) if KEYS[name].kind == "geometry"}
    size = os.stat(path).st_size
    if kind == "plain" or (kind == "camera" and "width" in geometry):  # flat pixels can look like a maker's first bytes
        kind = "plain"
        if missing := [name for name in ("width", "height") if name not in geometry]:
            raise Refused(f"it has no header, and no sidecar says its {' and '.join(missing)}", f"write {path.name}.yaml beside it")
        raw = plain.decode(path, **{name: value if isinstance(value, str) else int(value) for name, value in geometry.items()})
    elif trusted or kind == "npy":
        raw = worker.decode(kind, path)
    else:
        raw = isolated.decode(kind, path)
    if kind != "camera":
        top = 2 ** int(geometry["bits"]) - 1 if "bits" in geometry else 255 if raw.pixels.dtype == np.uint8 else 65535
        raw.facts["white"] = float(top if raw.pixels.dtype.kind == "u" else 1.0)
    raw.facts |= said
    _fit(raw)
    sanity.check(raw, size, compressed=kind in COMPRESSED)
    return raw


def _fit(raw: Raw) -> None:
    """Give every fact per filter one row for each phase, and refuse what cannot be."""
    cfa = raw.facts.get("cfa")
    if cfa is None:
        raise Refused("its colour filter array is not known", "say it in a sidecar YAML beside the file: `cfa: grbg`")
    try:
        cfa = cfa if isinstance(cfa, Cfa) else Cfa(tuple(cfa))
    except ValueError as error:
        raise Refused(str(error)) from error
    raw.facts["cfa"] = cfa
    sites, (rows, columns) = len(cfa.sites), raw.pixels.shape
    if rows < cfa.tile[0] or columns < cfa.tile[1]:
        raise Refused(f"its {columns}x{rows} pixels are fewer than one tile of its filters")
    for name in ("black", "white"):
        if name in raw.facts:
            level = np.asarray(raw.facts[name], float).reshape(-1)
            if level.size not in (1, sites):
                raise Refused(f"its {name} has {level.size} values, its filter array {sites} sites")
            raw.facts[name] = np.broadcast_to(level, (sites,))
    if "noise" in raw.facts:
        noise = np.asarray(raw.facts["noise"], float).reshape(-1, 2)
        if len(noise) not in (1, sites):
            raise Refused(f"its noise has {len(noise)} rows, its filter array {sites} sites")
        raw.facts["noise"] = np.broadcast_to(noise, (sites, 2))
    if "black_rows" in raw.facts and len(raw.facts["black_rows"]) != rows:
        raise Refused(f"its black_rows has {len(raw.facts['black_rows'])} values, the frame {rows} rows")
    if "shading" in raw.facts and len(raw.facts["shading"]["gains"]) not in (1, sites):
        raise Refused(f"its shading has {len(raw.facts['shading']['gains'])} meshes, its filter array {sites} sites")
    if "crop" in raw.facts:
        y, x, height, width = (int(v) for v in raw.facts["crop"])
        if min(height, width) < 1 or y + height > rows or x + width > columns:
            raise Refused(f"its crop {y, x, height, width} is not inside of its {columns}x{rows} pixels")


def as_frame(raw: Raw) -> Frame:
    """A frame of a decoded raw: arrays as float32, static facts as Python values."""
    facts: dict[str, Any] = {}
    for name, value in raw.facts.items():
        if name == "cfa" or isinstance(value, str):
            facts[name] = value
        elif name == "shading":
            facts[name] = Shading(**{part: np.asarray(v, np.float32) for part, v in value.items()})
        elif name == "crop":
            facts[name] = tuple(int(v) for v in value)
        elif FACTS[name].metadata["static"]:
            facts[name] = int(value)
        else:
            facts[name] = np.asarray(value, np.int32 if name == "defects" else np.float32)
    return Frame(pixels=raw.pixels, domain=Domain.MOSAIC_DN, **facts)
