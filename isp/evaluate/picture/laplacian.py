"""Difference of the bands of a Laplacian pyramid."""

import jax.numpy as jnp

from isp.core.errors import DataError
from isp.core.planes import Array
from isp.evaluate.view import DOMAINS as ANY
from isp.ops.window import size, windowed

PAPERS = ("burt1983",)
DOMAINS, UNIT, BETTER = ANY, "of white", "less"
BINOMIAL = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


def laplacian(made: Array, wanted: Array, *, scales: int = 3) -> Array:
    """The sum over `scales` of the mean absolute difference of a band: what a binomial of 5 pixels takes away (Burt and Adelson 1983, with
    the blurred picture itself as the next scale's prediction), then every second pixel of what it leaves. Every scale counts alike.

    Blind to level. Raises DataError for a picture that is too small for so many scales: 5 pixels for one, 13 for two, 29 for three, 61 for
    four.
    """
    if min(made.shape[:2]) < least(scales):
        raise DataError(
            "laplacian",
            f"a picture of {made.shape[0]} x {made.shape[1]} has no {scales} scales",
            f"give {least(scales)} x {least(scales)} pixels or more, or fewer scales",
        )
    # Bands are linear in the picture, so they are taken of the difference.
    off, total = made - wanted, 0.0
    for _ in range(scales):
        blurred = windowed(off, BINOMIAL)
        total = total + jnp.mean(size(off[2:-2, 2:-2] - blurred))
        off = blurred[::2, ::2]
    return total


def least(scales: int) -> int:
    """The least rows and columns of a picture that has so many scales."""
    return 2 ** (scales + 2) - 3 if scales > 0 else 1
