"""Pictures in, as scenes to be captured: PNG, JPEG and WebP by Pillow, TIFF by tifffile, EXR by OpenEXR."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import DataError, Domain, Frame
from isp.io.decoded import Refused

LARGEST = 400_000_000
"""Pixels of a picture that is still opened."""


def read_picture(path: Path | str) -> Frame:
    """A picture (rows, columns, 3) as float32: encoded sRGB (domain `display`), or linear light (domain `working`) from an EXR and from
    floating point TIFF. A colour profile in the file is honoured: its colours become sRGB. Grey becomes equal red, green and blue; what is
    transparent is left out. Raises DataError for anything that is no picture."""
    path = Path(path)
    try:
        if not path.is_file():
            raise Refused("no such file" if not path.exists() else "it is not a file")
        kind = path.suffix.lower()
        pixels = _exr(path) if kind == ".exr" else _tiff(path) if kind in (".tif", ".tiff") else _pillow(path)
    except Refused as refused:
        raise DataError(refused.why, "", refused.do, file=path) from refused
    except (OSError, ValueError, SyntaxError, RuntimeError, MemoryError) as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise DataError("cannot be decoded as a picture", why, file=path) from error
    colours = _three(pixels)
    if not np.isfinite(colours).all():
        raise DataError(f"{int((~np.isfinite(colours)).sum())} of its values are not finite", file=path)
    if pixels.dtype.kind == "f":
        return Frame(pixels=colours, domain=Domain.WORKING, primaries="srgb")
    return Frame(pixels=colours / np.float32(np.iinfo(pixels.dtype).max), domain=Domain.DISPLAY, primaries="srgb", transfer="srgb")


def _three(pixels: np.ndarray) -> np.ndarray:
    """Red, green and blue as float32."""
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.ndim != 3 or not pixels.size or pixels.shape[2] not in (1, 2, 3, 4):
        raise DataError(f"its pixels have shape {'x'.join(map(str, pixels.shape))}, which is no picture")
    colours = pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    return np.ascontiguousarray(colours, np.float32)


def _pillow(path: Path) -> np.ndarray:
    from PIL import Image, ImageCms, ImageOps

    Image.MAX_IMAGE_PIXELS = LARGEST
    with Image.open(path) as picture:
        profile = picture.info.get("icc_profile")
        upright = ImageOps.exif_transpose(picture)
        if upright.mode.startswith(("I", "F")):
            whole = np.asarray(upright)
            return whole if whole.dtype == np.uint16 else np.clip(whole, 0, 65535).astype(np.uint16)
        colours = upright.convert("RGB")
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        colours = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"))
    return np.asarray(colours)


def _tiff(path: Path) -> np.ndarray:
    import tifffile

    pixels: np.ndarray = tifffile.imread(path)
    if pixels.dtype.kind not in "uf":
        raise Refused(f"its samples are {pixels.dtype}, not light")
    return pixels


def _exr(path: Path) -> np.ndarray:
    try:
        import OpenEXR
    except ImportError:
        raise Refused("reading EXR needs the package openexr", "pip install 'isp[formats]'") from None
    with OpenEXR.File(str(path), separate_channels=True) as file:
        channels: dict[str, Any] = file.channels()
        names = ("R", "G", "B") if "R" in channels else ("Y",)
        if missing := [n for n in names if n not in channels]:
            raise Refused(f"it has no channel {', '.join(missing)}; it holds {', '.join(channels)}")
        return np.stack([np.asarray(channels[n].pixels, np.float32) for n in names], -1)
