"""A camera profile of DNG (Adobe DNG specification 1.7.1, chapter 6): the camera's matrices, the pipeline's as forward matrices, its curve.

A `.dcp` file is a TIFF directory without a picture, under a magic number of its own. A raw developer that takes it gives the pipeline's colours
as far as matrices and one curve say them; the rest of what it does is its own.
"""

from __future__ import annotations

import struct

import numpy as np

from isp.core import DataError
from isp.exporting.asked import Asked
from isp.io.dng_tags import colour_tags
from isp.io.tags import Kind, Tag
from isp.io.tiff_out import Page, assembled
from isp.ops.colour import D50, D65, adaptation, rgb_to_xyz, white_xyz
from isp.ops.curve import decode_srgb, squared

MAGIC = 0x4352
"""What stands in the place of TIFF's 42."""
POINTS = 129
ALLOW_COPYING = 0
NO_BLACK_RENDER = 1
"""The black level is subtracted, and nothing more."""


def exported(asked: Asked) -> bytes:
    """The bytes of a profile. Raises DataError where the sensor, or its colours, are not known."""
    frame = asked.frame
    if frame is None or frame.camera_matrix is None or frame.illuminants is None or frame.cfa is None:
        raise DataError("a camera profile must say what the colours of the camera are", "no sensor with colour matrices was given")
    kelvins = np.asarray(frame.illuminants, float).reshape(-1)
    forward = np.stack([_forward(asked, float(k)) for k in kelvins])
    x, y = _tone(asked)
    unique = " ".join(text for text in (frame.make, frame.model) if text) or "isp"
    tags = colour_tags(frame.but(forward_matrix=forward, as_shot=None)) | {
        Tag.UNIQUE_CAMERA_MODEL: (Kind.ASCII, unique),
        Tag.PROFILE_NAME: (Kind.ASCII, asked.title),
        Tag.PROFILE_EMBED_POLICY: (Kind.LONG, ALLOW_COPYING),
        Tag.PROFILE_TONE_CURVE: (Kind.FLOAT, np.stack([x, y], 1)),
        Tag.DEFAULT_BLACK_RENDER: (Kind.LONG, NO_BLACK_RENDER),
    }
    asked.separable()
    asked.beyond("level", "white_balance", "encode")
    pieces = assembled(Page(tags))
    return b"".join([struct.pack("<2sHI", b"II", MAGIC, 8), *pieces[1:]])


def _forward(asked: Asked, kelvin: float) -> np.ndarray:
    """Balanced camera RGB to XYZ of D50 (3, 3), by the pipeline's own matrix; camera white becomes D50, as the specification asks."""
    matrix = asked.under(kelvin).matrix * asked.correction
    sums = matrix.sum(1)
    if np.ptp(sums) > 0.01 * np.abs(sums).max():
        asked.warn(f"the matrix for {kelvin:.0f} K tints grey, which a camera profile cannot; its rows are scaled to one sum")
    to_d50 = np.asarray(adaptation(np.asarray(white_xyz(D65)), np.asarray(white_xyz(D50))), float)
    return to_d50 @ rgb_to_xyz("srgb") @ (matrix / sums[:, None])


def _tone(asked: Asked) -> tuple[np.ndarray, np.ndarray]:
    """Linear light to linear display light, from (0, 0) to (1, 1)."""
    colours = asked.colours
    x = np.asarray(squared(np.linspace(0, 1, POINTS)), float)
    made = colours.curve(x * colours.matrix.sum(1).mean())
    y = np.asarray(decode_srgb(np.clip(made, 0, 1)), float) if colours.encoded else np.clip(made, 0, 1)
    if abs(y[0]) > 1e-3 or abs(y[-1] - 1) > 1e-3:
        asked.warn(f"a profile's curve goes from 0 to 1: this one, which goes from {y[0]:.3g} to {y[-1]:.3g}, is bent to it at its ends")
    x[[0, -1]] = y[[0, -1]] = 0.0, 1.0
    return x, y
