"""Difference of colour as the distance in CIE L*a*b*."""

import jax.numpy as jnp

from isp.core.planes import Array
from isp.evaluate.view import seen
from isp.ops.lab import distance

PAPERS = ("cie15",)
DOMAINS, UNIT, BETTER = ("linear",), "dE76", "less"


def delta_e76(made: Array, wanted: Array) -> Array:
    """The mean distance in CIE L*a*b* over sites of linear sRGB light, 1 = white D65.

    2.3 is just seen, on the average; saturated blues and greens are overrated several times: `delta_e2000` amends that.
    """
    return jnp.mean(sites(made, wanted))


def sites(made: Array, wanted: Array) -> Array:
    """dE76 (...) of each site of light (..., 3)."""
    return distance(seen(made, "lab"), seen(wanted, "lab"))
