"""Peak signal to noise ratio."""

import jax.numpy as jnp

from isp.core.planes import Array


def psnr(made: Array, wanted: Array, peak: float = 1.0) -> Array:
    """10 log10(peak^2 / mean d^2) in dB, over all sites and channels; infinite where the pictures are equal."""
    return 10 * jnp.log10(peak**2 / jnp.mean((made - wanted) ** 2))
