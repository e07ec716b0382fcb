"""Peak signal to noise ratio."""

import jax.numpy as jnp

from isp.core.planes import Array
from isp.evaluate.view import ENCODED

DOMAINS, UNIT, BETTER = ENCODED, "dB", "more"


def psnr(made: Array, wanted: Array, *, peak: float = 1.0) -> Array:
    """10 log10(peak^2 / mean d^2) in dB, over all sites and channels; infinite where the pictures are equal.

    It knows neither structure nor eyes: a shift of half a pixel costs more than noise that anybody sees. 0.1 dB is about 1 % of error.
    """
    return 10 * jnp.log10(peak**2 / jnp.mean((made - wanted) ** 2))
