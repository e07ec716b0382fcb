"""Every site knows one colour; the others are estimated from its neighbours."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.core import Cfa, Domain, Stage, between, param
from isp.core.planes import Array


class Demosaic(Stage, accepts=(Domain.MOSAIC,), emits=Domain.CAMERA, stabilised=True):
    """Give every pixel its three colours."""


def at_green(cfa: Cfa, phase: int, green: Array, in_row: Array, in_column: Array) -> tuple[Array, Array, Array]:
    """Red, green and blue of a green site, from the estimates of its horizontal and its vertical neighbours' colours."""
    return (in_row, green, in_column) if cfa.sites[phase ^ 1] == "r" else (in_column, green, in_row)


def at_colour(cfa: Cfa, phase: int, own: Array, green: Array, opposite: Array) -> tuple[Array, Array, Array]:
    """Red, green and blue of a red or blue site, from its own value and the estimates of green and of the opposite colour."""
    return (own, green, opposite) if cfa.sites[phase] == "r" else (opposite, green, own)


def sharpness() -> Any:
    """The declaration of how sharply a stage chooses between two directions."""
    return param(
        default=6.0,
        unit="decade",
        within=between(0, 7),
        usual=between(0, 2),
        doc="two directions whose costs differ by less than 10^-sharpness of their sum are mixed; 6 is a hard choice",
    )


def softness_of(sharpness: Array) -> Array:
    """The contrast of costs below which directions are mixed, for `isp.ops.decide.share`."""
    return jnp.exp(-float(np.log(10)) * sharpness)
