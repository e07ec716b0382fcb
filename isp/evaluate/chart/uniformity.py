"""How even the picture of an even surface is: falloff of light, and of colour, towards the corners."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import numpy as np

from isp.core.errors import DataError
from isp.ops.colour import luminance_weights, rgb_to_xyz
from isp.ops.lab import lab

PAPERS = ("ieee1858",)
BLOCKS = (9, 13)
"""Rows and columns of the parts whose means are compared."""


@dataclass(frozen=True)
class Uniformity:
    """`corners` (4,) luminance of the corner blocks over that of the middle: top left, top right, bottom right, bottom left. `falloff` the
    darkest block against the brightest in EV, 0 or less; `colour` the greatest distance in a*b* of a block from the mean, all brought to
    L* = 50; `map` (rows, columns) luminance of the blocks over the brightest; `colours` (rows, columns, 2) their a*b* less the mean."""

    corners: np.ndarray
    falloff: float
    colour: float
    map: np.ndarray
    colours: np.ndarray


def uniformity(picture: np.ndarray, *, blocks: tuple[int, int] = BLOCKS) -> Uniformity:
    """The evenness of a picture (rows, columns, 3) of linear sRGB light, or a plane (rows, columns), of which the colour is 0 then.

    Means of `blocks` are taken, so that noise does not count. Raises DataError for a picture that is smaller than its blocks, or black.
    """
    picture = np.asarray(picture, np.float64)
    plane = picture.ndim == 2
    if picture.ndim not in (2, 3) or any(n < b for n, b in zip(picture.shape, blocks)) or not np.isfinite(picture).all():
        raise DataError("uniformity", f"{' x '.join(map(str, picture.shape))} is not a finite picture of {blocks[0]} x {blocks[1]} or more")
    whole = np.repeat(picture[..., None], 3, -1) if plane else picture
    rows, columns = (n // b for n, b in zip(whole.shape[:2], blocks, strict=True))
    means = whole[: rows * blocks[0], : columns * blocks[1]].reshape(blocks[0], rows, blocks[1], columns, 3).mean((1, 3))
    light = means @ np.array(luminance_weights("srgb"))
    if light.min() <= 0:
        raise DataError("uniformity", "a part of it is not above black", "expose the even surface to about half of white")
    grey = (66 / 116) ** 3
    with jax.enable_x64(True):
        ab = np.asarray(lab(grey * means / light[..., None] @ rgb_to_xyz("srgb").T))[..., 1:]
    away = ab - ab.mean((0, 1))
    middle = light[blocks[0] // 2, blocks[1] // 2]
    return Uniformity(
        corners=np.array([light[0, 0], light[0, -1], light[-1, -1], light[-1, 0]]) / middle,
        falloff=float(np.log2(light.min() / light.max())),
        colour=float(np.hypot(*np.moveaxis(away, -1, 0)).max()),
        map=light / light.max(),
        colours=away,
    )
