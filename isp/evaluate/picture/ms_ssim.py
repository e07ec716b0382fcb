"""Structural similarity at several scales."""

import jax.numpy as jnp
import numpy as np

from isp.core.errors import DataError
from isp.core.planes import Array
from isp.evaluate.picture.ssim import SIDE, ssim_terms
from isp.evaluate.view import ENCODED

PAPERS = ("wang2003",)
DOMAINS, UNIT, BETTER = ENCODED, "1", "more"
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents of the scales, finest first (Wang et al. 2003)."""
FLOOR = 0.01


def ms_ssim(made: Array, wanted: Array, *, peak: float = 1.0, scales: int = 5) -> Array:
    """The multi-scale index of Wang et al. (2003), the mean over channels: contrast and structure at each scale, luminance at the last, each scale a
    mean of 2x2 pixels of the one before (an odd last row or column is left out). With fewer `scales` than 5 the first exponents are used,
    scaled to their sum. 1 where the pictures are equal. Raises DataError for pictures of which the last scale is smaller than the window.

    Where a scale correlates less than 0.01 (below 0 the published product has no value), its factor goes on falling smoothly, above zero.
    """
    if min(made.shape[:2]) < least(scales):
        raise DataError(
            "ms_ssim",
            f"a picture of {made.shape[0]} x {made.shape[1]} has no {scales} scales",
            f"give {least(scales)} x {least(scales)} pixels or more, or fewer scales",
        )
    exponents = np.array(WEIGHTS[:scales]) / (sum(WEIGHTS[:scales]) if scales < len(WEIGHTS) else 1)
    total = 0.0
    for i, exponent in enumerate(exponents):
        luminance, structure = ssim_terms(made, wanted, peak)
        last = i == scales - 1
        kept = jnp.mean(luminance * structure if last else structure, (0, 1))
        total = total + _log_power(kept, float(exponent))
        if not last:
            made, wanted = halved(made), halved(wanted)
    return jnp.mean(jnp.exp(total))


def least(scales: int) -> int:
    """The least rows and columns of a picture that is compared at so many scales: 176 for 5, 88 for 4, 44 for 3."""
    return SIDE * 2 ** (scales - 1)


def halved(picture: Array) -> Array:
    """Means of 2x2 pixels."""
    rows, columns = (size // 2 * 2 for size in picture.shape[:2])
    tall = picture[0:rows:2] + picture[1:rows:2]
    return (tall[:, 0:columns:2] + tall[:, 1:columns:2]) / 4


def _log_power(x: Array, exponent: float) -> Array:
    """The logarithm of x^exponent; below `FLOOR` that of the hyperbola which joins it in value and slope, and stays above zero."""
    return exponent * jnp.log(jnp.maximum(x, FLOOR)) - jnp.log(1 - exponent * jnp.minimum(x - FLOOR, 0) / FLOOR)
