"""Difference of colour as CIEDE2000 measures it."""

import jax.numpy as jnp

from isp.core.planes import Array
from isp.evaluate.view import seen
from isp.ops.lab import ciede2000

PAPERS = ("ciede2000", "sharma2005")
DOMAINS, UNIT, BETTER = ("linear",), "dE00", "less"
PERCENTILES = (50, 95, 99)


def delta_e2000(made: Array, wanted: Array) -> Array:
    """The mean dE00 over sites of linear sRGB light, 1 = white D65 (ISO/CIE 11664-6, k_L = k_C = k_H = 1).

    About 1 is just seen on large patches side by side; it was fitted on pairs below 5, and says little of differences above 10.
    """
    return jnp.mean(sites(made, wanted))


def sites(made: Array, wanted: Array) -> Array:
    """dE00 (...) of each site of light (..., 3)."""
    return ciede2000(seen(made, "lab"), seen(wanted, "lab"))


def summary(differences: Array) -> dict[str, Array]:
    """`mean`, percentiles `p50`, `p95`, `p99`, and `max` of differences of any shape."""
    at = jnp.percentile(differences, jnp.asarray(PERCENTILES, jnp.result_type(differences)))
    return {"mean": jnp.mean(differences), **{f"p{p}": at[i] for i, p in enumerate(PERCENTILES)}, "max": jnp.max(differences)}
