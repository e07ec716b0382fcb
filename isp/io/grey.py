"""Mosaics in picture files: 8- and 16-bit grey PNG and TIFF, and NumPy arrays. Their facts come from a sidecar."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np

from isp.io import tiff
from isp.io.decoded import Raw, Refused, bounded


def decode_png(path: Path) -> Raw:
    """An 8- or 16-bit grey PNG."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own limit below is the one that counts
    with Image.open(path, formats=["PNG"]) as picture:
        bounded(picture.height, picture.width)
        if picture.mode not in ("L", "I;16", "I;16B"):
            raise Refused(f"it is a {picture.mode} picture, not a grey mosaic")
        picture.load()
        pixels = np.array(picture)
    return Raw(_whole_numbers(pixels))


def decode_tiff(path: Path) -> Raw:
    """An 8- or 16-bit grey TIFF."""
    import tifffile

    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if bytes(data[:4]) in tiff.MAGIC[:2]:
            found = tiff.directories(data)
            tiff.complete(found, len(data))
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        if len(page.shape) != 2:
            raise Refused(f"it is a picture of {page.shape}, not a grey mosaic")
        bounded(*page.shape)
        return Raw(_whole_numbers(page.asarray()))


def decode_npy(path: Path) -> Raw:
    """A two-dimensional array; never pickled objects."""
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise Refused(f"it is no NumPy array of numbers, or is cut short ({error})") from error
    if mapped.ndim != 2:
        raise Refused(f"it is an array of shape {mapped.shape}, not a mosaic (rows, columns)")
    bounded(*mapped.shape)
    return Raw(_whole_numbers(np.array(mapped)))


def _whole_numbers(pixels: np.ndarray) -> np.ndarray:
    """Pixels as uint8, uint16 or float32 of this machine's byte order."""
    if pixels.dtype.kind == "f":
        return pixels.astype(np.float32)
    if pixels.dtype.kind not in "iu" or (pixels.size and (pixels.min() < 0 or pixels.max() > 65535)):
        raise Refused(f"its values are {pixels.dtype}, not whole numbers of up to 16 bits")
    return pixels.astype(np.uint8 if pixels.dtype.itemsize == 1 else np.uint16)
