"""How warm the light is, as the white balance and the camera's own calibration tell it."""

import jax.numpy as jnp

from isp.core import Domain, Frame
from isp.develop.measure import Measure
from isp.ops.colour import mired
from isp.ops.dng import white_xy

COOLEST = 1e6 / 25000
"""Reciprocal megakelvin of the coolest light that is told: beyond it a colour no longer says how warm it is."""


class ColourTemperature(
    Measure,
    accepts=(Domain.MOSAIC, Domain.CAMERA),
    uses=("camera_matrix", "illuminants", "wb_gains", "balanced"),
    gives=("colour_temperature",),
    paper="robertson1968",
):
    """Look for the light under which a grey card would have had the gains of the white balance, applied and to be applied: the chromaticity
    by the colour matrices, as the DNG specification has it, and its correlated colour temperature by Robertson's lines, between
    1667 and 25000 K. It is what tables over `colour_temperature` run over.

    Where the frame knows no colour matrix or no gains, a temperature that it came with stays.
    """

    def __call__(self, frame: Frame) -> Frame:
        known = [gains for gains in (frame.balanced, frame.wb_gains) if gains is not None]
        if frame.camera_matrix is None or not known:
            return frame
        kind = frame.pixels.dtype
        matrices = jnp.asarray(frame.camera_matrix, kind)
        illuminants = None if frame.illuminants is None else jnp.asarray(frame.illuminants, kind)
        gains = jnp.asarray(known[0], kind) * (jnp.asarray(known[1], kind) if len(known) > 1 else 1)
        xy = white_xy(matrices, illuminants, 1 / gains)
        return frame.but(colour_temperature=1e6 / jnp.maximum(mired(xy), COOLEST))
