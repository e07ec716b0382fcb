"""Files are written whole or not at all: to a hidden name in the same folder, synchronised, then renamed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from isp.core.errors import PlaceError

SUFFIX = ".isp-part"


def put(path: Path | str, write: bytes | Callable[[Path], None], inputs: Iterable[Path | str] = ()) -> Path:
    """Put bytes, or what `write(temporary)` makes, at `path`, and give the path back. Whatever fails, no part of a file is left.

    `inputs` are files that must not be overwritten, by whatever name they are reached. Raises PlaceError.
    """
    named, path = path, Path(os.path.realpath(path)) if "\0" not in str(path) else Path()
    if path == Path():
        raise PlaceError("the name holds a NUL character", file=named)
    if path.exists() and not path.is_file():
        raise PlaceError("it is a folder, or not an ordinary file", "", "give the name of a file", file=named)
    if any(path.exists() and os.path.exists(source) and os.path.samefile(path, source) for source in inputs):
        raise PlaceError("the output would overwrite its own input", "", "give another name", file=named)
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}{SUFFIX}")
    try:
        swept(path)
        if callable(write):
            write(part)
        else:
            part.write_bytes(write)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(part, path)
    except OSError as error:
        raise PlaceError("cannot write", error.strerror or str(error), file=named) from error
    finally:
        with suppress(OSError):  # a folder that is gone, or a path through a file: then there is no part either
            part.unlink(missing_ok=True)
    return Path(named)


def swept(path: Path) -> None:
    """Remove the parts that killed processes of this machine left of this file."""
    for part in path.parent.glob(f".{glob_safe(path.name[:200])}.*{SUFFIX}"):
        number = part.name[: -len(SUFFIX)].rpartition(".")[2]
        if number.isdigit() and int(number) != os.getpid() and not alive(int(number)):
            part.unlink(missing_ok=True)


def glob_safe(name: str) -> str:
    """A name in which no character is a wildcard."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def alive(process: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
