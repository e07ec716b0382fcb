"""A look-up table for each picture, mixed from a few by a small network that sees the picture's thumbnail."""

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Frame, Scalar, Weights, between, param, weights
from isp.core.planes import Array
from isp.develop.look import Look
from isp.ops.curve import rooted
from isp.ops.gist import fresh, gist
from isp.ops.lut import moved, tetrahedral
from isp.ops.net import mixed, mixing

TABLES, POINTS = 3, 17
"""How many tables are mixed, and the points along each side."""
CHANNELS = 8, 16, 16
"""Channels of the network that sees the thumbnail."""


def grown(random: np.random.Generator) -> dict[str, np.ndarray]:
    """Tables that move nothing, shares that differ from picture to picture."""
    made = {"tables": np.zeros((TABLES, POINTS, POINTS, POINTS, 3), np.float32)}
    made |= fresh(random, "gist", CHANNELS) | mixing(random, "shares", 2 * CHANNELS[-1], TABLES)
    made["shares/bias"][0] = 1
    return made


class AdaptiveLut(Look, needs=("thumbnail",), uses=("white",), paper="zeng2020"):
    """Zeng et al.: `shares` of three tables are predicted from the thumbnail, and each colour is looked up in their sum. Here a table says
    how far a colour moves, on 17 points a side, axes and moves being roots of light: tables of zeros change nothing, exactly, and so does
    `strength` 0. Colours beyond black and white move as the nearest colour of the table does. It wants light from 0 to 1 and so belongs after
    the tone curve; interpolation is tetrahedral, which keeps greys on a line.

    Its exact slopes reach the tables, the network and the thumbnail. `measure.thumbnail` measures what it needs; `isp export` writes the table
    of one picture as a `.cube`. The noise model, no longer a straight line, is dropped; `white` moves along.
    """

    strength: Scalar = param(
        default=1.0, unit="1", within=between(0, 2), usual=between(0, 1), doc="share of the way to the new colours that is gone"
    )
    weights: Weights = weights(grow=grown, doc="three tables of moves, and the network that mixes them")

    def __call__(self, frame: Frame) -> Frame:
        table = self.table(jnp.asarray(frame.thumbnail, frame.pixels.dtype))

        def look(r: Array, g: Array, b: Array) -> tuple[Array, ...]:
            roots = rooted(r), rooted(g), rooted(b)
            moves = tetrahedral(table, roots)
            return tuple(moved(x, u, self.strength * d) for x, u, d in zip((r, g, b), roots, moves, strict=True))

        white = None if frame.white is None else jnp.stack(look(*jnp.asarray(frame.white, frame.pixels.dtype)))
        return frame.but(pixels=frame.pixels.sites(look), noise=None, white=white)

    def table(self, thumbnail: Array) -> Array:
        """The moves (17, 17, 17, 3) of a picture with this thumbnail."""
        features = gist(self.weights, "gist", thumbnail)
        mean = features.mean((0, 1))
        spread = jnp.sqrt(jnp.mean((features - mean) ** 2, (0, 1)) + 1e-6)
        shares = mixed(self.weights, "shares", jnp.concatenate([mean, spread]))
        return jnp.einsum("k,kxyzc->xyzc", shares, self.weights["tables"], precision=jax.lax.Precision.HIGHEST)
