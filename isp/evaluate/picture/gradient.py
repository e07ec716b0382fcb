"""Difference of what changes from pixel to pixel."""

import jax.numpy as jnp

from isp.core.planes import Array
from isp.evaluate.view import DOMAINS as ANY
from isp.ops.window import size

DOMAINS, UNIT, BETTER = ANY, "of white, a pixel", "less"


def gradient(made: Array, wanted: Array) -> Array:
    """The mean absolute difference of the steps from each pixel to the next, down and across: (mean |d_down| + mean |d_across|) / 2.

    Blind to level. No site beyond the border is invented.
    """
    off = made - wanted
    return (jnp.mean(size(off[1:] - off[:-1])) + jnp.mean(size(off[:, 1:] - off[:, :-1]))) / 2
