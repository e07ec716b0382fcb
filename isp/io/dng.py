"""What a DNG says in its tags and LibRaw does not hand over (Adobe DNG specification 1.7.1).

LibRaw applies the LinearizationTable itself when it unpacks, so no table is given; opcode lists it leaves alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from isp.io import opcodes
from isp.io.decoded import Refused
from isp.io.tags import CFA, COLOURS, FLOATS, LINEAR, Tag
from isp.io.tiff import Directory, one

LIGHTS = {
    1: 5500, 2: 4150, 3: 2850, 4: 5500, 9: 5500, 10: 6500, 11: 7500, 12: 6400, 13: 5050, 14: 4150, 15: 3525, 16: 2925,
    17: 2856, 18: 4874, 19: 6774, 20: 5503, 21: 6504, 22: 7504, 23: 5003, 24: 3200,
}  # fmt: skip
"""Correlated colour temperature of each Exif LightSource: CIE values where it names an illuminant, the middle of the range Exif states
for fluorescent lamps, the usual figure for the rest (3, tungsten: 2850 K)."""


NAMES = dict(zip(COLOURS, ("red", "green", "blue", "cyan", "magenta", "yellow", "white"), strict=True))
CALIBRATIONS = (
    (Tag.COLOR_MATRIX_1, Tag.CALIBRATION_ILLUMINANT_1, Tag.CAMERA_CALIBRATION_1, Tag.FORWARD_MATRIX_1),
    (Tag.COLOR_MATRIX_2, Tag.CALIBRATION_ILLUMINANT_2, Tag.CAMERA_CALIBRATION_2, Tag.FORWARD_MATRIX_2),
)
"""What is told for each illuminant. DNG 1.6 has a third, which is neither read nor written."""


def main_image(found: list[Directory]) -> Directory:
    """The directory of the mosaic, or of the raw samples of a sensor without filters. Raises Refused when the file holds neither."""
    whole = [tags for tags in found if one(tags, Tag.NEW_SUBFILE_TYPE, 0) in (0, None) and Tag.IMAGE_WIDTH in tags]
    pictures = [tags for tags in whole if one(tags, Tag.PHOTOMETRIC_INTERPRETATION) in (CFA, LINEAR)]
    mosaics = [tags for tags in pictures if one(tags, Tag.PHOTOMETRIC_INTERPRETATION) == CFA or one(tags, Tag.SAMPLES_PER_PIXEL, 1) == 1]
    if not mosaics:
        why = "it is already demosaiced (LinearRaw)" if pictures else "it holds no mosaic"
        raise Refused(f"{why}; a mosaic of filters is needed")
    return max(mosaics, key=lambda tags: one(tags, Tag.IMAGE_WIDTH) * one(tags, Tag.IMAGE_LENGTH, 0))


def active(image: Directory) -> tuple[int, int, int, int]:
    """Top, left, bottom, right of the pixels that saw light."""
    rows, columns = one(image, Tag.IMAGE_LENGTH), one(image, Tag.IMAGE_WIDTH)
    top, left, bottom, right = (int(v) for v in image.get(Tag.ACTIVE_AREA, (0, 0, rows, columns)))
    if not (0 <= top < bottom <= rows and 0 <= left < right <= columns):
        raise Refused(f"its active area {top, left, bottom, right} is not inside of its {columns}x{rows} pixels")
    return top, left, bottom, right


def pattern(image: Directory) -> tuple[tuple[str, ...], str]:
    """The filters of the tile, row by row, and the colours by plane. Raises Refused for filters that the file does not account for."""
    if one(image, Tag.PHOTOMETRIC_INTERPRETATION) == LINEAR:  # no filters at all: the tile is that of the black level
        down, across = (int(v) for v in image.get(Tag.BLACK_LEVEL_REPEAT_DIM, (1, 1)))
        return ("w" * across,) * down, "w"
    planes = bytes(image.get(Tag.CFA_PLANE_COLOR, (0, 1, 2)))
    tile, codes = image.get(Tag.CFA_REPEAT_PATTERN_DIM), image.get(Tag.CFA_PATTERN)
    if tile is None or codes is None or len(codes) != tile[0] * tile[1] or one(image, Tag.CFA_LAYOUT, 1) != 1:
        raise Refused("its filter array is not described, or is not rectangular")
    if set(codes) != set(planes) or max(codes) >= len(COLOURS):
        filters, colours = (
            ", ".join(NAMES[COLOURS[c]] if c < len(COLOURS) else str(c) for c in sorted(set(some))) for some in (codes, planes)
        )
        raise Refused(f"its filters are {filters}; its colour planes are {colours}")
    letters = "".join(COLOURS[c] for c in codes)
    return tuple(letters[y * tile[1] : (y + 1) * tile[1]] for y in range(tile[0])), "".join(COLOURS[c] for c in planes)


def levels(image: Directory, cfa: tuple[str, ...], rows: int) -> dict[str, Any]:
    """Black of each phase, white, and the part of black that differs from row to row."""
    down, across = (int(v) for v in image.get(Tag.BLACK_LEVEL_REPEAT_DIM, (1, 1)))
    block = np.array(image.get(Tag.BLACK_LEVEL, (0.0,)), float)
    block = block.reshape(down, across) if block.size == down * across else np.full((down, across), block.mean())
    tile = (len(cfa), len(cfa[0]))
    if tile[0] % down or tile[1] % across:
        raise Refused(f"its black level repeats every {across}x{down} pixels, its filters every {tile[1]}x{tile[0]}")
    facts: dict[str, Any] = {"black": np.tile(block, (tile[0] // down, tile[1] // across)).reshape(-1)}
    bits = int(one(image, Tag.BITS_PER_SAMPLE, 16))
    top = 1.0 if one(image, Tag.SAMPLE_FORMAT) == FLOATS else 2**bits - 1
    facts["white"] = np.full(tile[0] * tile[1], float(one(image, Tag.WHITE_LEVEL, top)))
    by_column, by_row = (np.array(image.get(tag, ()), float) for tag in (Tag.BLACK_LEVEL_DELTA_H, Tag.BLACK_LEVEL_DELTA_V))
    if by_column.size:
        facts["black"] += by_column.mean()
    if by_row.size == rows:
        facts["black_rows"] = by_row
    return facts


def colour(root: Directory, colours: str, say: list[str]) -> dict[str, Any]:
    """Colour matrices with their illuminants, and the gains that the camera chose. `colours` names the planes; channels come in the order
    of COLOURS."""
    facts: dict[str, Any] = {}
    order = sorted(range(len(colours)), key=lambda i: COLOURS.index(colours[i]))
    balance = np.diag(root.get(Tag.ANALOG_BALANCE, (1.0,) * len(colours)))
    cameras, forwards, kelvins = [], [], []
    for matrix, light, calibration, forward in CALIBRATIONS:
        values = _matrix(root, matrix, (len(colours), 3), say)
        if values is None:
            continue
        kelvin = LIGHTS.get(int(one(root, light, 0)))
        if kelvin is None and (len(cameras) or Tag.COLOR_MATRIX_2 in root):
            say.append(f"colour matrix {len(cameras) + 1} is left out: its illuminant {one(root, light)} has no known temperature")
            continue
        own = _matrix(root, calibration, (len(colours), len(colours)), say) if calibration in root else np.eye(len(colours))
        individual = balance @ own
        cameras.append((individual @ values)[order])
        kelvins.append(float(kelvin or 5003))
        forwards.append((individual, _matrix(root, forward, (3, len(colours)), say)))
    if cameras:
        facts |= {"camera_matrix": np.stack(cameras), "illuminants": np.array(kelvins)}
    neutral = np.array(root.get(Tag.AS_SHOT_NEUTRAL, ()), float)
    told = neutral.shape == (len(colours),)
    if told:
        neutral = neutral[order]
    elif cameras and len(colours) == 3 and Tag.AS_SHOT_WHITE_XY in root:
        neutral = neutral_of(np.array(root[Tag.AS_SHOT_WHITE_XY], float), facts["camera_matrix"], facts["illuminants"])
    if neutral.shape == (len(colours),) and np.isfinite(neutral).all() and (neutral > 0).all():
        facts["as_shot"] = (neutral[sorted(colours, key=COLOURS.index).index("g")] if "g" in colours else neutral.max()) / neutral
    elif neutral.size:
        say.append(f"its neutral {neutral.tolist()} makes no white balance; it is left out")
    if cameras and all(f is not None for _, f in forwards):
        gains = facts["as_shot"][np.argsort(order)] if "as_shot" in facts else None
        facts["forward_matrix"] = np.stack([_balanced(f, individual, gains)[:, order] for individual, f in forwards])
    return facts


def _matrix(tags: Directory, number: Tag, shape: tuple[int, int], say: list[str]) -> np.ndarray | None:
    """A tag of this shape, or None when it is missing, singular or not finite (then `say` tells)."""
    values = np.array(tags.get(number, ()), float)
    if not values.size:
        return None
    if (
        values.size != shape[0] * shape[1]
        or not np.isfinite(values).all()
        or np.linalg.svd(values.reshape(shape), compute_uv=False).prod() < 1e-8
    ):
        say.append(f"the matrix in tag {int(number)} is singular or not {shape[0]}x{shape[1]}; it is left out")
        return None
    return values.reshape(shape)


def _balanced(forward: np.ndarray, individual: np.ndarray, as_shot: np.ndarray | None) -> np.ndarray:
    """A ForwardMatrix for camera RGB balanced by as-shot gains; an individual calibration that mixes channels is folded in."""
    if as_shot is None or np.allclose(individual, np.diag(np.diag(individual))):
        return forward
    reference = np.linalg.inv(individual)
    neutral = 1.0 / as_shot
    return forward @ np.diag(1.0 / (reference @ neutral)) @ reference @ np.diag(neutral)


def neutral_of(xy: np.ndarray, matrices: np.ndarray, kelvins: np.ndarray) -> np.ndarray:
    """Camera RGB, green 1, of a white (x, y): the matrices mixed in mired at its temperature (McCamy 1992)."""
    n = (xy[0] - 0.3320) / (0.1858 - xy[1])
    kelvin = 449 * n**3 + 3525 * n**2 + 6823.3 * n + 5520.33
    share = 0.0
    if len(matrices) > 1:
        share = np.clip((1 / kelvin - 1 / kelvins[0]) / (1 / kelvins[1] - 1 / kelvins[0]), 0, 1)
    matrix = matrices[0] + share * (matrices[-1] - matrices[0])
    camera = matrix @ [xy[0] / xy[1], 1, (1 - xy.sum()) / xy[1]]
    return camera / camera[1]


def noise(tags: Directory, cfa: tuple[str, ...], colours: str, black: np.ndarray, white: np.ndarray) -> np.ndarray | None:
    """NoiseProfile, variance S x + O of values normalised to black 0 and white 1, as slope and floor of each phase in DN."""
    values = tags.get(Tag.NOISE_PROFILE, ())
    pairs = np.array(values, float).reshape(-1, 2) if len(values) % 2 == 0 else np.zeros((0, 2))
    if len(pairs) not in (1, len(colours)) or not np.isfinite(pairs).all() or (pairs < 0).any():
        return None
    chosen = pairs[[colours.index(c) if len(pairs) > 1 else 0 for c in "".join(cfa)]]
    span = white - black
    return np.stack([chosen[:, 0] * span, chosen[:, 1] * span**2 - chosen[:, 0] * span * black], -1)


def corrections(image: Directory, cfa: tuple[str, ...], colours: str, size: tuple[int, int], say: list[str]) -> dict[str, Any]:
    """Lens shading, lens distortion and known bad pixels from the opcode lists; other opcodes are named in `say`."""
    maps: list[dict[str, Any]] = []
    facts: dict[str, Any] = {}
    for number in (Tag.OPCODE_LIST_1, Tag.OPCODE_LIST_2, Tag.OPCODE_LIST_3):
        try:
            for opcode, payload in opcodes.split(bytes(image[number])) if number in image else ():
                if opcode == opcodes.GAIN_MAP:
                    maps.append(opcodes.gain_map(payload))
                elif opcode == opcodes.WARP_RECTILINEAR:
                    facts["warp"] = opcodes.warp(payload)
                elif opcode == opcodes.BAD_LIST:
                    facts["defects"] = opcodes.bad_pixels(payload)
                else:
                    say.append(f"opcode {opcode} is not applied")
        except Refused as refused:
            say.append(f"{refused.why}; the rest of that list is left out")
    mesh = opcodes.shading(maps, cfa, colours, size, say)
    return facts | ({"shading": mesh} if mesh else {})


def crop(image: Directory, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Row, column, rows, columns that the maker means to be seen, where that is less than all."""
    if Tag.DEFAULT_CROP_ORIGIN not in image or Tag.DEFAULT_CROP_SIZE not in image:
        return None
    values = np.array([*image[Tag.DEFAULT_CROP_ORIGIN], *image[Tag.DEFAULT_CROP_SIZE]], float)
    if values.shape != (4,) or not np.isfinite(values).all():
        return None
    x, y, width, height = (int(v) for v in np.round(values))
    inside = y >= 0 and x >= 0 and height > 0 and width > 0 and y + height <= size[0] and x + width <= size[1]
    return (y, x, height, width) if inside and (y, x, height, width) != (0, 0, *size) else None


def facts(found: list[Directory], say: list[str]) -> dict[str, Any]:
    """Everything a DNG says about its mosaic, under the names of facts."""
    root, image = found[0], main_image(found)
    cfa, colours = pattern(image)
    top, left, bottom, right = active(image)
    size = (bottom - top, right - left)
    made: dict[str, Any] = {
        "cfa": cfa,
        **levels(image, cfa, size[0]),
        **colour(root, colours, say),
        **corrections(image, cfa, colours, size, say),
    }
    made["noise"] = noise(image if Tag.NOISE_PROFILE in image else root, cfa, colours, made["black"], made["white"])
    made["crop"] = crop(image, size)
    return {name: value for name, value in made.items() if value is not None}
