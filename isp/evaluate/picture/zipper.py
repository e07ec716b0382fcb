"""Zippers: pixels that a demosaic set apart from a neighbour they were like."""

import jax.numpy as jnp

from isp.core.planes import Array
from isp.evaluate.view import seen
from isp.ops.lab import distance

PAPERS = ("lu2003",)
DOMAINS, UNIT, BETTER = ("linear",), "% of pixels", "less"
SEEN = 2.3
"""The difference in L*a*b* that is just seen."""
AROUND = tuple((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0))


def zipper(made: Array, wanted: Array) -> Array:
    """The share of pixels, in percent, whose difference from the neighbour that was most like them changed by more than 2.3 in L*a*b* (Lu and
    Tan 2003), of linear sRGB light. A border of one pixel is left out. A count has no slope: this is for reading, not for tuning."""
    return jnp.mean(sites(made, wanted))


def sites(made: Array, wanted: Array) -> Array:
    """100 where a pixel is such a one, 0 elsewhere: (rows - 2, columns - 2)."""
    made, wanted = (seen(light, "lab") for light in (made, wanted))
    apart = [jnp.stack([distance(_shifted(p, 0, 0), _shifted(p, *step)) for step in AROUND]) for p in (made, wanted)]
    like = jnp.argmin(apart[1], 0)[None]
    now, then = (jnp.take_along_axis(a, like, 0)[0] for a in apart)
    return jnp.where(jnp.abs(now - then) > SEEN, 100.0, 0.0).astype(made.dtype)


def _shifted(picture: Array, down: int, across: int) -> Array:
    rows, columns = picture.shape[:2]
    return picture[1 + down : rows - 1 + down, 1 + across : columns - 1 + across]
