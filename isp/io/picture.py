"""Pictures out: PNG, TIFF, JPEG and EXR, with a profile that tells the truth, written whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import DataError, Domain, Frame, PlaceError
from isp.io import icc, png
from isp.io.place import put

FORMATS = {".png": "png", ".tif": "tiff", ".tiff": "tiff", ".jpg": "jpeg", ".jpeg": "jpeg", ".exr": "exr"}
DEPTHS: dict[str, tuple[int, ...]] = {"png": (8, 16), "tiff": (8, 16, 32), "jpeg": (8,), "exr": (16, 32)}
"""Bits that each format is written with; 32, and for EXR 16 too, are floating point."""


def write(
    picture: Frame | Any,
    path: Path | str,
    *,
    bits: int | None = None,
    quality: int = 95,
    primaries: str | None = None,
    transfer: str | None = None,
    inputs: Iterable[Path | str] = (),
) -> Path:
    """Write a frame, or an array of 0 to 1 (sRGB unless said otherwise) or of whole numbers, in the format its suffix names.

    Values are held to the range, rounded, then cast; floating point is written as it is. `bits` is the depth (PNG 8, 16; TIFF 8, 16, 32;
    EXR 16, 32), by default the frame's own. `quality` (1 to 100) is for JPEG. `inputs` may not be overwritten. The path is returned.
    Raises DataError for pixels that are not finite or don't fit the format, PlaceError when it cannot be written.
    """
    kind = FORMATS.get(Path(path).suffix.lower())
    if kind is None:
        raise PlaceError("no picture format has this suffix", "", f"use one of {', '.join(FORMATS)}", file=path)
    pixels, primaries, transfer = _colour(picture, primaries, transfer)
    depth = _depth(picture, kind, bits, path)
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3) or not pixels.size:
        raise DataError(f"pixels of shape {pixels.shape} are no picture", "", "give (rows, columns) or (rows, columns, 3)", file=path)
    if pixels.dtype.kind == "f" and (bad := int((~np.isfinite(pixels)).sum())):
        raise DataError(f"{bad} of its values are not finite", "", "look for the stage that made them with --save-stages", file=path)
    if kind == "exr":
        return put(path, _exr(pixels, depth, primaries, transfer, path), inputs)
    samples = pixels.astype(np.float32) if depth == 32 else quantised(pixels, depth)
    profile = _profile(primaries, transfer, path) if pixels.ndim == 3 and primaries and transfer else b""
    if kind == "png":
        return put(path, png.encoded(samples, profile, icc.TITLES.get(primaries or "", "ICC")), inputs)
    return put(path, _tiff(samples, profile) if kind == "tiff" else _jpeg(samples, profile, quality), inputs)


def quantised(pixels: np.ndarray, bits: int) -> np.ndarray:
    """0 to 1 held to its range and rounded to 8 or 16 bits; whole numbers keep their values where they fit, else their share of the range."""
    kind = np.uint8 if bits == 8 else np.uint16
    top = 2**bits - 1
    if pixels.dtype.kind in "ui":
        if pixels.dtype.itemsize * 8 <= bits:
            return np.clip(pixels, 0, top).astype(kind)
        return np.round(np.clip(pixels, 0, 65535).astype(np.float64) * (top / 65535)).astype(kind)
    held = np.clip(pixels, 0, 1, dtype=np.float64 if pixels.dtype.itemsize > 4 else np.float32)
    return np.rint(held * held.dtype.type(top)).astype(kind)


def _colour(picture: Any, primaries: str | None, transfer: str | None) -> tuple[np.ndarray, str | None, str | None]:
    """Pixels, and what is known of their colour."""
    if not isinstance(picture, Frame):
        return np.asarray(picture), primaries or "srgb", transfer or "srgb"
    pixels = np.asarray(picture.array)
    if picture.domain == Domain.WORKING:
        return pixels, primaries or picture.primaries, "linear"
    if picture.domain == Domain.DISPLAY:
        return pixels, primaries or picture.primaries, transfer or picture.transfer
    return pixels, None, None  # camera colour and mosaics have no primaries to name


def _depth(picture: Any, kind: str, bits: int | None, path: Any) -> int:
    """The depth to write with: as asked, else as the picture was rounded, else what the format is good for."""
    if bits is not None:
        if bits not in DEPTHS[kind]:
            raise DataError(f"{kind} is not written with {bits} bits", "", f"use {' or '.join(map(str, DEPTHS[kind]))}", file=path)
        return bits
    if kind in ("jpeg", "exr"):
        return DEPTHS[kind][0]
    if isinstance(picture, Frame) and picture.domain == Domain.DISPLAY:
        return 8 if (picture.bits or 16) <= 8 else 16
    if np.asarray(getattr(picture, "array", picture)).dtype.kind in "ui":
        return 8 if np.asarray(getattr(picture, "array", picture)).dtype.itemsize == 1 else 16
    if isinstance(picture, Frame) or kind == "tiff":
        return 32 if kind == "tiff" else 16
    return 8


def _profile(primaries: str, transfer: str, path: Any) -> bytes:
    try:
        return icc.profile(primaries, transfer)
    except KeyError as error:
        raise DataError(
            f"no profile is known for {error}", "", f"primaries: {', '.join(icc.TITLES)}; {', '.join(icc.CURVES)}", file=path
        ) from None


def _tiff(samples: np.ndarray, profile: bytes) -> bytes:
    import tifffile

    stream = io.BytesIO()
    extra: Any = {"iccprofile": profile} if profile else {}
    photometric = "rgb" if samples.ndim == 3 else "minisblack"
    tifffile.imwrite(stream, samples, photometric=photometric, compression="zlib", metadata=None, software="isp", **extra)
    return stream.getvalue()


def _jpeg(samples: np.ndarray, profile: bytes, quality: int) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(samples).save(stream, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2, icc_profile=profile or None)
    return stream.getvalue()


def _exr(pixels: np.ndarray, bits: int, primaries: str | None, transfer: str | None, path: Any) -> Callable[[Path], None]:
    """A writer of scene light: half or single floats, and the chromaticities they mean."""
    if transfer not in (None, "linear"):
        raise DataError("EXR holds linear light, and these values are encoded for a display", "", "end the chain before encode", file=path)
    try:
        import OpenEXR
    except ImportError:
        raise PlaceError("writing EXR needs the openexr package", "", "pip install 'isp[formats]'", file=path) from None
    from isp.ops.colour import D65, PRIMARIES

    header: dict[str, Any] = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    if primaries in PRIMARIES:
        header["chromaticities"] = tuple(float(v) for xy in (*PRIMARIES[primaries], D65) for v in xy)
    half = np.float16 if bits == 16 else np.float32
    scene = np.ascontiguousarray(np.clip(pixels, -65504, 65504) if bits == 16 else pixels, half)
    name = "RGB" if scene.ndim == 3 else "Y"

    def made(part: Path) -> None:
        try:
            OpenEXR.File(header, {name: OpenEXR.Channel(scene)}).write(str(part))
        except (RuntimeError, ValueError) as error:
            raise OSError(0, str(error)) from error

    return made
