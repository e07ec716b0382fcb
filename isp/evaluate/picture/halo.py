"""Halos: what lies beyond the range of its neighbourhood in the wanted picture."""

import functools
from collections.abc import Callable

import jax.numpy as jnp

from isp.core.planes import Array
from isp.evaluate.view import DOMAINS as ANY

DOMAINS, UNIT, BETTER = ANY, "of white", "less"


def halo(made: Array, wanted: Array, *, reach: int = 3) -> Array:
    """The mean over sites and channels of how far values lie beyond the range of the wanted picture's neighbourhood, above or below it: 0
    for blur, the mean overshoot for sharpening. Noise on even surfaces counts as well."""
    return jnp.mean(sites(made, wanted, reach=reach))


def sites(made: Array, wanted: Array, *, reach: int = 3) -> Array:
    """The same at each site (rows, columns), the mean over channels."""
    return jnp.mean(sum(beyond(made, wanted, reach)), -1)


def beyond(made: Array, wanted: Array, reach: int = 3) -> tuple[Array, Array]:
    """How far each value lies above the greatest, and below the least, of the wanted picture's (2 reach + 1)^2 pixels around it, both
    (rows, columns, channels) and nowhere negative. What sharpening overshoots lies there; blur leaves nothing there. Windows are cut off
    at the border."""
    high, low = _extreme(wanted, reach, jnp.maximum), _extreme(wanted, reach, jnp.minimum)
    return jnp.maximum(made - high, 0), jnp.maximum(low - made, 0)


def _extreme(picture: Array, reach: int, pick: Callable[[Array, Array], Array]) -> Array:
    """The extreme of each window."""
    width = 2 * reach + 1
    rows, columns = picture.shape[:2]
    # Repeating the border changes no extreme: the pixel that is repeated is in the window.
    tall = jnp.concatenate([picture[:1]] * reach + [picture] + [picture[-1:]] * reach, 0)
    picture = functools.reduce(pick, [tall[k : k + rows] for k in range(width)])
    wide = jnp.concatenate([picture[:, :1]] * reach + [picture] + [picture[:, -1:]] * reach, 1)
    return functools.reduce(pick, [wide[:, k : k + columns] for k in range(width)])
