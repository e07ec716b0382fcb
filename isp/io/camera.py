"""Camera raws: pixels from LibRaw, what LibRaw does not say from the file's own tags. Runs in a process made for one file."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy as np

from isp.io import dng, tiff
from isp.io.decoded import Raw, Refused, bounded
from isp.io.tags import ANY_SENSITIVITY, CFA, FLOATS, LINEAR, Tag

FLIPS = {0: 1, 1: 2, 2: 4, 3: 3, 4: 5, 5: 8, 6: 6, 7: 7}
"""LibRaw's flip to Exif orientation."""
LEAST = 22
"""Rows and columns below which LibRaw takes a file for no raw."""
MASKED = 16
"""So many masked columns at least make a row's black level worth having."""


def decode(path: Path) -> Raw:
    """The visible mosaic of a camera raw and every fact that the file knows. Raises Refused."""
    found = _tags(path)
    if found and Tag.DNG_VERSION in found[0]:
        return _dng(path, found)
    raw = _libraw(path)
    raw.facts |= _written(found) if found else _exif(path)
    return raw


def _tags(path: Path) -> list[tiff.Directory]:
    """The tags of a TIFF-like file, all of whose image data is there; none for another kind."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if bytes(data[:4]) not in tiff.MAGIC:
            return []
        found = tiff.directories(data)
        if Tag.DNG_VERSION in found[0]:
            found = tiff.directories(data, strict=True)
        tiff.complete(found, len(data))
    return found


def _dng(path: Path, found: list[tiff.Directory]) -> Raw:
    image = dng.main_image(found)
    bounded(int(tiff.one(image, Tag.IMAGE_LENGTH, 0)), int(tiff.one(image, Tag.IMAGE_WIDTH, 0)))
    say: list[str] = []
    facts = dng.facts(found, say)
    top, left, bottom, right = dng.active(image)
    if tiff.one(image, Tag.SAMPLE_FORMAT) == FLOATS or min(tiff.one(image, Tag.IMAGE_LENGTH), tiff.one(image, Tag.IMAGE_WIDTH)) < LEAST:
        raw = Raw(_without_libraw(path, image))  # of floats LibRaw makes garbage, without an error
    else:
        raw = _libraw(path, understood=facts["cfa"])
    raw.pixels = raw.pixels[top:bottom, left:right]
    if raw.pixels.shape != (bottom - top, right - left):
        raise Refused(f"its tags say {right - left}x{bottom - top} pixels, its decoder {raw.pixels.shape[1]}x{raw.pixels.shape[0]}")
    for name in ("black", "white", "as_shot", "camera_matrix", "illuminants", "crop"):
        raw.facts.pop(name, None)  # the tags know better: fractions, both illuminants
    if len(raw.facts.get("black_rows", ())) != bottom - top:
        raw.facts.pop("black_rows", None)
    raw.facts |= _written(found) | facts
    raw.warnings += say
    return raw


def _without_libraw(path: Path, image: tiff.Directory) -> np.ndarray:
    """The mosaic of a DNG as tifffile reads it: linear, floating point or not, however small."""
    import tifffile

    size = int(tiff.one(image, Tag.IMAGE_LENGTH)), int(tiff.one(image, Tag.IMAGE_WIDTH))
    with tifffile.TiffFile(path) as file:
        pages = [page for top in file.pages for page in (top, *(top.pages or ()))]
        mosaics = [page for page in pages if page.photometric in (CFA, LINEAR) and (page.imagelength, page.imagewidth) == size]
        if not mosaics:
            raise Refused("its mosaic is not found")
        pixels = np.asarray(mosaics[0].asarray()).reshape(size)
    if pixels.dtype.kind == "f":
        return pixels.astype(np.float32)
    table = np.array(image.get(Tag.LINEARIZATION_TABLE, ()), np.uint16)
    return table[np.minimum(pixels, len(table) - 1)] if len(table) else pixels


def _libraw(path: Path, understood: tuple[str, ...] | None = None) -> Raw:
    """What LibRaw reads. `understood` is the filter array where the tags tell it; then the pixels are all there are, masked ones too."""
    import rawpy

    with rawpy.imread(str(path)) as file:
        sizes = file.sizes
        bounded(sizes.raw_height, sizes.raw_width)
        if file.raw_type != rawpy.RawType.Flat:
            raise Refused("it is already demosaiced, or a stack of frames; a mosaic of filters is needed")
        cfa, index = understood, file.raw_pattern
        if cfa is None:
            cfa = _filters(file.color_desc.decode("ascii", "replace"), index)
        # A copy, as the buffer dies with the file. LibRaw rounds odd active areas, so what tags describe is cut out by the caller.
        pixels = np.array(file.raw_image_visible if understood is None else file.raw_image)
        facts: dict[str, Any] = {"cfa": cfa}
        levels = np.array(file.black_level_per_channel, float)
        if index is not None and index.shape == (len(cfa), len(cfa[0])) and index.max() < len(levels):
            facts["black"] = levels[index].reshape(-1)  # LibRaw counts by colour: second green last
        facts["white"] = np.full(len(cfa) * len(cfa[0]), float(file.white_level))
        facts |= _colour(file)
        other = file.other
        for name, value in (("iso", other.iso_speed), ("exposure_time", other.shutter_speed), ("aperture", other.aperture)):
            if value and np.isfinite(value) and value > 0:
                facts[name] = float(value)
        facts["orientation"] = FLIPS.get(sizes.flip, 1)
        rows = masked_rows(np.asarray(file.raw_image), sizes, facts.get("black"), facts["white"], (len(cfa), len(cfa[0])))
        if rows is not None:
            facts["black_rows"] = rows
        y, x = sizes.crop_top_margin - sizes.top_margin, sizes.crop_left_margin - sizes.left_margin
        if sizes.crop_width and y >= 0 and x >= 0 and y + sizes.crop_height <= sizes.height and x + sizes.crop_width <= sizes.width:
            facts["crop"] = (y, x, sizes.crop_height, sizes.crop_width)
    return Raw(pixels, facts)


def _filters(colours: str, index: np.ndarray | None) -> tuple[str, ...]:
    """The tile of filters; refused unless it is red, green and blue in a tile that LibRaw is known to tell truly."""
    if index is None or index.shape not in ((2, 2), (6, 6)) or index.max() >= len(colours):
        raise Refused(f"its filter array is not understood (colours {colours}, pattern {None if index is None else index.tolist()})")
    rows = tuple("".join(colours[i] for i in row).lower() for row in index)
    if set("".join(rows)) != set("rgb"):
        raise Refused(f"its filter array is not understood: LibRaw says {'/'.join(rows)} of {colours}", "only red, green and blue are read")
    return rows


def _colour(file: Any) -> dict[str, Any]:
    """As-shot gains and the matrix that LibRaw knows for the model (D65)."""
    facts: dict[str, Any] = {}
    red, green, blue = np.array(file.camera_whitebalance[:3], float)
    if np.isfinite([red, green, blue]).all() and min(red, green, blue) > 0:
        facts["as_shot"] = np.array([red / green, 1.0, blue / green])
    matrix = np.array(file.rgb_xyz_matrix[:3], float)
    if np.isfinite(matrix).all() and abs(np.linalg.det(matrix)) > 1e-8:
        facts |= {"camera_matrix": matrix[None], "illuminants": np.array([6504.0])}
    return facts


def masked_rows(image: np.ndarray, sizes: Any, black: Any, white: np.ndarray, tile: tuple[int, int]) -> np.ndarray | None:
    """Mean of the masked columns of each visible row, less the pedestal; None where there are none, or where they saw light."""
    right = sizes.left_margin + sizes.width
    sides = [(0, sizes.left_margin), (right, image.shape[1])]
    start, stop = max(sides, key=lambda side: side[1] - side[0])
    if black is None or stop - start < MASKED:
        return None
    columns = np.arange(start + 2, stop - 2)  # the columns beside the picture catch some of its light
    strip = image[sizes.top_margin : sizes.top_margin + sizes.height, columns].astype(np.float32)
    level = np.reshape(black, tile)[:, (columns - sizes.left_margin) % tile[1]]
    strip -= level[np.arange(len(strip)) % tile[0]].astype(np.float32)
    rows, span = strip.mean(1), float(np.min(white) - np.max(black))
    return rows if abs(np.median(rows)) < 0.01 * span and rows.std() < 0.005 * span else None


def _written(found: list[tiff.Directory]) -> dict[str, Any]:
    """Exposure and names from the tags and the Exif directory."""
    facts: dict[str, Any] = {}
    numbers = {"iso": Tag.PHOTOGRAPHIC_SENSITIVITY, "exposure_time": Tag.EXPOSURE_TIME, "aperture": Tag.F_NUMBER}
    for tags in reversed(found):  # the first directory has the last word
        for name, code in numbers.items():
            value = tiff.one(tags, code)
            if value == ANY_SENSITIVITY and name == "iso":
                value = tiff.one(tags, Tag.RECOMMENDED_EXPOSURE_INDEX, value)
            if isinstance(value, (int, float)) and np.isfinite(value) and value > 0:
                facts[name] = float(value)
    for name, code in (("make", Tag.MAKE), ("model", Tag.MODEL)):
        if isinstance(text := found[0].get(code), str) and text:
            facts[name] = text
    if tiff.one(found[0], Tag.ORIENTATION) in range(1, 9):
        facts["orientation"] = int(tiff.one(found[0], Tag.ORIENTATION))
    return facts


def _exif(path: Path) -> dict[str, Any]:
    """Names from raws that are not TIFF (CR3, RAF ...), where the exifread package is at hand."""
    try:
        import exifread
    except ImportError:
        return {}
    try:
        with path.open("rb") as stream:
            tags = exifread.process_file(stream, details=False)
    except Exception:  # the names are not worth a refusal
        return {}
    return {name: str(tags[key]).strip() for name, key in (("make", "Image Make"), ("model", "Image Model")) if key in tags}
