"""Where outputs go: decided, and refused where they cannot go, before anything is read or written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isp.cli import say
from isp.core import Domain, PlaceError, Problem, SpecError

SUFFIXES = {"png": ".png", "tiff": ".tif", "jpeg": ".jpg", "exr": ".exr"}
"""Formats by the word for `--format`, and the suffix each is given."""


@dataclass(frozen=True)
class Job:
    """A file to develop, where its picture goes, and where its stages go."""

    source: str
    target: Path
    stages: Path | None = None


def jobs(
    sources: Sequence[str], out: str, form: str | None, bits: int | None, stages: Path | None, ends: Domain
) -> tuple[list[Job], Path | None]:
    """A job for each source, and the folder when `out` is one. `ends` is the domain in which the chain ends.

    Raises SpecError for what cannot be meant, PlaceError for places where nothing can be written.
    """
    folder = Path(out) if out.endswith(("/", os.sep)) or Path(out).is_dir() or len(sources) > 1 else None
    kind = _format(out, form, folder, ends)
    _depth(kind, bits, ends)
    targets = [folder / f"{Path(s).stem}{SUFFIXES[kind]}" if folder else Path(out) for s in sources]
    faults: list[Problem] = []
    for i, (source, target) in enumerate(zip(sources, targets, strict=True)):
        if target in targets[:i]:
            first = sources[targets.index(target)]
            faults.append(say.problem(f"would be written to {target}, like {first}", do="develop them into different folders", file=source))
        if any(_same(target, s) for s in sources):
            faults.append(say.problem("the output would overwrite an input", do="give another name", file=target))
    if faults:
        raise SpecError(problems=faults)
    for place in {folder or targets[0].parent, *([stages] if stages else [])}:
        writable(place)
    nested = stages is not None and len(sources) > 1
    made = [Job(s, t, stages / Path(s).stem if stages and nested else stages) for s, t in zip(sources, targets, strict=True)]
    return made, folder


def _format(out: str, form: str | None, folder: Path | None, ends: Domain) -> str:
    """The format that the name or `--format` asks for; PNG for encoded pictures and TIFF for light, where nothing does."""
    from isp.io.picture import FORMATS

    if form is not None and form not in SUFFIXES:
        raise SpecError("--format", f"no such format: {form}", f"one of {', '.join(SUFFIXES)}")
    if folder is not None:
        if Path(out).suffix.lower() in FORMATS and not folder.is_dir():
            raise SpecError(f"{out} names a file, but there are several inputs", do="give a folder: out/")
        return form or ("png" if ends is Domain.DISPLAY else "tiff")
    kind = FORMATS.get(Path(out).suffix.lower())
    if kind is None:
        raise SpecError(
            f"-o {out} has no picture suffix", do=f"write {out}/ for a folder, or a name that ends in {', '.join(SUFFIXES.values())}"
        )
    if form not in (None, kind):
        raise SpecError(f"-o {out} is not the name of a {form} file", do="leave --format out, or give a folder")
    return kind


def _depth(kind: str, bits: int | None, ends: Domain) -> None:
    from isp.io.picture import DEPTHS

    if bits is not None and bits not in DEPTHS[kind]:
        raise SpecError("--bits", f"{kind} is not written with {bits} bits", f"use {' or '.join(map(str, DEPTHS[kind]))}")
    if kind == "exr" and ends is Domain.DISPLAY:
        raise SpecError("--format exr", "holds linear light, but this pipeline ends encoded for a display", "use isp develop linear")


def _same(target: Path, source: str) -> bool:
    """Whether two names reach one file, by links too."""
    try:
        return target.exists() and target.samefile(source)
    except (OSError, ValueError):
        return False


def writable(place: Path) -> None:
    """Raise PlaceError unless a file could be made in `place`, or `place` itself could."""
    for there in (place, *place.parents):
        try:
            exists = there.exists() or there.is_symlink()
        except (OSError, ValueError):
            exists = False
        if exists:
            if not there.is_dir():
                raise PlaceError("cannot write there", "it is a file, not a folder", file=there)
            if not os.access(there, os.W_OK | os.X_OK):
                raise PlaceError("cannot write there", "no permission", file=there)
            return
