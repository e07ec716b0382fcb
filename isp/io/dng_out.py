"""A captured mosaic becomes a DNG (Adobe DNG specification 1.7.1): the numbers as they are, and every fact that a DNG has a tag for.

What `isp.io.read` makes of the file is the frame again. Facts are kept as float32; a DNG cannot hold more than two illuminants known by
a standard light, one white level, and one noise model for each colour.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from isp.core import FACTS, DataError, Domain, Frame, Shading
from isp.io import ljpeg
from isp.io.dng_tags import colour_tags, correction_tags, exposure_tags, image_tags, name_tags
from isp.io.place import put
from isp.io.tags import CFA, Kind, Tag
from isp.io.tiff_out import Page, assembled

TILE = 512
"""Rows and columns of a compressed tile: large enough for NumPy, small enough for the cache."""
SINCE = {
    Tag.FORWARD_MATRIX_1: (1, 2, 0, 0), Tag.NOISE_PROFILE: (1, 3, 0, 0), Tag.OPCODE_LIST_1: (1, 3, 0, 0),
    Tag.OPCODE_LIST_2: (1, 3, 0, 0), Tag.OPCODE_LIST_3: (1, 3, 0, 0),
}  # fmt: skip
"""The DNG version that brought a tag, where that is later than BASE."""
BASE = (1, 1, 0, 0)
"""What a reader must know: the first version with the lossless JPEG that is written here. Opcodes are marked as optional."""


def write_dng(
    frame: Frame, path: Path | str, *, compress: bool = True, preview: np.ndarray | None = None, inputs: Iterable[Path | str] = ()
) -> Path:
    """Write a frame of whole numbers (domain `mosaic_dn`, at most 16 bits) as a DNG, whole or not at all. Returns the path.

    `compress` makes tiles of lossless JPEG, else the numbers are kept as 16 bits each. What is read is linear: the numbers as
    `linearisation` turns them. LibRaw opens frames of 22 x 22 pixels and more. `preview` (rows, columns, 3) uint8, sRGB, goes
    first in the file, as a small picture of it. The same frame always gives the same bytes: no time of writing is noted.
    Raises DataError for a frame that a DNG cannot hold, PlaceError where `path` cannot be written; warns where a fact is kept in part.
    """
    try:
        pixels = numbers(frame)
        raw = Page(image_tags(frame, pixels.shape) | correction_tags(frame))
        shared = colour_tags(frame) | name_tags(frame)
        if compress:
            compressed(raw, pixels, np.asarray(frame.white, float))
        else:
            uncompressed(raw, pixels)
        first = raw if preview is None else small(preview)
        first.tags |= shared | {Tag.ORIENTATION: (Kind.SHORT, frame.orientation or 1)}
        used = max([BASE, *(SINCE.get(tag, BASE) for tag in (*raw.tags, *first.tags))])
        first.tags |= {Tag.DNG_VERSION: (Kind.BYTE, used), Tag.DNG_BACKWARD_VERSION: (Kind.BYTE, BASE)}
        first.below = {} if first is raw else {Tag.SUB_IFDS: [raw]}
        if exposure := exposure_tags(frame):
            first.below[Tag.EXIF_IFD] = [Page(exposure)]
        pieces = assembled(first)
    except DataError as error:
        raise error.at(path) from None
    except OverflowError as error:
        raise DataError("a DNG holds 4 GB at most", str(error), "crop the frame, or compress it", file=path) from None
    return put(path, lambda part: part.write_bytes(b"".join(pieces)), inputs)


def numbers(frame: Frame) -> np.ndarray:
    """The pixels as uint16. Raises DataError where they are not whole numbers of 16 bits, or a fact without which they mean nothing is missing."""
    if frame.domain is not Domain.MOSAIC_DN:
        raise DataError("a DNG holds the numbers of a sensor", f"this frame is in domain {frame.domain}", "write it before `level.*`")
    for name, why in (("cfa", "which filter each pixel has"), ("black", "where light begins"), ("white", "where it saturates")):
        if getattr(frame, name) is None:
            raise DataError(f"a DNG must say {why}", f"the frame has no `{name}`", f"give it with `frame.but({name}=...)`")
    for name, value in frame.known().items():
        numeric = FACTS[name].metadata["from_file"] and not FACTS[name].metadata["static"] and not isinstance(value, Shading)
        if numeric and not np.isfinite(np.asarray(value)).all():
            raise DataError(f"`{name}` is not finite", str(np.asarray(value).tolist()))
    pixels = np.asarray(frame.array)
    if pixels.ndim != 2 or not pixels.size:
        raise DataError(
            "a DNG holds one number for each site", f"these pixels have the shape {pixels.shape}", "write it before demosaicing"
        )
    if not np.isfinite(pixels).all():
        raise DataError("a DNG holds whole numbers", f"{int((~np.isfinite(pixels)).sum())} pixels are not finite")
    low, high = pixels.min(), pixels.max()
    if low < 0 or high > 65535:
        raise DataError(
            "a DNG holds 16 bits", f"the pixels go from {low:g} to {high:g}", "compand them with an `adc.*` stage, or save an .npz"
        )
    if ((whole := pixels.astype(np.uint16)) != pixels).any():
        raise DataError("a DNG holds whole numbers", "some pixels have a fraction", "round them with the `rounding` of an `adc.*` stage")
    return whole


def compressed(raw: Page, pixels: np.ndarray, white: np.ndarray) -> None:
    """Put the pixels into a page as tiles of lossless JPEG, or one strip where a row is shorter than the smallest tile that TIFF allows.

    No tile is wider than the picture: LibRaw would wrap its rows.
    """
    bits = min(16, max(8, int(max(pixels.max(), *np.ceil(white).reshape(-1))).bit_length()))
    rows, columns = pixels.shape
    raw.tags |= {Tag.COMPRESSION: (Kind.SHORT, 7), Tag.BITS_PER_SAMPLE: (Kind.SHORT, bits)}
    if columns < 16:
        size = (rows, columns)
        raw.tags[Tag.ROWS_PER_STRIP] = (Kind.LONG, rows)
    else:
        size = min(TILE, rows + -rows % 16), min(TILE, columns - columns % 16)
        raw.where = (Tag.TILE_OFFSETS, Tag.TILE_BYTE_COUNTS)
        raw.tags |= {Tag.TILE_WIDTH: (Kind.LONG, size[1]), Tag.TILE_LENGTH: (Kind.LONG, size[0])}
    mosaic = raw.tags[Tag.PHOTOMETRIC_INTERPRETATION][1] == CFA
    raw.data = ljpeg.tiles(pixels, size, bits, 2 if mosaic and size[1] % 2 == 0 else 1)


def uncompressed(raw: Page, pixels: np.ndarray) -> None:
    """Put the pixels into a page as one strip of 16 bits."""
    raw.data = [pixels.astype("<u2").tobytes()]
    raw.tags |= {
        Tag.COMPRESSION: (Kind.SHORT, 1), Tag.BITS_PER_SAMPLE: (Kind.SHORT, 16), Tag.ROWS_PER_STRIP: (Kind.LONG, pixels.shape[0]),
    }  # fmt: skip


def small(preview: np.ndarray) -> Page:
    """A page of 8-bit RGB."""
    preview = np.asarray(preview)
    if preview.ndim != 3 or preview.shape[2] != 3 or preview.dtype != np.uint8 or not preview.size:
        raise DataError("a preview has 8-bit red, green and blue", f"this one is {preview.dtype} of shape {preview.shape}")
    rows, columns, _ = preview.shape
    return Page({
        Tag.NEW_SUBFILE_TYPE: (Kind.LONG, 1), Tag.IMAGE_WIDTH: (Kind.LONG, columns), Tag.IMAGE_LENGTH: (Kind.LONG, rows),
        Tag.BITS_PER_SAMPLE: (Kind.SHORT, (8, 8, 8)), Tag.COMPRESSION: (Kind.SHORT, 1), Tag.PHOTOMETRIC_INTERPRETATION: (Kind.SHORT, 2),
        Tag.SAMPLES_PER_PIXEL: (Kind.SHORT, 3), Tag.ROWS_PER_STRIP: (Kind.LONG, rows), Tag.PLANAR_CONFIGURATION: (Kind.SHORT, 1),
        Tag.PREVIEW_COLOR_SPACE: (Kind.LONG, 2),
    }, [preview.tobytes()])  # fmt: skip
