"""The process that decodes one file and ends: `python -m isp.io.worker KIND FILE RESULT`. Started by `isp.io.isolated`, never by people.

It has decoded nothing else, so it cannot show another photograph's pixels; when it dies, only it dies. It imports no jax.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from isp.io.decoded import Raw, Refused

MEMORY = 6 << 30
"""Address space this process may take, in bytes: some five times what a raw of 150 million pixels needs."""


def decode(kind: str, path: Path) -> Raw:
    """A file of a known kind, decoded here. Raises Refused, whatever went wrong in a decoder."""
    from isp.io import camera, grey

    decoder = {"camera": camera.decode, "png": grey.decode_png, "tiff": grey.decode_tiff, "npy": grey.decode_npy}[kind]
    try:
        return decoder(path)
    except Refused:
        raise
    except MemoryError as error:
        raise Refused("it asks for more memory than a decoder is given") from error
    except Exception as error:  # decoders raise whatever they like, LibRaw's errors say b'...'
        text = error.args[0] if error.args else ""
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(error)
        do = "pip install 'isp[formats]'" if "imagecodecs" in said else "is it damaged or cut short?"
        raise Refused(f"cannot decode: {said or type(error).__name__}", do) from error


def main(kind: str, path: str, result: str) -> int:
    """Decode and leave the result beside; 0 when done, 3 when refused (the words are in the result too)."""
    from isp.io import container

    limit_memory()
    try:
        raw = decode(kind, Path(path))
    except Refused as refused:
        Path(result).write_bytes(container.packed({}, {"refused": [refused.why, refused.do]}))
        return 3
    shading = raw.facts.pop("shading", None)
    arrays = {name: value for name, value in raw.facts.items() if not isinstance(value, (str, int, float, tuple))}
    plain = {name: value for name, value in raw.facts.items() if name not in arrays}
    arrays |= {f"shading.{name}": value for name, value in (shading or {}).items()}
    Path(result).write_bytes(container.packed({"pixels": raw.pixels, **arrays}, {"plain": plain, "warnings": raw.warnings}))
    return 0


def limit_memory() -> None:
    """Bound the address space, where the system can."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))


if __name__ == "__main__":
    code = main(*sys.argv[1:4])
    sys.stdout.flush()
    os._exit(code)  # nothing here needs tidying up, and interpreters take their time
