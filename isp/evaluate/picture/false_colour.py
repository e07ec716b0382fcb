"""False colour: chroma that is wrong in few pixels, as moire and the fringes of edges are."""

import jax.numpy as jnp
import numpy as np

from isp.core.errors import DataError
from isp.core.planes import Array
from isp.evaluate.view import seen
from isp.ops.lab import distance
from isp.ops.window import windowed

PAPERS = ("cie15",)
DOMAINS, UNIT, BETTER = ("linear",), "dC, L*a*b*", "less"
SIGMA, REACH = 4.0, 10
_BELL = np.exp(-np.square(np.arange(-REACH, REACH + 1) / SIGMA) / 2)
WINDOW = tuple(float(w) for w in _BELL / _BELL.sum())


def false_colour(made: Array, wanted: Array) -> Array:
    """The mean size of the difference in a* and b* of linear sRGB light, less what it is about there, by a Gaussian of 4 pixels.

    A cast of whole surfaces does not count: `delta_e2000` judges that. Raises DataError for pictures smaller than its window of 21 pixels.
    """
    return jnp.mean(sites(made, wanted))


def sites(made: Array, wanted: Array) -> Array:
    """The same at each site where the window fits: (rows - 20, columns - 20)."""
    rows, columns = made.shape[:2]
    if min(rows, columns) < 2 * REACH + 1:
        raise DataError("false_colour", f"a picture of {rows} x {columns} is smaller than the window", "give 21 x 21 pixels or more")
    off = (seen(made, "lab") - seen(wanted, "lab"))[..., 1:]
    return distance(off[REACH:-REACH, REACH:-REACH], windowed(off, WINDOW))
