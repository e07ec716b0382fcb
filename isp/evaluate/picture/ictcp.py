"""Difference of colour as BT.2124 measures it, for screens of any brightness."""

import jax.numpy as jnp

from isp.core.planes import Array
from isp.evaluate.view import WHITE
from isp.ops.lab import distance
from isp.ops.perceptual import ictcp as to_ictcp

PAPERS = ("bt2124", "bt2100")
DOMAINS, UNIT, BETTER = ("linear",), "dE ITP", "less"
WEIGHTS = (720.0, 360.0, 720.0)
"""Of I, C_T and C_P: ITU-R BT.2124 halves C_T, and scales so that 1 is just seen."""


def ictcp(made: Array, wanted: Array, *, white: float = WHITE) -> Array:
    """The mean dE_ITP = 720 sqrt(dI^2 + dT^2 + dP^2), T = C_T / 2, over sites of linear sRGB light, 1 = white of `white` cd/m2.

    1 is just seen, by the most critical eye that is adapted to each colour; made for HDR, so light above 1 is light.
    """
    return jnp.mean(sites(made, wanted, white=white))


def sites(made: Array, wanted: Array, *, white: float = WHITE) -> Array:
    """dE_ITP (...) of each site of light (..., 3)."""
    one, other = (jnp.asarray(WEIGHTS, jnp.result_type(light)) * to_ictcp(light, white) for light in (made, wanted))
    return distance(one, other)
