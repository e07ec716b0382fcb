"""Difference of colour as the distance in OkLab."""

import jax.numpy as jnp

from isp.core.planes import Array
from isp.evaluate.view import seen
from isp.ops.lab import distance

PAPERS = ("ottosson2020",)
DOMAINS, UNIT, BETTER = ("linear",), "dE OK x 100", "less"


def oklab(made: Array, wanted: Array) -> Array:
    """The mean distance in OkLab, times 100, over sites of linear sRGB light, 1 = white D65: lightness runs from 0 to 100.

    Hues stay put as chroma falls, which L*a*b* does not keep in blue. About 2 is just seen.
    """
    return jnp.mean(sites(made, wanted))


def sites(made: Array, wanted: Array) -> Array:
    """100 times the distance (...) of each site of light (..., 3)."""
    return distance(seen(made, "oklab"), seen(wanted, "oklab"))
