"""Differences of what is fine: gradients, and the bands of a Laplacian pyramid.

Both are linear in the picture, so they are taken of the difference of two pictures. No site beyond the border is invented: a filter
stays inside.
"""

import jax.numpy as jnp

from isp.core.errors import DataError
from isp.core.planes import Array
from isp.ops.window import windowed

BINOMIAL = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


def gradient_difference(made: Array, wanted: Array) -> Array:
    """The mean absolute difference of the steps from each pixel to the next, down and across: (mean |d_down| + mean |d_across|) / 2."""
    off = made - wanted
    return (_size(off[1:] - off[:-1]) + _size(off[:, 1:] - off[:, :-1])) / 2


def laplacian_difference(made: Array, wanted: Array, scales: int = 3) -> Array:
    """The sum over `scales` of the mean absolute difference of a band: what a binomial of 5 pixels takes away (Burt and Adelson 1983, with
    the blurred picture itself as the next scale's prediction), then every second pixel of what it leaves. Every scale counts alike.

    Raises DataError for a picture that is too small for so many scales: 5 pixels for one, 13 for two, 29 for three, 61 for four.
    """
    if min(made.shape[:2]) < least(scales):
        raise DataError(
            "laplacian",
            f"a picture of {made.shape[0]} x {made.shape[1]} has no {scales} scales",
            f"give {least(scales)} x {least(scales)} pixels or more, or fewer scales",
        )
    off, total = made - wanted, 0.0
    for _ in range(scales):
        blurred = windowed(off, BINOMIAL)
        total = total + _size(off[2:-2, 2:-2] - blurred)
        off = blurred[::2, ::2]
    return total


def least(scales: int) -> int:
    """The least rows and columns of a picture that has so many scales."""
    return 2 ** (scales + 2) - 3 if scales > 0 else 1


def _size(off: Array) -> Array:
    """The mean of |x|, whose slope at 0 is taken as 0 (that of jnp.abs is not)."""
    return jnp.mean(off * jnp.sign(off))
