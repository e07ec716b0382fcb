"""Every site knows one colour; the others are estimated from its neighbours."""

from collections.abc import Callable
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


def red_of(cfa: Cfa) -> tuple[int, int]:
    """Row and column of red in a Bayer tile: where the cells of `isp.ops.net` begin."""
    row, column = divmod(cfa.sites.index("r"), 2)
    return row, column


def malvar(cfa: Cfa, alpha: Array = 0.5, beta: Array = 0.625, gamma: Array = 0.75) -> Callable[..., tuple[Array, Array, Array]]:
    """Malvar, He and Cutler's interpolation, as a function for `Planes.stencil(2, ...)`: the bilinear estimate plus a share of the Laplacian of the
    known colour; shares for green, for red and blue at green sites, and for red at blue and blue at red sites."""

    def colours(near: Callable[..., Array], phase: int) -> tuple[Array, Array, Array]:
        own = near(0, 0)
        left, right, up, down = near(0, -1), near(0, 1), near(-1, 0), near(1, 0)
        diagonal = near(-1, -1) + near(-1, 1) + near(1, -1) + near(1, 1)
        far_row, far_column = near(0, -2) + near(0, 2), near(-2, 0) + near(2, 0)
        if cfa.sites[phase] == "g":
            in_row = (left + right) / 2 + beta * (own - (diagonal + far_row) / 5 + far_column / 10)
            in_column = (up + down) / 2 + beta * (own - (diagonal + far_column) / 5 + far_row / 10)
            return at_green(cfa, phase, own, in_row, in_column)
        laplacian = own - (far_row + far_column) / 4
        green = (left + right + up + down) / 4 + alpha * laplacian
        opposite = diagonal / 4 + gamma * laplacian
        return at_colour(cfa, phase, own, green, opposite)

    return colours


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
