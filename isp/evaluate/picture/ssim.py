"""Structural similarity, with the window of its paper."""

import jax.numpy as jnp
import numpy as np

from isp.core.errors import DataError
from isp.core.planes import Array
from isp.evaluate.view import ENCODED
from isp.ops.window import windowed

PAPERS = ("wang2004",)
DOMAINS, UNIT, BETTER = ENCODED, "1", "more"
REACH, SIGMA = 5, 1.5
SIDE = 2 * REACH + 1
"""Rows and columns of the window, so the least a picture must have."""
_BELL = np.exp(-np.square(np.arange(-REACH, REACH + 1) / SIGMA) / 2)
WINDOW = tuple(float(w) for w in _BELL / _BELL.sum())


def ssim(made: Array, wanted: Array, *, peak: float = 1.0) -> Array:
    """The mean index over sites and channels of Wang et al. (2004): 11x11 Gaussian window of 1.5 pixels, wholly inside the picture,
    K1 = 0.01, K2 = 0.03. 1 where the pictures are equal."""
    luminance, structure = ssim_terms(made, wanted, peak)
    return jnp.mean(luminance * structure)


def sites(made: Array, wanted: Array, *, peak: float = 1.0) -> Array:
    """The index (rows - 10, columns - 10) at each site where the window fits, the mean over channels."""
    luminance, structure = ssim_terms(made, wanted, peak)
    return jnp.mean(luminance * structure, -1)


def ssim_terms(made: Array, wanted: Array, peak: float = 1.0) -> tuple[Array, Array]:
    """The two factors of the index at each site where the window fits, (rows - 10, columns - 10, channels): that of luminance, and that of
    contrast and structure. Raises DataError for a picture smaller than the window.

    They are computed as 1 - (difference of means)^2 / (..) and 1 - (variance of the difference) / (..), which is the same, exactly 1 for
    equal pictures, and keeps its digits for nearly equal ones.
    """
    rows, columns = made.shape[:2]
    if min(rows, columns) < SIDE:
        raise DataError("ssim", f"a picture of {rows} x {columns} is smaller than the window", f"give {SIDE} x {SIDE} pixels or more")
    # Variances do not ask where zero is; near the mean they keep their digits.
    middle = jnp.mean(wanted, (0, 1))
    one, other = made - middle, wanted - middle
    off = one - other
    moments = windowed(jnp.concatenate([one, other, off, one * one, other * other, off * off], -1), WINDOW)
    one, other, off, *squares = jnp.split(moments, 6, -1)
    of_one, of_other, of_off = (jnp.maximum(square - mean**2, 0) for square, mean in zip(squares, (one, other, off), strict=True))
    luminance = 1 - off**2 / ((one + middle) ** 2 + (other + middle) ** 2 + (0.01 * peak) ** 2)
    return luminance, 1 - of_off / (of_one + of_other + (0.03 * peak) ** 2)
