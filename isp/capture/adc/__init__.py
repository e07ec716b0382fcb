"""Electrons become digital numbers."""

from typing import Any

import jax.numpy as jnp

from isp.core import Domain, Frame, Stage, option, whole_number
from isp.core.limits import between
from isp.ops.convert import digits


class Adc(Stage, accepts=(Domain.ELECTRONS,), emits=Domain.MOSAIC_DN):
    """Amplify, add the pedestal, round to whole numbers, stop at the largest."""


def bits_number(default: int) -> int:
    """The declaration of the depth of the numbers."""
    return whole_number(default=default, unit="bit", within=between(8, 20), doc="depth of the numbers")


def rounding_option() -> str:
    """The declaration of whether numbers are whole, and end."""
    return option(default="nearest", choices=("nearest", "none"), doc="whole numbers that end, or what they are before")


def digitised(analogue: Frame, bits: int, rounding: str, **facts: Any) -> Frame:
    """Numbers of `bits` from a frame that is amplified already, with white where it or the numbers end, and 1/12 more variance where they
    are rounded."""
    kind, top = analogue.pixels.dtype, 2**bits - 1
    facts["white"] = analogue.per_filter(top if analogue.white is None else jnp.minimum(jnp.asarray(analogue.white, kind), top))
    if analogue.noise is not None and rounding == "nearest":
        facts["noise"] = analogue.noise + jnp.asarray([0, 1 / 12], kind)
    pixels = analogue.pixels.map(lambda x: digits(x, top)) if rounding == "nearest" else analogue.pixels
    return analogue.to(Domain.MOSAIC_DN, pixels, bits=bits, **facts)
