"""Differences of colour between two pictures of linear light."""

import jax.numpy as jnp

from isp.core.planes import Array
from isp.ops.colour import rgb_to_xyz
from isp.ops.lab import ciede2000, lab
from isp.ops.perceptual import turned

PERCENTILES = (50, 95, 99)


def delta_e(made: Array, wanted: Array, formula: str = "2000") -> Array:
    """The difference (...) of each site of linear sRGB light (..., 3), 1 = white D65, by the `formula` of "2000" (ISO/CIE 11664-6) or of
    "76" (the distance in L*a*b*)."""
    one, other = (lab(turned(light, rgb_to_xyz("srgb"))) for light in (made, wanted))
    if formula == "2000":
        return ciede2000(one, other)
    squared = jnp.sum((one - other) ** 2, -1)
    apart = squared > 0
    return jnp.where(apart, jnp.sqrt(jnp.where(apart, squared, 1)), 0)


def summary(differences: Array) -> dict[str, Array]:
    """`mean`, percentiles `p50`, `p95`, `p99`, and `max` of differences of any shape."""
    at = jnp.percentile(differences, jnp.asarray(PERCENTILES, jnp.result_type(differences)))
    return {"mean": jnp.mean(differences), **{f"p{p}": at[i] for i, p in enumerate(PERCENTILES)}, "max": jnp.max(differences)}
